package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// PutNextSettings writes settings as the next version, unless they equal the last one
// but for the version; it gives the document in force and its version. doc makes the
// document of a version.
func (s *Store) PutNextSettings(ctx context.Context, doc func(version int64) (json.RawMessage, error)) (json.RawMessage, int64, error) {
	was, version, err := s.Settings(ctx)
	if err != nil {
		return nil, 0, err
	}
	same, err := doc(version)
	if err != nil || string(same) == string(was) {
		return same, version, err
	}
	next, err := doc(version + 1)
	if err != nil {
		return nil, 0, err
	}
	var tx Tx
	tx.PutSettings(version+1, next)
	return next, version + 1, s.Commit(ctx, &tx)
}

// SettingsText is a version of the settings as somebody wrote it.
type SettingsText struct {
	Version int64             `json:"version"`
	Text    string            `json:"t"` // desk.yaml
	Files   map[string]string `json:"f,omitempty"`
	By      desk.Actor        `json:"by"`
	At      time.Time         `json:"at"`
	Note    string            `json:"n,omitempty"`
	Of      int64             `json:"of,omitempty"`  // the version that was gone back to
	Source  string            `json:"src,omitempty"` // file, where it was read from one; console, api
	Hash    string            `json:"h,omitempty"`   // of text and files: tells whether a file is what it was
}

// PutSettingsText writes what a version was written as, in the transaction that puts it.
// 2 W, and 1 W per kB.
func (tx *Tx) PutSettingsText(v SettingsText) {
	head := v
	head.Text, head.Files, head.Note = "", nil, clip(v.Note, 80)
	head.By = desk.Actor{Kind: v.By.Kind, ID: clip(v.By.ID, 32), Name: clip(v.By.Name, 40)}
	key := settingsTextKey(v.Version)
	put(tx, key, Row[SettingsText]{Value: v}, table.Item{
		Summary: marshalSummary(head), Index: map[table.Index]table.IndexKey{table.View: {PK: settingsIndexPK, SK: key.SK}},
	})
}

// SettingsTextOf reads what a version was written as; Exists is false where that was not
// kept.
func (s *Store) SettingsTextOf(ctx context.Context, version int64) (Row[SettingsText], error) {
	return get[SettingsText](ctx, s, settingsTextKey(version))
}

// SettingsTexts lists the versions whose text was kept, the last first, without it.
func (s *Store) SettingsTexts(ctx context.Context, cursor string, limit int) ([]SettingsText, string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: settingsIndexPK, Cursor: cursor, Limit: limit, Reverse: true})
	if err != nil {
		return nil, "", err
	}
	var out []SettingsText
	for _, it := range page.Items {
		var v SettingsText
		if err := json.Unmarshal(it.Summary, &v); err != nil {
			return nil, "", fmt.Errorf("store: summary of settings: %w", err)
		}
		out = append(out, v)
	}
	return out, page.Cursor, nil
}
