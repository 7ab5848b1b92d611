package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// hintView is a customer whom this one may be.
type hintView struct {
	CustomerID string    `json:"customer_id"`
	Kind       string    `json:"kind"`
	Address    string    `json:"address"`
	At         time.Time `json:"at"`
}

func viewHint(h desk.Hint) hintView {
	return hintView{string(h.With), string(h.By.Kind), h.By.ID, h.At}
}

// acceptSuggestion merges the customer into the one they were suggested to be, with the
// address as the evidence.
func (a *api) acceptSuggestion(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	id, other := desk.CustomerID(c.r.PathValue("id")), desk.CustomerID(c.r.PathValue("other"))
	act, err := c.act()
	if err != nil {
		return err
	}
	if err := a.Desk.Accept(c.ctx, act, id, other); err != nil {
		return notKeyed(err)
	}
	return a.answerCustomer(c, other)
}

func (a *api) dismissSuggestion(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	id := desk.CustomerID(c.r.PathValue("id"))
	if err := a.Desk.Dismiss(c.ctx, act, id, desk.CustomerID(c.r.PathValue("other"))); err != nil {
		return notKeyed(err)
	}
	return a.answerCustomer(c, id)
}
