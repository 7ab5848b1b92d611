package portalfn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/sign"
)

// StatusURL is the address of a submission's status page. It doesn't expire: it is
// good for as long as the submission is kept.
func StatusURL(s *config.Settings, key sign.Key, from desk.Address, submissionID string) string {
	return links.Status(s.Desk.PublicURL, key, from, submissionID)
}

type statusPage struct {
	look.Page
	Filed   bool
	Number  string
	Subject string
	Status  string
	State   desk.Status
	Talk    []bubble
}

// bubble is one public message as the customer sees it.
type bubble struct {
	Own   bool
	Who   string
	At    time.Time
	Text  string
	Files []fileLink
}

// talkShown bounds the rows of a timeline that one view of the page reads.
const talkShown = 200

// status shows how a submission stands. ?part gives only what changes, for the page's
// own script, with an ETag.
func (p *portal) status(w http.ResponseWriter, r *http.Request) {
	fields, err := p.Key.Open(links.StatusPurpose, r.PathValue("token"), p.Now())
	if err != nil || len(fields) != 4 {
		p.notFound(w, r)
		return
	}
	from := desk.Address{Channel: desk.Channel(fields[0]), Account: fields[1], ID: fields[2]}
	v, ok := p.begin(w, r, "", "part")
	if !ok {
		return
	}
	page, err := p.statusOf(r.Context(), v, from, fields[3], r.URL.Path)
	if err != nil {
		p.unavailable(w, r)
		return
	}
	if r.URL.Query().Has("part") {
		p.part(w, r, page)
		return
	}
	p.write(w, r, http.StatusOK, "status", page)
}

func (p *portal) part(w http.ResponseWriter, r *http.Request, page statusPage) {
	b, err := p.kit.Execute("talk", page)
	if err != nil {
		p.unavailable(w, r)
		return
	}
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		look.SetHeaders(w.Header())
		w.WriteHeader(http.StatusNotModified)
		return
	}
	look.Write(w, r, http.StatusOK, b)
}

// statusOf makes the page at an address.
func (p *portal) statusOf(ctx context.Context, v view, from desk.Address, submission, at string) (statusPage, error) {
	page := statusPage{Page: v.Page}
	page.Title = v.L("提交进度", "Your message")
	seen, err := p.Store.Submission(ctx, from, submission)
	if err != nil || seen.Value.Ticket == "" {
		return page, err
	}
	t, err := p.Store.Ticket(ctx, seen.Value.Ticket)
	if err != nil {
		return page, err
	}
	rows, _, err := p.Store.Messages(ctx, t.Value.ID, "", talkShown, false)
	if err != nil {
		return page, err
	}
	page.Filed, page.Number, page.Subject = true, t.Value.ID.Number(), t.Value.Subject
	page.State, page.Status = t.Value.Status, journal.CustomerStatus(t.Value.Status, v.Lang)
	if page.State == desk.StatusSpam || page.State == desk.StatusSnoozed || page.State == desk.StatusOnHold {
		page.State = desk.StatusOpen // how the desk sorts is its own affair
	}
	for _, row := range rows {
		if public(row.Value, p.Now()) {
			page.Talk = append(page.Talk, p.bubbleOf(row.Value, v, at))
		}
	}
	return page, nil
}

// public says whether a row of a timeline is for the customer's eyes on the status
// page. An answer that could not be delivered elsewhere can still be read here; one
// that may yet be taken back can't.
func public(m desk.Message, now time.Time) bool {
	switch m.Kind {
	case desk.FromCustomer:
		return true
	case desk.ToCustomer:
		if m.Purpose == "ack" {
			return m.State == desk.Sent || m.State == desk.Delivered
		}
		return m.Purpose == "reply" && m.Why != "send.sent_again" && !now.Before(m.NotBefore)
	default:
		return false
	}
}

// bubbleOf shows a message on the page at an address.
func (p *portal) bubbleOf(m desk.Message, v view, at string) bubble {
	b := bubble{Own: m.Kind == desk.FromCustomer, At: m.ShownAt(), Text: m.Text}
	switch {
	case b.Own:
		b.Who = v.L("您", "You")
	case m.By.Name != "":
		b.Who = m.By.Name
	default:
		b.Who = v.Desk
	}
	b.Files = p.filesOf(m, at)
	return b
}
