package senders_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// tencent refuses each call with an errcode, and does something meanwhile.
type tencent struct {
	code   string
	during func()
}

func (f tencent) Do(*http.Request) (*http.Response, error) {
	if f.during != nil {
		f.during()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"errcode":` + f.code + `}`))}, nil
}

// A token that Tencent calls wrong, invalid or expired is marked, by whatever call
// met with it, so that the function tokens gets another; no other refusal marks it.
func TestRefusedTokenIsMarked(t *testing.T) {
	for code, stale := range map[string]bool{"40001": true, "40014": true, "42001": true, "42007": true, "45015": false, "48001": false, "-1": false} {
		m, rows := makers(t, tencent{code: code})
		s, err := m.Sender(t.Context(), desk.WeChat, "main")
		require.NoError(t, err)
		s.Send(t.Context(), channel.Outgoing{To: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"}, Text: "hi"})
		require.Equal(t, stale, token(t, rows).Value.Stale, "sending, %s", code)

		m, rows = makers(t, tencent{code: code})
		f, err := m.Media(t.Context(), desk.WeChat, "main")
		require.NoError(t, err)
		_, err = f.FetchMedia(t.Context(), "media:1", 100)
		require.Error(t, err)
		require.Equal(t, stale, token(t, rows).Value.Stale, "fetching, %s", code)

		m, rows = makers(t, tencent{code: code})
		s, err = m.Sender(t.Context(), desk.WeChat, "main")
		require.NoError(t, err)
		s.Send(t.Context(), channel.Outgoing{To: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"},
			Attachments: []desk.Attachment{{Name: "a.png", Type: "image/png", Data: []byte("\x89PNG\r\n\x1a\n")}}})
		require.Equal(t, stale, token(t, rows).Value.Stale, "uploading, %s", code)
	}
}

// The token that came meanwhile is not the one that was refused.
func TestFreshTokenIsNotMarked(t *testing.T) {
	m, rows := makers(t, nil)
	m.HTTP = tencent{code: "42001", during: func() { put(t, rows, "fresh") }}
	s, err := m.Sender(t.Context(), desk.WeChat, "main")
	require.NoError(t, err)
	s.Send(t.Context(), channel.Outgoing{To: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"}, Text: "hi"})
	require.Equal(t, store.Token{Value: "fresh", Expires: at.Add(time.Hour)}, token(t, rows).Value)
}

func makers(t *testing.T, far channel.Doer) (*senders.Makers, *store.Store) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return at }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rows := store.New(db)
	put(t, rows, "old")
	return &senders.Makers{
		Store: rows, HTTP: far, Now: func() time.Time { return at }, Secrets: config.LocalDefaults,
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Accounts: []config.Account{{Channel: desk.WeChat, Name: "main", Settings: []byte(`{"app_id":"wx1","original_id":"gh_1"}`)}}}, nil
		},
	}, rows
}

func put(t *testing.T, rows *store.Store, value string) {
	row := token(t, rows)
	row.Value = store.Token{Value: value, Expires: at.Add(time.Hour)}
	var tx store.Tx
	tx.PutToken(desk.WeChat, "main", row)
	require.NoError(t, rows.Commit(t.Context(), &tx))
}

func token(t *testing.T, rows *store.Store) store.Row[store.Token] {
	row, err := rows.Token(t.Context(), desk.WeChat, "main")
	require.NoError(t, err)
	return row
}
