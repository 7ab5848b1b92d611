package portalfn

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
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
	Sending bool   // what was just written isn't filed yet
	Write   string // where to write on; "" where that isn't possible
	Nonce   string
	Max     int // characters
}

// bubble is one public message as the customer sees it.
type bubble struct {
	ID    string // the submission's
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
	sought, ok := p.opens(r)
	if !ok {
		p.notFound(w, r)
		return
	}
	v, ok := p.begin(w, r, "", "part", "sent")
	if !ok {
		return
	}
	page, err := p.statusOf(r.Context(), v, sought, r.URL.Path)
	if err != nil {
		p.unavailable(w, r)
		return
	}
	page.Sending = page.misses(r.URL.Query().Get("sent"))
	if form, ok := v.s.Form(sought.from.Account); ok && sought.from.Channel == desk.WebForm {
		page.Write, page.Nonce, page.Max = r.URL.Path+"/messages", rand.Text(), webform.MaxText(form)
		w.Header().Set("Content-Security-Policy", p.policy(v))
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

// sought is whose conversation an address leads to: a submission's, or a ticket's.
type sought struct {
	from       desk.Address
	submission string
	ticket     desk.TicketID
}

// opens reads the token of a page's address, of either kind.
func (p *portal) opens(r *http.Request) (a sought, ok bool) {
	token := r.PathValue("token")
	if a.from, a.submission, ok = links.OpenStatus(p.Key, token, p.Now()); !ok {
		a.ticket, ok = links.OpenTicket(p.Key, token, p.Now())
	}
	return a, ok
}

// seen is where the conversation lies; the ticket is empty while it isn't filed.
func (p *portal) seen(ctx context.Context, a sought) (store.Seen, error) {
	if a.ticket != "" {
		return store.Seen{Ticket: a.ticket}, nil
	}
	seen, err := p.Store.Submission(ctx, a.from, a.submission)
	return seen.Value, err
}

// statusOf makes the page at an address.
func (p *portal) statusOf(ctx context.Context, v view, sought sought, at string) (statusPage, error) {
	page := statusPage{Page: v.Page}
	page.Title = v.L("处理进度", "Your message")
	seen, err := p.seen(ctx, sought)
	if err != nil || seen.Ticket == "" {
		return page, err
	}
	tickets, err := p.conversation(ctx, seen)
	if err != nil {
		return page, err
	}
	page.head(tickets[len(tickets)-1])
	for _, t := range tickets {
		rows, _, err := p.Store.Messages(ctx, t.ID, "", talkShown, false)
		if err != nil {
			return page, err
		}
		for _, row := range rows {
			if public(row.Value, p.Now()) {
				page.Talk = append(page.Talk, p.bubbleOf(row.Value, v, at))
			}
		}
	}
	return page, nil
}

// head tells of the ticket what its customer may know.
func (page *statusPage) head(t desk.Ticket) {
	page.Filed, page.Number, page.Subject = true, t.ID.Number(), t.Subject
	page.State, page.Status = t.Status, journal.CustomerStatus(t.Status, page.Lang)
	if page.State == desk.StatusSpam || page.State == desk.StatusSnoozed || page.State == desk.StatusOnHold {
		page.State = desk.StatusOpen // how the desk sorts is its own affair
	}
}

// misses says whether something the customer sent isn't shown yet.
func (page *statusPage) misses(sent string) bool {
	return sent != "" && len(sent) <= 40 && !slices.ContainsFunc(page.Talk, func(b bubble) bool { return b.Own && b.ID == sent })
}

// chainShown bounds how many tickets of one conversation the page reads.
const chainShown = 4

// conversation gives the tickets of a form's conversation, the oldest first: more than
// one where the customer wrote on after a ticket was closed.
func (p *portal) conversation(ctx context.Context, seen store.Seen) ([]desk.Ticket, error) {
	var all []desk.Ticket
	for id := seen.Current(); id != "" && len(all) < chainShown; {
		t, err := p.Store.Ticket(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, t.Value)
		if id == seen.Ticket {
			break
		}
		id = t.Value.Before
	}
	slices.Reverse(all)
	return all, nil
}

// public says whether a row of a timeline is for the customer's eyes on the status
// page. An answer that could not be delivered elsewhere can still be read here; one
// that may yet be taken back can't.
func public(m desk.Message, now time.Time) bool {
	if m.Gone != "" {
		return false
	}
	switch m.Kind {
	case desk.FromCustomer:
		return true
	case desk.ToCustomer:
		if m.Purpose == "ack" {
			return m.State == desk.Sent || m.State == desk.Delivered
		}
		return m.Purpose == "reply" && m.Why != "send.sent_again" && m.Why != fallback.FellBack && !now.Before(m.NotBefore)
	default:
		return false
	}
}

// bubbleOf shows a message on the page at an address.
func (p *portal) bubbleOf(m desk.Message, v view, at string) bubble {
	b := bubble{ID: m.ProviderID, Own: m.Kind == desk.FromCustomer, At: m.ShownAt(), Text: m.Text}
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
