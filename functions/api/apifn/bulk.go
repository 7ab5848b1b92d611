package apifn

import (
	"fmt"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Bounds of a bulk update: at most so many tickets, and no new one is begun after so long,
// for a function has half a minute.
const (
	bulkMost = 100
	bulkTime = 20 * time.Second
)

// bulk is the body of PUT /v1/tickets/update_many.
type bulk struct {
	Numbers        []string `json:"numbers"`
	Ticket         patch    `json:"ticket"`
	AdditionalTags []string `json:"additional_tags"` // besides those that each has
}

func (b bulk) ids() ([]desk.TicketID, error) {
	if len(b.Numbers) == 0 || len(b.Numbers) > bulkMost {
		return nil, badField("numbers", fmt.Sprintf("should name from 1 to %d tickets", bulkMost))
	}
	seen := map[desk.TicketID]bool{}
	ids := make([]desk.TicketID, len(b.Numbers))
	for i, n := range b.Numbers {
		id, ok := desk.ParseNumber(n)
		switch {
		case !ok:
			return nil, badField(fmt.Sprintf("numbers[%d]", i), "must be a ticket's number")
		case seen[id]:
			return nil, badField(fmt.Sprintf("numbers[%d]", i), "is named twice")
		}
		seen[id], ids[i] = true, id
	}
	return ids, nil
}

// jobView is what came of it, in the shape of Zendesk's job_status; it is over when it is
// answered.
type jobView struct {
	Status   string       `json:"status"` // completed, or partial: the time was up
	Total    int          `json:"total"`
	Progress int          `json:"progress"` // tickets that were tried
	Results  []resultView `json:"results"`
}

type resultView struct {
	Number  string   `json:"number"`
	Success bool     `json:"success"`
	Status  string   `json:"status"`  // updated, failed, not_tried
	Version *int64   `json:"version"` // of the ticket afterwards
	Error   *problem `json:"error"`
}

// updateMany does to each of several tickets what PATCH does to one, each in a transaction
// of its own: what can't be done to one hinders no other.
func (a *api) updateMany(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var b bulk
	if err := c.body(&b); err != nil {
		return err
	}
	ids, err := b.ids()
	if err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	change, err := b.change(s, c.at)
	if err != nil {
		return err
	}
	replayed := 0
	act.Again = func() { replayed++ }
	job := jobView{Status: "completed", Total: len(ids), Results: []resultView{}}
	for _, id := range ids {
		r := resultView{Number: id.Number(), Status: "not_tried"}
		if a.Now().Sub(c.at) < bulkTime {
			job.Progress++
			r = a.updateOne(c, s, act, id, change)
		} else {
			job.Status = "partial"
		}
		job.Results = append(job.Results, r)
	}
	if replayed == len(ids) {
		c.replayed()
	}
	return c.json(http.StatusOK, job)
}

func (b bulk) change(s *config.Settings, at time.Time) (ticketing.Change, error) {
	change, err := b.Ticket.change(s, at)
	if err != nil {
		return change, inField("ticket", fieldNames(err))
	}
	if _, err := desk.Tags(b.AdditionalTags); err != nil {
		return change, badField("additional_tags", problemOf(err).fault())
	}
	change.AddTags = b.AdditionalTags
	return change, nil
}

func (a *api) updateOne(c *call, s *config.Settings, act ticketing.Act, id desk.TicketID, change ticketing.Change) resultView {
	c.admitted = ""
	_, done, err := a.Desk.Replayed(c.ctx, act, id) // it may have gone out of the caller's sight by it
	if err == nil && !done {
		err = a.changeOne(c, act, id, change)
	}
	r := resultView{Number: id.Number(), Success: err == nil, Status: "updated"}
	status := http.StatusOK
	if err != nil {
		p := problemOf(fieldNames(err)).named()
		a.logFault(c, p, err)
		r.Status, r.Error, status = "failed", &p, p.Status
	} else if row, err := a.ticketOf(c, id); err == nil {
		r.Version = &row.Version
	}
	a.noteOne(c, s, id, status)
	return r
}

func (a *api) changeOne(c *call, act ticketing.Act, id desk.TicketID, change ticketing.Change) error {
	if _, err := a.ticketOf(c, id); err != nil {
		return err
	}
	return a.Desk.Change(c.ctx, act, id, change)
}

// noteOne keeps in the audit what was done to one of several tickets.
func (a *api) noteOne(c *call, s *config.Settings, id desk.TicketID, status int) {
	e := access.Audited(c.who, c.r, s, c.at)
	e.Status, e.Ticket = status, id
	if err := a.Store.PutAudit(c.ctx, e); err != nil && a.Log != nil {
		a.Log.ErrorContext(c.ctx, "api: not noted in the audit", "method", c.r.Method, "route", c.r.Pattern, "who", c.by.ID, "err", err)
	}
}
