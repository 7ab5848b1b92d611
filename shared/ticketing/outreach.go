package ticketing

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/policy/reach"
	"github.com/deskhook/deskhook/shared/store"
)

// FireOutreach sends a message that the desk sends of itself, waits for the end of quiet
// hours, or leaves it with the reason on the ticket. It goes out once: that it did is
// written in the transaction that puts it in its conversation's line. A past generation
// does nothing.
func (d *Desk) FireOutreach(ctx context.Context, id string, gen int, at time.Time, open Window) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Outreach(ctx, id)
		if err != nil || !row.Exists() {
			return err
		}
		if o := row.Value; o.Gen != gen || o.Due.IsZero() || o.Due.After(at) || o.State != desk.OutreachPlanned {
			return nil
		}
		x := &reaching{desk: d, s: s, row: row, at: at, open: open}
		x.o = &x.row.Value
		return x.fire(ctx)
	})
}

// reaching is one try of sending an outreach.
type reaching struct {
	desk *Desk
	s    *config.Settings
	row  store.Row[desk.Outreach]
	o    *desk.Outreach // &row.Value
	at   time.Time
	open Window

	def      config.Care // of care
	text     config.Text
	subject  string
	rules    reach.Rules
	ticket   store.Row[desk.Ticket] // absent: there is none to write in
	identity store.Row[desk.Identity]
	customer store.Row[desk.Customer]
	said     []desk.Decision
	tx       store.Tx
}

func (x *reaching) fire(ctx context.Context) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	if due := x.early(); !due.IsZero() {
		x.o.Due, x.o.Gen = due, x.o.Gen+1
		return x.commit(ctx)
	}
	v, err := x.decide(ctx)
	switch {
	case err != nil:
		return err
	case !v.Until.IsZero():
		x.o.Due, x.o.Gen = v.Until, x.o.Gen+1
		return x.commit(ctx)
	case v.Why != "":
		return x.skip(ctx, v.Why)
	}
	return x.send(ctx)
}

// read gets what it says and to whom.
func (x *reaching) read(ctx context.Context) (err error) {
	if err := x.about(ctx); err != nil {
		return err
	}
	x.customer, err = x.desk.Store.Customer(ctx, x.o.Customer)
	if err = ignoreNotFound(err); err != nil {
		return err
	}
	if x.ticket, err = x.conversation(ctx); err != nil {
		return err
	}
	if x.ticket.Exists() {
		x.o.Ticket, x.o.To = x.ticket.Value.ID, x.ticket.Value.AnswerTo()
	}
	if c := x.customer.Value; x.o.Lang == "" {
		for _, l := range []string{c.Lang, x.ticket.Value.Lang, x.s.Desk.Language} {
			if x.o.Lang == "" {
				x.o.Lang = l
			}
		}
	}
	x.identity, err = x.desk.Store.Identity(ctx, x.o.To)
	return err
}

// about reads the words and the rules: of a topic, or of a care of the settings.
func (x *reaching) about(ctx context.Context) error {
	from, to := x.s.Asking.Quiet.Minutes()
	x.rules.Quiet = ask.Quiet{From: from, To: to}
	if x.o.Kind == desk.OutreachCare {
		x.care()
		return nil
	}
	t, err := x.desk.Store.Topic(ctx, desk.TopicID(x.o.Of))
	x.text, x.subject, x.rules.Enabled = t.Value.Text, t.Value.Title, true
	return err
}

// conversation is the ticket to write in: the one it is about, or the one that was merged
// into; else the customer's newest.
func (x *reaching) conversation(ctx context.Context) (store.Row[desk.Ticket], error) {
	id := x.o.Ticket
	for range hops {
		if id == "" {
			break
		}
		row, err := x.desk.Store.Ticket(ctx, id)
		if desk.KindOf(err) == desk.NotFound && err != nil {
			break
		}
		if err != nil || row.Value.Into == "" {
			return row, err
		}
		id = row.Value.Into
	}
	rows, err := x.newest(ctx)
	for _, r := range rows {
		if t := r.Value; !t.IsTask() && t.Into == "" && t.AnswerTo().ID != "" {
			return r, nil
		}
	}
	return store.Row[desk.Ticket]{}, err
}

// newestTickets is how many of a customer's tickets are looked at.
const newestTickets = 10

// newest are the customer's newest tickets, the newest first.
func (x *reaching) newest(ctx context.Context) ([]store.Row[desk.Ticket], error) {
	rows, _, err := x.desk.Store.MergeTickets(ctx, store.PersonLists(desk.Customer{ID: x.o.Customer, Merges: x.customer.Value.Merges}), newestTickets, true)
	return rows, err
}

// busy says whether something of the customer's is under way, where that matters.
func (x *reaching) busy(ctx context.Context) (bool, error) {
	if !x.rules.Idle {
		return false, nil
	}
	rows, err := x.newest(ctx)
	return slices.ContainsFunc(rows, func(r store.Row[desk.Ticket]) bool { return r.Value.Status.Active() && !r.Value.IsTask() }), err
}

// decide asks the policy first as if the window were open: the other address is only
// looked for where nothing else stands against it.
func (x *reaching) decide(ctx context.Context) (ask.Verdict, error) {
	busy, err := x.busy(ctx)
	if err != nil {
		return ask.Verdict{}, err
	}
	q := reach.Question{
		Outreach: *x.o, Ticket: x.ticket.Value, Identity: x.identity.Value, Customer: x.customer.Value, WindowOpen: true, Busy: busy,
		Zone: zone(x.s, x.customer.Value), Rules: x.rules, At: x.at,
	}
	v := reach.Decide(q)
	if !v.Go() || x.open == nil || x.open(x.identity.Value, x.at) {
		return v, nil
	}
	to, err := Elsewhere(ctx, x.desk.Store, x.s, x.ticket.Value, desk.Message{From: x.o.To, Purpose: string(x.o.Kind)})
	if err != nil {
		return v, err
	}
	if q.WindowOpen = to.ID != ""; q.WindowOpen {
		x.said = append(x.said, fallback.Decision(x.o.To, to))
		x.o.To = to
		if x.identity, err = x.desk.Store.Identity(ctx, to); err != nil {
			return v, err
		}
	}
	q.Outreach, q.Identity = *x.o, x.identity.Value
	return reach.Decide(q), nil
}

// skip leaves it, with the reason on the ticket or with the customer.
func (x *reaching) skip(ctx context.Context, why string) error {
	x.o.State, x.o.Why, x.o.Due, x.o.Gen = desk.OutreachSkipped, why, time.Time{}, x.o.Gen+1
	j := journal(x.ticket.Value.ID, desk.Actor{Kind: desk.ByDesk}, x.at, x.s.Version, said("reach.skipped", "kind", string(x.o.Kind), "why", why))
	switch {
	case x.yearly() && !x.rules.Enabled: // nobody meant it to go, and it is so each year
	case x.ticket.Exists():
		x.tx.PutMessage(store.Row[desk.Message]{Value: j})
	default:
		x.tx.PutCustomerEvent(x.o.Customer, j)
	}
	if x.o.Kind == desk.OutreachDone {
		if err := x.count(ctx); err != nil {
			return err
		}
	}
	x.again()
	return x.commit(ctx)
}

// count notes with the topic that a customer was not told.
func (x *reaching) count(ctx context.Context) error {
	t, err := x.desk.Store.Topic(ctx, desk.TopicID(x.o.Of))
	if err != nil {
		return ignoreNotFound(err)
	}
	t.Value.Skipped++
	x.tx.PutTopic(t)
	return nil
}

func (x *reaching) send(ctx context.Context) error {
	if !x.ticket.Exists() {
		if err := x.openTicket(ctx); err != nil {
			return err
		}
	}
	o, t := x.o, &x.ticket.Value
	o.State, o.Sent, o.Due, o.Gen, o.Ticket, o.V = desk.OutreachSent, x.at, time.Time{}, o.Gen+1, t.ID, x.s.Version
	m := desk.Message{
		ID: desk.NewMessageID(x.at, "outreach", o.ID), By: desk.Actor{Kind: desk.ByDesk}, At: x.at, From: o.To, Subject: t.Subject,
		Text: x.text.In(o.Lang), Purpose: string(o.Kind), Lang: o.Lang, V: x.s.Version,
		Decisions: append([]desk.Decision{said("reach." + string(o.Kind))}, x.said...),
	}
	enqueue(&x.tx, t, m)
	x.tx.PutTicket(x.ticket)
	for _, id := range o.Feedback {
		f, err := x.desk.Store.Feedback(ctx, id)
		if err != nil {
			return err
		}
		if f.Exists() && f.Value.Told.IsZero() {
			f.Value.Told, f.Value.Changed = x.at, x.at
			x.tx.PutFeedback(f)
		}
	}
	if o.Kind == desk.OutreachCare && x.customer.Exists() {
		ask.Note(&x.customer.Value, o.Of, x.at, false)
		x.tx.PutCustomer(x.customer)
	}
	x.again()
	return x.commit(ctx)
}

func (x *reaching) commit(ctx context.Context) error {
	x.tx.PutOutreach(x.row)
	return x.desk.Store.Commit(ctx, &x.tx)
}

// openTicket makes a conversation for a customer who has none, such as the author of a
// review: closed, so that nobody has to do anything, and opened again by an answer.
func (x *reaching) openTicket(ctx context.Context) error {
	of := []string{"outreach", x.o.ID}
	id := desk.NewTicketID(0, of...)
	for n := 1; ; n++ {
		rows, err := x.desk.Store.Tickets(ctx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		id = desk.NewTicketID(n, of...)
	}
	by := desk.Actor{Kind: desk.ByDesk}
	t := desk.Ticket{
		ID: id, Subject: cut(x.subject, 120), Status: desk.StatusClosed, Priority: desk.Normal, Type: desk.Inquiry, Team: defaultTeam(x.s, x.o.To, ""),
		Customer: x.o.Customer, Name: x.customer.Value.Called(x.o.Lang), Tier: x.customer.Value.Tier, From: x.o.To, Lang: x.o.Lang,
		Opened: x.at, Closed: x.at, Updated: x.at, By: by, V: x.s.Version, Ours: true,
	}
	x.ticket = store.Row[desk.Ticket]{Value: t}
	if x.identity.Exists() && oneTicketEach(x.o.To.Channel) {
		x.identity.Value.Ticket = id // their answer opens it again
		x.tx.PutIdentity(x.identity)
	}
	x.tx.PutFact(factID(desk.FactOpened, t), fact(x.s, desk.FactOpened, t, x.at))
	x.tx.PutFact(factID(desk.FactClosed, t), fact(x.s, desk.FactClosed, t, x.at))
	x.tx.PutMessage(store.Row[desk.Message]{Value: journal(t.ID, by, x.at, x.s.Version, said("reach.opened"))})
	return nil
}
