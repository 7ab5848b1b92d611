package consolefn

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

const (
	noticesShown = 50
	mostUnread   = 9 // beyond it the header says 9+
)

type noticesPage struct {
	frame
	Rows []noticeRow
	Last string // the newest shown: marking read marks nothing that came since
	More string
}

type noticeRow struct {
	desk.Notice
	Number, Subject, Words string
	Fresh                  bool
}

// Unread is the header's count of notices that the agent has not read; "" is none. Two
// read units a page.
func (f frame) Unread() (string, error) {
	v := f.visit
	read, err := v.noticesRead()
	if err != nil {
		return "", err
	}
	rows, err := v.Store.NoticesSince(v.r.Context(), v.agent.ID, read.Value.Until, mostUnread+1)
	switch {
	case err != nil || len(rows) == 0:
		return "", err
	case len(rows) > mostUnread:
		return strconv.Itoa(mostUnread) + "+", nil
	}
	return strconv.Itoa(len(rows)), nil
}

// noticesRead is up to where the agent has read, read once for a page.
func (v *visit) noticesRead() (store.Row[desk.NoticesRead], error) {
	if v.upTo == nil {
		row, err := v.Store.NoticesRead(v.r.Context(), v.agent.ID)
		if err != nil {
			return row, err
		}
		v.upTo = &row
	}
	return *v.upTo, nil
}

// notices shows what the agent was told, the newest first.
func (v *visit) notices() error {
	page := noticesPage{frame: v.frame("notices", "通知", "Notices", "cursor")}
	read, err := v.noticesRead()
	if err != nil {
		return err
	}
	rows, next, err := v.Store.Notices(v.r.Context(), v.agent.ID, v.r.URL.Query().Get("cursor"), noticesShown)
	if err != nil {
		return err
	}
	if next != "" {
		page.More = "?" + url.Values{"cursor": {next}}.Encode()
	}
	if len(rows) > 0 {
		page.Last = rows[0].Value.ID
	}
	subjects, err := v.subjects(rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		n := r.Value
		page.Rows = append(page.Rows, noticeRow{Notice: n, Number: n.Ticket.Number(), Subject: subjects[n.Ticket], Words: journal.Words(v.named(n.What), v.lang), Fresh: n.ID > read.Value.Until})
	}
	return v.write("notices", page)
}

// subjects reads the tickets' subjects as they are now: a notice keeps nothing that a
// customer wrote, so that erasing a ticket leaves none behind. A ticket that the agent
// doesn't see any more shows none.
func (v *visit) subjects(rows []store.Row[desk.Notice]) (map[desk.TicketID]string, error) {
	out, ids := map[desk.TicketID]string{}, []desk.TicketID(nil)
	for _, r := range rows {
		if _, ok := out[r.Value.Ticket]; !ok && r.Value.Ticket != "" {
			out[r.Value.Ticket] = ""
			ids = append(ids, r.Value.Ticket)
		}
	}
	tickets, err := v.Store.Tickets(v.r.Context(), ids...)
	for _, t := range tickets {
		if v.shows(t.Value) {
			out[t.Value.ID] = t.Value.Subject
		}
	}
	return out, err
}

// readNotices marks everything read up to what the page showed, and never goes back.
func (v *visit) readNotices() error {
	until := v.r.PostForm.Get("until")
	notice, err := v.Store.Notice(v.r.Context(), v.agent.ID, until)
	if err != nil {
		return err
	}
	read, err := v.noticesRead()
	if err != nil {
		return err
	}
	if notice.Exists() && until > read.Value.Until {
		read.Value.Until = until
		var tx store.Tx
		tx.PutNoticesRead(read)
		if err := v.Store.Commit(v.r.Context(), &tx); err != nil && !errors.Is(err, table.ErrConflict) { // another window did it
			return err
		}
	}
	v.redirect("/console/notices")
	return nil
}
