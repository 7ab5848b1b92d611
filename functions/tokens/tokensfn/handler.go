// Package tokensfn keeps providers' access tokens fresh. It is the only function that
// asks for one, and so the only one that may need a fixed address of its own.
package tokensfn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Fetch asks a provider for an account's access token.
type Fetch func(ctx context.Context, account config.Account) (token string, expires time.Time, err error)

// Handler refreshes tokens.
type Handler struct {
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
	Fetch    map[desk.Channel]Fetch // the channels that have tokens
	Now      func() time.Time
	Log      *slog.Logger
}

// early is how long before its end a token is replaced. WeChat renews one up to five
// minutes early, old and new both good for that long.
const early = 10 * time.Minute

// Handle looks at each account's token and gets another where it ends soon or was
// refused. One account's trouble doesn't hold up the others.
func (h *Handler) Handle(ctx context.Context, _ json.RawMessage) error {
	s, err := h.Settings(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range s.Accounts {
		if fetch, ok := h.Fetch[a.Channel]; ok {
			errs = append(errs, h.account(ctx, a, fetch))
		}
	}
	return errors.Join(errs...)
}

func (h *Handler) account(ctx context.Context, a config.Account, fetch Fetch) error {
	row, err := h.Store.Token(ctx, a.Channel, a.Name)
	if err != nil {
		return err
	}
	now := h.Now().UTC()
	if row.Exists() && !row.Value.Stale && row.Value.Expires.Sub(now) > early {
		return nil
	}
	token, expires, err := fetch(ctx, a)
	if err != nil {
		return errors.Join(fmt.Errorf("tokens: %s/%s: %w", a.Channel, a.Name, err), h.note(ctx, a, row, err))
	}
	row.Value = store.Token{Value: token, Expires: expires}
	return h.put(ctx, a, row)
}

// note keeps the failure beside the token, where the console and doctor read it. A
// token that is still good stays.
func (h *Handler) note(ctx context.Context, a config.Account, row store.Row[store.Token], cause error) error {
	if row.Value.Error == cause.Error() {
		return nil
	}
	row.Value.Error = cause.Error()
	return h.put(ctx, a, row)
}

func (h *Handler) put(ctx context.Context, a config.Account, row store.Row[store.Token]) error {
	var tx store.Tx
	tx.PutToken(a.Channel, a.Name, row)
	err := h.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return nil // another sweep was first
	}
	return err
}
