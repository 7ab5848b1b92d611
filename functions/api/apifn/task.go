package apifn

import (
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/ticketing"
)

// taskBody is the body of POST /v1/tickets/{number}/tasks.
type taskBody struct {
	Team       string    `json:"team"`
	AssigneeID string    `json:"assignee_id"`
	Subject    string    `json:"subject"`
	Text       string    `json:"text"`
	DueAt      time.Time `json:"due_at"`
	Wait       bool      `json:"wait"`
}

func (a *api) openTask(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	parent, err := a.ticket(c)
	if err != nil {
		return err
	}
	act, err := c.keyed("a task opened twice would be done twice")
	if err != nil {
		return err
	}
	var b taskBody
	if err := c.body(&b); err != nil {
		return err
	}
	id, err := a.Desk.OpenTask(c.ctx, act, parent.Value.ID, ticketing.Task{
		Team: b.Team, Assignee: b.AssigneeID, Subject: b.Subject, Text: b.Text, Due: b.DueAt, Wait: b.Wait,
	})
	if err != nil {
		return err
	}
	// Whoever opened it follows it, so that they see it whatever its team; a program may not.
	row, err := a.Store.Ticket(c.ctx, id)
	if err != nil {
		return err
	}
	return c.ticketAs(http.StatusCreated, row)
}
