package apifn

import (
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/export"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
)

// exportLink is how long a link to an export's file is good.
const exportLink = 5 * time.Minute

// exportsListed is how many of one's exports are listed: those of a week, as a rule.
const exportsListed = 50

type exportView struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	Team      *string    `json:"team"`
	Status    *string    `json:"status"`
	State     string     `json:"state"`
	Rows      *int       `json:"rows"`
	Why       *string    `json:"why"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	URL       *string    `json:"url"`
	URLUntil  *time.Time `json:"url_expires_at"`
}

func viewExport(e desk.Export, zone *time.Location, lang string) exportView {
	v := exportView{
		ID: e.ID, Kind: string(e.Kind), From: e.From.In(zone).Format(time.DateOnly), To: e.To.In(zone).AddDate(0, 0, -1).Format(time.DateOnly),
		Team: orNull(e.Team), Status: orNull(string(e.Status)), State: string(e.State),
		Why: orNull(journal.Why(e.Why, lang)), CreatedAt: e.At, ExpiresAt: e.At.Add(store.ExportLife),
	}
	if e.State == desk.ExportDone {
		v.Rows = &e.Rows
	}
	return v
}

// newExport is the body of POST /v1/exports.
type newExport struct {
	Kind   desk.ExportKind `json:"kind"`
	From   string          `json:"from"`
	To     string          `json:"to"`
	Team   string          `json:"team"`
	Status desk.Status     `json:"status"`
}

// postExport asks for a file. jobs makes it.
func (a *api) postExport(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var b newExport
	if err := c.body(&b); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	e, err := export.Wish{Kind: b.Kind, From: b.From, To: b.To, Team: b.Team, Status: b.Status, Lang: c.lang()}.New(s, c.who, c.at)
	if err != nil {
		return err
	}
	var tx store.Tx
	tx.PutExport(store.Row[desk.Export]{Value: e})
	if err := a.Store.Commit(c.ctx, &tx); err != nil {
		return err
	}
	return c.json(http.StatusAccepted, viewExport(e, s.Desk.Location(), c.lang()))
}

// listExports lists what the caller asked for.
func (a *api) listExports(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	rows, err := a.Store.Exports(c.ctx, c.by.ID, exportsListed)
	if err != nil {
		return err
	}
	return answerAll(c, viewAll(rows, func(r store.Row[desk.Export]) exportView {
		return viewExport(r.Value, s.Desk.Location(), c.lang())
	}))
}

// getExport answers one of the caller's own, with a link once it is made. Data in bulk is
// given out only once that is noted.
func (a *api) getExport(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	row, err := a.Store.Export(c.ctx, c.by.ID, c.r.PathValue("id"))
	if err != nil {
		return notKeyed(err)
	}
	v := viewExport(row.Value, s.Desk.Location(), c.lang())
	if row.Value.State == desk.ExportDone && a.Blob != nil {
		url, err := export.Link(c.ctx, a.Blob, s, c.who, row.Value, exportLink)
		if err != nil {
			return err
		}
		if err := a.putNote(c, s, http.StatusOK); err != nil {
			return err
		}
		v.URL, v.URLUntil = &url, moment(c.at.Add(exportLink))
	}
	return c.signed(http.StatusOK, v)
}
