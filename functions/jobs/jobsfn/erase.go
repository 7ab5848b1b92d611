package jobsfn

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

const (
	erasePages = 40              // pages of one job before it sends itself on
	saidRows   = 20              // records of feedback of a page
	eraseRows  = 40              // rows of a page: one transaction, with the journal and the check
	eraseLater = 5 * time.Minute // until what was still to be sent is looked at again
)

// erase removes what is kept of an address's owner, a page at a time: texts, files, names
// and what they told, in their tickets of that account and beside them. What was counted
// stays. Each write is held to the address as it was read, so that nothing is erased of
// who came back meanwhile; where all is erased it writes nothing.
func (h *Handler) erase(ctx context.Context, job work.Erase) error {
	lost := 0
	for range erasePages {
		id, err := h.Store.Identity(ctx, job.Address)
		if err != nil || id.Value.Erase.IsZero() || id.Value.Customer == "" {
			return err
		}
		e := &erasing{h: h, id: id, job: job}
		done, err := e.page(ctx)
		if errors.Is(err, table.ErrConflict) && lost < races {
			lost++
			continue
		}
		if err != nil || done {
			return err
		}
		job = e.job
	}
	return h.goOn(ctx, job, 0)
}

// goOn hands the job on as it stands.
func (h *Handler) goOn(ctx context.Context, job work.Erase, wait time.Duration) error {
	next, err := work.NewJob(work.JobErase, job)
	if err != nil {
		return err
	}
	m, err := work.Message(next)
	if err != nil {
		return err
	}
	m.Delay = wait
	return h.Queue.Send(ctx, queue.Jobs, m)
}

// erasing is one page of it.
type erasing struct {
	h   *Handler
	id  store.Row[desk.Identity]
	job work.Erase
	tx  store.Tx
}

// page erases one page and moves the job on; done after the last.
func (e *erasing) page(ctx context.Context) (done bool, err error) {
	if e.job.Feedback {
		return e.feedback(ctx)
	}
	if e.job.Events {
		return e.events(ctx)
	}
	page, err := e.h.Store.TicketsOfCustomer(ctx, e.id.Value.Customer, e.job.Cursor, 1)
	if err != nil {
		return false, err
	}
	for _, id := range page.IDs {
		t, err := e.h.Store.Ticket(ctx, id)
		if desk.KindOf(err) == desk.NotFound && err != nil || err == nil && t.Value.From != e.job.Address {
			continue // another account's, or another channel's
		}
		if err != nil {
			return false, err
		}
		if more, err := e.rows(ctx, t.Value.ID); err != nil || more {
			return false, err
		}
		if err := e.header(ctx, t); err != nil {
			return false, err
		}
	}
	e.job.Rows, e.job.Cursor, e.job.Events = "", page.Cursor, page.Cursor == ""
	return false, nil
}

// rows erases a page of a ticket's timeline; more says that another follows.
func (e *erasing) rows(ctx context.Context, t desk.TicketID) (more bool, err error) {
	rows, next, err := e.h.Store.Messages(ctx, t, e.job.Rows, eraseRows, false)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		for _, f := range r.Value.Attachments {
			// Before the row forgets it: what nothing names could never be deleted. Files
			// under their hash alone may be somebody else's too, and stay.
			if f.Blob != "" && strings.HasSuffix(f.Blob, ownFiles(t)) && !leaving(r.Value) {
				if err := e.h.Blob.Delete(ctx, f.Blob); err != nil {
					return false, err
				}
			}
		}
		e.job.Left = e.job.Left || leaving(r.Value)
		if redact(&r.Value) {
			e.tx.PutMessage(r)
		}
	}
	e.job.Rows = next
	return next != "", e.commit(ctx, t)
}

// leaving says whether delivery still has to do with a message; it gives up by itself what
// goes to who has left, and another way's is not WeChat's to forbid.
func leaving(m desk.Message) bool {
	return m.Kind == desk.ToCustomer && (m.State == desk.Queued || m.State == desk.Sending)
}

// redact takes out of a row what somebody wrote or sent; false where there is nothing.
func redact(m *desk.Message) bool {
	named := m.By.Kind == desk.ByCustomer && m.By.Name != ""
	if unsay(m) && !named && m.Subject+m.Text+m.Full+m.HTML == "" {
		return true
	}
	if leaving(*m) || !named && m.Subject+m.Text+m.Full+m.HTML == "" && len(m.Fields)+len(m.Attachments) == 0 {
		return false
	}
	if named {
		m.By.Name = ""
	}
	m.Subject, m.Text, m.Full, m.HTML, m.Fields, m.Attachments = "", "", "", "", nil, nil
	if !m.Erased() {
		m.Decisions = append(m.Decisions, desk.Decision{Code: desk.ErasedMessage})
	}
	return true
}

// header erases what a ticket's header tells, and what was written to its surveys.
func (e *erasing) header(ctx context.Context, t store.Row[desk.Ticket]) error {
	if err := e.comments(ctx, t.Value.Survey); err != nil {
		return err
	}
	v := &t.Value
	named := v.By.Kind == desk.ByCustomer && v.By.Name != ""
	noted := v.Follow != nil && v.Follow.Note != leftOut
	if v.Subject+v.Name == "" && v.Contact == (desk.Contact{}) && !named && !noted {
		return nil
	}
	if noted {
		f := *v.Follow
		f.Note = leftOut
		v.Follow = &f
	}
	v.Subject, v.Name, v.Contact = "", "", desk.Contact{}
	if named {
		v.By.Name = ""
	}
	e.tx.PutTicket(t)
	return e.commit(ctx, v.ID)
}

// comments erases what the customer wrote beside their scores; the scores stay.
func (e *erasing) comments(ctx context.Context, id desk.SurveyID) error {
	if id == "" {
		return nil
	}
	v, err := e.h.Store.Survey(ctx, id)
	if err != nil || v.Value.Score == nil {
		return ignoreGone(err)
	}
	answers, err := e.h.Store.Answers(ctx, id)
	if err != nil {
		return err
	}
	for i, a := range answers[:min(len(answers), eraseRows)] {
		if wordless(&a.Value) {
			e.tx.ChangeAnswer(id, i+1, a)
		}
	}
	if wordless(v.Value.Score) {
		e.tx.PutSurvey(v)
	}
	return e.commit(ctx, "")
}

// wordless takes the customer's own words out of an answer; false where there were none.
func wordless(s *desk.Score) (changed bool) {
	changed = s.Comment != ""
	s.Comment = ""
	for i, a := range s.Answers {
		if a.Text != "" {
			s.Answers[i].Text, changed = "", true
		}
	}
	return changed
}

// commit writes what was gathered, with the journal of the ticket where that doesn't tell
// of this erase yet.
func (e *erasing) commit(ctx context.Context, t desk.TicketID) error {
	if e.tx.Len() == 0 {
		return nil
	}
	if t != "" {
		at := e.id.Value.Erase
		j := desk.Message{
			ID: desk.NewMessageID(at, "erased", string(t), e.job.Address.ID), Ticket: t, Kind: desk.Journal,
			By: desk.Actor{Kind: desk.ByDesk}, At: at, Decisions: []desk.Decision{{Code: "erased.left"}},
		}
		_, err := e.h.Store.Message(ctx, t, j.ID)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return err
		}
		if err != nil {
			e.tx.PutMessage(store.Row[desk.Message]{Value: j})
		}
	}
	e.tx.CheckIdentity(e.id)
	err := e.h.Store.Commit(ctx, &e.tx)
	e.tx = store.Tx{}
	return err
}

// events erases a page of what is kept with the customer, and after the last who they are.
func (e *erasing) events(ctx context.Context) (done bool, err error) {
	c := e.id.Value.Customer
	rows, next, err := e.h.Store.CustomerEvents(ctx, c, e.job.Cursor, eraseRows)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.Value.From == e.job.Address && redact(&r.Value) {
			e.tx.ChangeCustomerEvent(c, r)
		}
	}
	if err := e.commit(ctx, ""); err != nil {
		return false, err
	}
	e.job.Cursor, e.job.Feedback = next, next == ""
	return false, nil
}

// feedback erases a page of what the customer said that is kept as feedback, and after the
// last who they are. Scores stay.
func (e *erasing) feedback(ctx context.Context) (done bool, err error) {
	rows, next, err := e.h.Store.FeedbackOf(ctx, e.id.Value.Customer, e.job.Cursor, saidRows)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.Value.From != e.job.Address {
			continue
		}
		if r.Value.Edits > 0 {
			if err := e.earlier(ctx, r.Value.ID); err != nil {
				return false, err
			}
		}
		if r.Value.Erase() {
			e.tx.PutFeedback(r)
		}
	}
	if err := e.commit(ctx, ""); err != nil {
		return false, err
	}
	if e.job.Cursor = next; next != "" {
		return false, nil
	}
	if err := e.person(ctx); err != nil || !e.job.Left {
		return true, err
	}
	return true, e.h.goOn(ctx, work.Erase{Address: e.job.Address}, eraseLater)
}

// earlier erases what a review said before it was edited, however often that was.
func (e *erasing) earlier(ctx context.Context, id desk.FeedbackID) error {
	for n := 0; ; {
		rows, err := e.h.Store.Earlier(ctx, id, n)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if n++; r.Value.Erase() {
				e.tx.PutEarlier(n, r)
			}
		}
		if err := e.commit(ctx, ""); err != nil || len(rows) < store.EarlierPage {
			return err
		}
	}
}

// person erases the address's name, and the customer's where they have no other address.
func (e *erasing) person(ctx context.Context) error {
	// The row itself: who was merged into another is a person still, once that is undone.
	c, err := e.h.Store.CustomerRow(ctx, e.id.Value.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return err
	}
	if err == nil {
		named := nameless(&c.Value)
		known, err := e.forgetUnion(ctx, &c)
		if err != nil {
			return err
		}
		if named || known {
			e.tx.PutCustomer(c)
		}
	}
	id := e.id
	if v := id.Value; v.Name+v.Remark+v.Lang == "" && v.Pending == nil && !v.Proven && v.Looked.IsZero() {
		return e.commit(ctx, "")
	}
	id.Value.Name, id.Value.Remark, id.Value.Lang, id.Value.Pending = "", "", "", nil
	id.Value.Proven, id.Value.Looked = false, time.Time{} // who comes back is asked for anew
	e.tx.PutIdentity(id)
	return e.h.Store.Commit(ctx, &e.tx)
}

// nameless takes out who a customer of one address is; false where nothing tells.
func nameless(v *desk.Customer) bool {
	noted := v.LastScore != nil && v.LastScore.Comment != ""
	if len(v.Addresses) > 1 || v.Name+v.Remark+v.Lang == "" && v.Contact == (desk.Contact{}) && !noted {
		return false
	}
	v.Name, v.Remark, v.Lang, v.Contact = "", "", "", desk.Contact{}
	if v.LastScore != nil {
		v.LastScore.Comment = ""
	}
	return true
}
