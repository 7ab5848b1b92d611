package ticketing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
	"github.com/deskhook/deskhook/shared/store"
)

// Act says who does something, and when the request came: all keys come from it.
type Act struct {
	By  desk.Actor
	At  time.Time
	Key string // idempotency key: the same one twice does it once; "" = none
	// Print tells one request from another under the same Key; "" = any is the same.
	Print string
	Again func() // told that Key had done it before; may be nil
}

// acting is one try of doing something to a ticket.
type acting struct {
	desk *Desk
	s    *config.Settings
	act  Act
	row  store.Row[desk.Ticket]
	t    *desk.Ticket // &row.Value
	was  desk.Ticket  // as read
	tx   store.Tx
	said []desk.Decision // written as one journal row
	msg  desk.MessageID

	unasked *desk.Survey              // that was to be asked after this, and isn't
	touched bool                      // write the header even if nothing else changed
	given   *store.Row[desk.Presence] // by the strategy, to this agent, as read when it was decided
	hands   *handing                  // of all tickets that the transaction writes
}

// on reads a ticket, lets do change it, and writes it with what follows.
func (d *Desk) on(ctx context.Context, act Act, id desk.TicketID, do func(*acting) error) (desk.MessageID, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	var msg desk.MessageID
	err = d.attempt(ctx, func(int) error {
		if done, err := d.before(ctx, act, id); err != nil || done.Exists() {
			msg = done.Value.Message
			return err
		}
		a := &acting{desk: d, s: s, act: act}
		if a.row, err = d.Store.Ticket(ctx, id); err != nil {
			return err
		}
		a.t, a.was = &a.row.Value, a.row.Value
		if err := do(a); err != nil {
			return err
		}
		msg = a.msg
		return a.commit(ctx)
	})
	return msg, err
}

func (a *acting) commit(ctx context.Context) error {
	if a.tx.Len() == 0 && len(a.said) == 0 && !a.touched {
		return a.act.onceUnchanged(ctx, a.desk.Store, a.row.Value.ID)
	}
	if err := a.prepare(ctx); err != nil {
		return err
	}
	return a.desk.Store.Commit(ctx, &a.tx)
}

// prepare puts what follows from the act, and the ticket, into the transaction.
func (a *acting) prepare(ctx context.Context) error {
	if err := a.tellParent(ctx); err != nil {
		return err
	}
	if err := a.follow(ctx); err != nil {
		return err
	}
	if err := a.tellUnasked(ctx); err != nil {
		return err
	}
	if over := a.t.Status == desk.StatusResolved || a.t.Status == desk.StatusClosed; over && a.was.Status.Active() && a.t.Into == "" {
		if err := a.careToWinBack(ctx); err != nil {
			return err
		}
	}
	if a.tx.Len() > 0 || len(a.said) > 0 {
		a.t.By, a.t.V, a.t.Updated = a.act.By, a.s.Version, a.act.At
	}
	if len(a.said) > 0 {
		j := journal(a.t.ID, a.act.By, a.act.At, a.s.Version, a.said...)
		a.tx.PutMessage(store.Row[desk.Message]{Value: j})
		if a.msg == "" {
			a.msg = j.ID
		}
	}
	a.act.once(&a.tx, a.t.ID, a.msg)
	a.tx.PutTicket(a.row)
	return nil
}

// follow keeps deadlines and loads, and finds somebody for a ticket that nobody has now.
func (a *acting) follow(ctx context.Context) error {
	x := a.handing()
	if a.given != nil {
		x.given = *a.given
	}
	ds, err := x.follows(ctx, a.was, a.t)
	a.said = append(a.said, ds...)
	x.write()
	return err
}

func (a *acting) handing() *handing {
	if a.hands == nil {
		a.hands = &handing{desk: a.desk, s: a.s, tx: &a.tx, at: a.act.At}
	}
	return a.hands
}

func (a *acting) message(what, text string) desk.Message {
	return desk.Message{
		ID:     desk.NewMessageID(a.act.At, what, string(a.t.ID), a.act.By.ID, a.act.Key, text),
		Ticket: a.t.ID, By: a.act.By, At: a.act.At, Text: text, V: a.s.Version,
	}
}

// maxText bounds what an agent writes at once, in bytes.
const maxText = 64 * 1024

func checkText(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return desk.FieldError("text", "is empty")
	case len(text) > maxText:
		return desk.FieldError("text", "has %d bytes, at most %d are taken", len(text), maxText)
	}
	return nil
}

// Reply is a public answer.
type Reply struct {
	Text        string
	Attachments []desk.Attachment // with their bytes in the blob store
	Then        desk.Status       // what the ticket is afterwards; "" = pending
	// Cc is who else gets an answer by mail: nil answers to all of the last mail, an
	// empty list to its sender alone.
	Cc []string
}

// Reply writes a public answer and queues it for the customer's channel, in several
// messages where the channel takes no text of that length. It gives the first one's id.
func (d *Desk) Reply(ctx context.Context, act Act, id desk.TicketID, r Reply) (desk.MessageID, error) {
	if err := checkText(r.Text); err != nil && (r.Text != "" || len(r.Attachments) == 0) {
		return "", err
	}
	if r.Then == "" {
		r.Then = desk.StatusPending
	}
	if !slices.Contains([]desk.Status{desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusResolved, desk.StatusClosed}, r.Then) {
		return "", desk.FieldError("then", "must be one of open, pending, on_hold, resolved, closed")
	}
	return d.on(ctx, act, id, func(a *acting) error {
		if err := a.reply(r); err != nil {
			return err
		}
		return a.become(r.Then)
	})
}

// answerable says why a ticket takes no public answer, or nil.
func answerable(t desk.Ticket) error {
	switch {
	case t.IsTask():
		return desk.Errorf(desk.Conflict, "a task has no customer to answer: write a note")
	case t.Into != "":
		return desk.Errorf(desk.Conflict, "the ticket was merged into %s: undo that first", t.Into.Number())
	case t.Status == desk.StatusSpam:
		return desk.Errorf(desk.Conflict, "the ticket is spam: mark it as not spam before answering")
	}
	return nil
}

// reply writes and queues a public answer, and leaves the status to the caller.
func (a *acting) reply(r Reply) error {
	if err := answerable(*a.t); err != nil {
		return err
	}
	if err := takes.Check(a.t.AnswerTo(), a.s.Takes(a.t.AnswerTo()), r.Attachments); err != nil {
		return err
	}
	cc, err := a.copies(r.Cc)
	if err != nil {
		return err
	}
	a.answered()
	for i, p := range pieces(a.t.AnswerTo().Channel, r) {
		m := a.message("reply", p.text)
		m.Attachments = p.files
		m.Purpose, m.Subject, m.Lang, m.Cc = "reply", a.t.Subject, a.t.Lang, cc
		if i == 0 {
			a.msg = m.ID
			if a.s.Tickets.UndoSend > 0 {
				m.Before = &desk.Before{Status: a.was.Status, WaitingSince: a.was.WaitingSince, Then: r.Then}
			}
		} else {
			m.ID = partID(a.act.At, a.msg, i)
		}
		a.send(m)
	}
	return nil
}

// partID is the id of a later part of an answer.
func partID(at time.Time, first desk.MessageID, i int) desk.MessageID {
	return desk.NewMessageID(at.Add(time.Duration(i)*time.Millisecond), "part", string(first), fmt.Sprint(i))
}

// send queues a public message, or lays it on the status page where the customer can't
// be reached otherwise.
func (a *acting) send(m desk.Message) { a.sendTo(m, a.t.AnswerTo()) }

func (a *acting) sendTo(m desk.Message, to desk.Address) {
	m.From = to
	if m.From.ID == "" {
		m.Kind, m.State, m.Why = desk.ToCustomer, desk.Sent, "send.status_page"
		a.tx.PutMessage(store.Row[desk.Message]{Value: m})
		return
	}
	if undo := a.s.Tickets.UndoSend.D(); undo > 0 {
		m.NotBefore = a.act.At.Add(undo)
	}
	enqueue(&a.tx, a.t, m)
}

// answered counts a person's public answer.
func (a *acting) answered() {
	t := a.t
	t.Answers++
	t.WaitingSince, t.PendingSince = time.Time{}, time.Time{}
	if t.FirstAnswered.IsZero() {
		t.FirstAnswered = a.act.At
		f := fact(a.s, desk.FactFirstAnswered, *t, a.act.At)
		f.Took = a.act.At.Sub(t.Opened)
		a.tx.PutFact(factID(desk.FactFirstAnswered, *t), f)
	}
	if _, known := a.s.Agent(a.act.By.ID); known && t.Assignee == "" {
		a.assign(a.act.By.ID) // a program with a token is nobody to assign to
	}
}

// Note writes an internal note.
func (d *Desk) Note(ctx context.Context, act Act, id desk.TicketID, text string) (desk.MessageID, error) {
	if err := checkText(text); err != nil {
		return "", err
	}
	return d.on(ctx, act, id, func(a *acting) error {
		a.note(text)
		return nil
	})
}

// Assign gives the ticket to an agent ("" = to nobody).
func (d *Desk) Assign(ctx context.Context, act Act, id desk.TicketID, agent string) error {
	return d.Change(ctx, act, id, Change{Assignee: &agent})
}

func (a *acting) assign(agent string) {
	if a.t.Assignee == agent {
		return
	}
	a.said = append(a.said, said("assign.changed", "from", a.t.Assignee, "to", agent))
	if agent == "" {
		a.t.Left = a.t.Assignee
	}
	a.t.Assignee = agent
}

// SetPriority changes how soon the ticket wants an answer.
func (d *Desk) SetPriority(ctx context.Context, act Act, id desk.TicketID, p desk.Priority) error {
	return d.Change(ctx, act, id, Change{Priority: &p})
}

// SetStatus changes where the ticket stands. Resolving plans the survey in the same
// transaction. until is for snoozed only.
func (d *Desk) SetStatus(ctx context.Context, act Act, id desk.TicketID, to desk.Status, until time.Time) error {
	return d.Change(ctx, act, id, Change{Status: &to, Until: until})
}

// become moves the ticket to a status with all that follows from it.
func (a *acting) become(to desk.Status) error {
	t, was := a.t, a.t.Status
	if t.Into != "" {
		return desk.Errorf(desk.Conflict, "the ticket was merged into %s: undo that first", t.Into.Number())
	}
	if was == to {
		return nil
	}
	if to == desk.StatusSpam && t.IsTask() {
		return desk.Errorf(desk.Conflict, "a task is no spam: close it")
	}
	if was == desk.StatusClosed && to != desk.StatusOpen && to != desk.StatusSpam {
		return desk.Errorf(desk.Conflict, "the ticket is closed: open it first")
	}
	a.said = append(a.said, said("status.changed", "from", string(was), "to", string(to)))
	t.Status = to
	if to != desk.StatusSnoozed {
		t.SnoozedUntil = time.Time{}
		t.Disarm(desk.TimerUnsnooze)
	}
	done := was == desk.StatusResolved || was == desk.StatusClosed
	switch {
	case to == desk.StatusSpam:
		t.Was = was
		t.Disarm(desk.TimerClose)
	case to == desk.StatusResolved:
		a.resolve()
	case to == desk.StatusClosed:
		a.close()
		if was != desk.StatusResolved { // a resolution was asked about already
			a.planSurvey(desk.WhenClosed)
		}
	case done && to.Active():
		t.Reopened++
		t.Resolved, t.Closed = time.Time{}, time.Time{}
		t.Disarm(desk.TimerClose)
		a.count(desk.FactReopened)
	}
	return nil
}

// count puts a fact of service about the ticket as it is now; a task is none.
func (a *acting) count(kind desk.FactKind) {
	if !a.t.IsTask() {
		a.tx.PutFact(factID(kind, *a.t), fact(a.s, kind, *a.t, a.act.At))
	}
}

func (a *acting) resolve() {
	t, at := a.t, a.act.At
	t.Round++
	t.Resolved = at
	t.WaitingSince = time.Time{}
	if after := a.s.Tickets.CloseAfter.D(); after > 0 {
		t.Arm(desk.TimerClose, at.Add(after))
	}
	if t.IsTask() {
		return // no service to a customer: neither counted nor asked about
	}
	f := fact(a.s, desk.FactResolved, *t, at)
	f.Took = at.Sub(t.Opened)
	f.OneTouch = t.Answers == 1
	a.tx.PutFact(factID(desk.FactResolved, *t), f)
	a.planSurvey(desk.WhenResolved)
}

func (a *acting) close() {
	a.t.Closed = a.act.At
	a.t.Disarm(desk.TimerClose)
	a.count(desk.FactClosed)
}

// sentAgain is why a message that was sent again counts as failed.
const sentAgain = "send.sent_again"

// SendAgain queues an uncertain or failed message once more: an agent's decision, for
// only a person may risk that the customer reads it twice.
func (d *Desk) SendAgain(ctx context.Context, act Act, id desk.TicketID, msg desk.MessageID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		row, err := d.Store.Message(ctx, id, msg)
		if err != nil {
			return err
		}
		m := row.Value
		if m.Kind != desk.ToCustomer || m.State != desk.Uncertain && m.State != desk.Failed || m.Why == sentAgain {
			return desk.Errorf(desk.Conflict, "only a message that failed or is uncertain, and was not sent again yet, can be sent again")
		}
		if m.Erased() {
			return desk.Errorf(desk.Conflict, "its content was erased: there is nothing to send again")
		}
		again := a.message("again", m.Text)
		again.Purpose, again.Attachments, again.Subject, again.Lang, again.Cc = m.Purpose, m.Attachments, m.Subject, m.Lang, m.Cc
		a.msg = again.ID
		a.said = append(a.said, said("send.again", "message", string(m.ID)))
		before := m.Before
		if m.Why != desk.Undone || a.t.Into != "" {
			before = nil
		}
		m.Why = sentAgain
		m.State = desk.Failed
		row.Value = m
		a.tx.PutMessage(row)
		if m.Purpose == purposeForward { // its text is not for the customer
			a.sendTo(again, m.From)
			return nil
		}
		if before == nil {
			a.send(again)
			return nil
		}
		a.answered()                                          // what undoing it took back
		if m.By.Kind == act.By.Kind && m.By.ID == act.By.ID { // somebody else's words aren't theirs to take back
			again.Before = before
		}
		a.send(again)
		if a.t.Status != left(*before) {
			return nil // somebody has moved it on since
		}
		return a.become(before.Then)
	})
	return err
}
