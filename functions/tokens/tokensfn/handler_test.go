package tokensfn_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/tokens/tokensfn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// A token is got when there is none, kept while it is good, and replaced before its end;
// a refusal stands beside it in words, and the old one stays in use.
func TestTokens(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st := store.New(db)
	calls, refuse := 0, error(nil)
	h := &tokensfn.Handler{
		Store: st, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Accounts: []config.Account{{Channel: desk.SMS, Name: "main"}, {Channel: desk.WeChat, Name: "main"}}}, nil
		},
		Fetch: map[desk.Channel]tokensfn.Fetch{desk.WeChat: func(context.Context, config.Account) (string, time.Time, error) {
			calls++
			return "token", now.Add(2 * time.Hour), refuse
		}},
	}
	token := func() store.Token {
		r, err := st.Token(t.Context(), desk.WeChat, "main")
		require.NoError(t, err)
		return r.Value
	}
	for range 3 {
		require.NoError(t, h.Handle(t.Context(), nil))
	}
	require.Equal(t, 1, calls)
	require.Equal(t, "token", token().Value)

	now = now.Add(time.Hour + 55*time.Minute)
	refuse = errors.New("wechat: 40164: put the address on the allow list")
	require.ErrorContains(t, h.Handle(t.Context(), nil), "allow list", "the invocation fails, and an alarm rings")
	require.Equal(t, "token", token().Value)
	require.Contains(t, token().Error, "40164")

	refuse = nil
	require.NoError(t, h.Handle(t.Context(), nil))
	require.Empty(t, token().Error)
}
