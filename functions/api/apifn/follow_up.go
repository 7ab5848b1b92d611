package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type followUpView struct {
	At   time.Time `json:"at"`
	Note string    `json:"note"`
	By   string    `json:"by"`
}

func viewFollowUp(f *desk.FollowUp) *followUpView {
	if f == nil {
		return nil
	}
	return &followUpView{At: f.At, Note: f.Note, By: f.By.Name}
}

// followUpBody is the body of POST /v1/tickets/{number}/follow-up.
type followUpBody struct {
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

func (a *api) setFollowUp(c *call) error {
	var b followUpBody
	return a.change(c, &b, func(act ticketing.Act, id desk.TicketID) error {
		return a.Desk.FollowUp(c.ctx, act, id, b.At, b.Note)
	})
}

func (a *api) dropFollowUp(c *call) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.DropFollowUp(c.ctx, act, id) })
}
