package apifn

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (a *api) release(c *call) error { return a.onQuarantined(c, a.Desk.Release) }

func (a *api) drop(c *call) error { return a.onQuarantined(c, a.Desk.Drop) }

// onQuarantined does something to the entry that the path names by its time and id, as
// the list gives them.
func (a *api) onQuarantined(c *call, do func(context.Context, ticketing.Act, time.Time, string) (store.Quarantined, error)) error {
	if _, err := c.params(); err != nil {
		return err
	}
	none := desk.Errorf(desk.NotFound, "nothing of this id lies in the quarantine")
	at, err := time.Parse(time.RFC3339Nano, c.r.PathValue("at"))
	if err != nil {
		return none
	}
	q, err := do(c.ctx, ticketing.Act{By: c.by, At: c.at}, at, c.r.PathValue("id"))
	if errors.Is(err, table.ErrInvalid) {
		return none
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewQuarantined(q, c.lang()))
}
