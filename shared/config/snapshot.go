package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
)

// SnapshotKey is where the settings in force lie in the blob store, as JSON.
const SnapshotKey = "settings/current.json"

// snapshotLife is how long a function goes on with the settings it has read.
const snapshotLife = time.Minute

// Snapshot gives functions the settings in force. It reads them from the blob store,
// so that a receiver needs no table, and again after a minute. While the store can't be
// read it goes on with what it has.
type Snapshot struct {
	Blob      blob.Store
	Now       func() time.Time
	PublicURL string // taken where the settings name none: on one machine, where each start may have another

	mu   sync.Mutex
	last *Settings
	read time.Time
}

// Current gives the settings in force, at most a minute old.
func (s *Snapshot) Current(ctx context.Context) (*Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if s.last != nil && now.Sub(s.read) < snapshotLife && !now.Before(s.read) {
		return s.last, nil
	}
	next, err := readSnapshot(ctx, s.Blob)
	if err != nil {
		if s.last != nil {
			s.read = now
			return s.last, nil
		}
		return nil, err
	}
	if next.Desk.PublicURL == "" {
		next.Desk.PublicURL = s.PublicURL
	}
	s.last, s.read = next, now
	return next, nil
}

func readSnapshot(ctx context.Context, b blob.Store) (*Settings, error) {
	doc, err := b.Get(ctx, SnapshotKey, 0)
	if err != nil {
		return nil, fmt.Errorf("config: the settings snapshot can't be read (put settings first: deskhook settings put): %w", err)
	}
	var v Settings
	if err := json.Unmarshal(doc, &v); err != nil {
		return nil, fmt.Errorf("config: the settings snapshot is damaged: %w", err)
	}
	return &v, nil
}

// PutSnapshot makes a settings document the one in force, unless a newer version already
// is: then stands is false, and nothing is to follow from the older one.
func PutSnapshot(ctx context.Context, b blob.Store, doc []byte) (stands bool, err error) {
	var now, next Settings
	if err := json.Unmarshal(doc, &next); err != nil {
		return false, fmt.Errorf("config: not a settings document: %w", err)
	}
	was, err := b.Get(ctx, SnapshotKey, 0)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return false, fmt.Errorf("config: which settings are in force can't be read: %w", err)
	}
	if json.Unmarshal(was, &now) == nil && now.Version > next.Version {
		return false, nil
	}
	return true, b.Put(ctx, SnapshotKey, doc, blob.Options{ContentType: "application/json"})
}
