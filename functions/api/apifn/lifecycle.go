package apifn

import (
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type lifecycleView struct {
	Stage     string            `json:"stage"`
	Risk      string            `json:"churn_risk"`
	Points    int               `json:"points"`
	LastWrote *time.Time        `json:"last_wrote_at"`
	Reasons   []churnReasonView `json:"reasons"`
}

type churnReasonView struct {
	Code   string `json:"code"`
	Points int    `json:"points"`
	Text   string `json:"text"`
}

// getLifecycle judges where a customer stands, as of now.
func (a *api) getLifecycle(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.Store.Customer(c.ctx, desk.CustomerID(c.r.PathValue("id")))
	if err != nil {
		return notKeyed(err)
	}
	v, err := a.Desk.Lifecycle(c.ctx, row.Value, ticketing.Act{By: c.by, At: c.at})
	if err != nil {
		return err
	}
	lang := c.lang()
	return c.json(http.StatusOK, lifecycleView{
		Stage: string(v.Stage), Risk: string(v.Level), Points: v.Points, LastWrote: moment(v.Last),
		Reasons: viewAll(v.Reasons, func(r lifecycle.Reason) churnReasonView {
			return churnReasonView{r.Code, r.Points, journal.Why(r.Code, lang)}
		}),
	})
}
