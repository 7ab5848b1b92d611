package store

import (
	"context"
	"encoding/json"
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
