package ticketing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/policy/reach"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// A care is an outreach whose timer is set by what it follows, in that transaction: an
// event, a birthday that becomes known, a ticket that ends. Nothing walks all customers.
// Those that come again (a birthday, a customer who stays away) lie in one row each, and
// their timer may be early: it is set anew when it fires.

// careID names what is sent one customer of a care, for one occasion; "" where it comes
// again.
func careID(care string, c desk.CustomerID, occasion string) string {
	return desk.DeriveID("outreach", string(desk.OutreachCare), care, string(c), occasion)
}

func newCare(def config.Care, c desk.CustomerID, occasion string, at, due time.Time) desk.Outreach {
	return desk.Outreach{
		ID: careID(def.ID, c, occasion), Kind: desk.OutreachCare, Of: def.ID, Customer: c, Occasion: occasion,
		State: desk.OutreachPlanned, Planned: at, Due: due, Gen: 1,
	}
}

// careAfterEvent plans what the settings send after such an event; once, though the event
// may come again by another address of the customer's, or when it is no longer known as seen.
func (r *receiving) careAfterEvent(ctx context.Context) error {
	for _, def := range r.s.CareAfter(config.CareEvent, r.in.Type) {
		who, err := r.desk.person(ctx, r.identity.Value.Customer)
		if err != nil {
			return err
		}
		o := newCare(def, who, r.in.ID, r.at, r.at.Add(def.After.D()))
		row, err := r.desk.Store.Outreach(ctx, o.ID)
		if err != nil {
			return err
		}
		if row.Exists() {
			continue
		}
		o.To, o.Lang, o.Ticket = r.in.From, r.lang(), r.identity.Value.Ticket
		r.tx.PutOutreach(store.Row[desk.Outreach]{Value: o})
	}
	return nil
}

// careInRound plans a holiday's word to a ticket's customer: once a holiday, however many
// tickets they have.
func (d *Desk) careInRound(ctx context.Context, def config.Care, t desk.Ticket, w *desk.Wave, at time.Time) (bool, error) {
	if t.Ours { // that we have written to them is no word of theirs
		return false, nil
	}
	who, err := d.person(ctx, t.Customer)
	if err != nil || who == "" {
		return false, err
	}
	o := newCare(def, who, w.At.UTC().Format(time.RFC3339), w.At, at)
	o.Ticket = t.ID
	row, err := d.Store.Outreach(ctx, o.ID)
	if err != nil || row.Exists() {
		return false, err
	}
	var tx store.Tx
	tx.PutOutreach(store.Row[desk.Outreach]{Value: o})
	err = d.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return false, nil // a repeat has planned it
	}
	return err == nil, err
}

// careOfBirthday keeps the timers of a customer's birthday, in the transaction that
// changes it: two units each, and only where it has changed.
func (d *Desk) careOfBirthday(ctx context.Context, tx *store.Tx, s *config.Settings, was, now desk.Customer, at time.Time) error {
	for _, def := range s.CareAfter(config.CareBirthday, "") {
		if was.Fields[def.Field] == now.Fields[def.Field] && was.TimeZone == now.TimeZone {
			continue
		}
		row, err := d.Store.Outreach(ctx, careID(def.ID, now.ID, ""))
		if err != nil {
			return err
		}
		due := def.Birthday(now.Fields[def.Field], at, zone(s, now))
		switch {
		case row.Exists():
			row.Value.State, row.Value.Due, row.Value.Gen = desk.OutreachPlanned, due, row.Value.Gen+1
		case due.IsZero():
			continue
		default:
			row.Value = newCare(def, now.ID, "", at, due)
		}
		tx.PutOutreach(row)
	}
	return nil
}

// careToWinBack begins to wait for who stays away, when a ticket of theirs ends: a read
// for each such care, and a row where none is waiting yet.
func (a *acting) careToWinBack(ctx context.Context) error {
	for _, def := range a.s.CareAfter(config.CareWinBack, "") {
		who, err := a.desk.person(ctx, a.t.Customer)
		if err != nil {
			return err
		}
		row, err := a.desk.Store.Outreach(ctx, careID(def.ID, who, ""))
		if err != nil {
			return err
		}
		if row.Exists() && !row.Value.Due.IsZero() {
			continue // it waits already, and looks again when it fires
		}
		due := a.act.At.Add(def.After.D())
		if !row.Exists() {
			row.Value = newCare(def, who, "", a.act.At, due)
		}
		row.Value.State, row.Value.Due, row.Value.Gen = desk.OutreachPlanned, due, row.Value.Gen+1
		a.tx.PutOutreach(row)
	}
	return nil
}

// care gives the words and the rules of a care; one that the settings no longer have is
// not enabled.
func (x *reaching) care() {
	def, ok := x.s.Cared(x.o.Of)
	x.text, x.subject, x.def = def.Text, def.Text.In(x.o.Lang), def
	x.rules = reach.Rules{
		Quiet: x.rules.Quiet, Enabled: ok && !def.Disabled, Consent: def.Consent, Spared: x.s.Asking.Spared, Channels: def.Channels,
		Caps: ask.Rules{Cooldown: def.Cooldown.D(), Apart: x.s.Asking.Cooldown.D(), Most: x.s.Asking.Most, Within: x.s.Asking.Within.D()},
	}
	if def.When == config.CareHoliday {
		x.rules.Idle, x.rules.Late = true, holidayLasts
	}
}

// holidayLasts is how long after its time a holiday's word still goes: quiet hours end
// within it wherever the customer is.
const holidayLasts = 24 * time.Hour

// early gives when a care that comes again is really due, where that is later: the
// birthday was changed, or the customer was heard of since.
func (x *reaching) early() time.Time {
	if x.o.Kind != desk.OutreachCare || x.o.Occasion != "" {
		return time.Time{}
	}
	switch x.def.When {
	case config.CareBirthday:
		next := x.nextBirthday(x.o.Due.Add(-time.Second))
		if next.After(x.at) {
			return next
		}
	case config.CareWinBack:
		last := x.identity.Value.LastIn
		if t := x.ticket.Value; !t.Ours {
			last = slices.MaxFunc([]time.Time{last, t.Opened, t.Resolved}, time.Time.Compare)
		}
		if due := last.Add(x.def.After.D()); due.After(x.at) {
			return due
		}
	}
	return time.Time{}
}

func (x *reaching) nextBirthday(after time.Time) time.Time {
	return x.def.Birthday(x.customer.Value.Fields[x.def.Field], after, zone(x.s, x.customer.Value))
}

func (x *reaching) yearly() bool {
	return x.o.Kind == desk.OutreachCare && x.def.When == config.CareBirthday
}

// again sets the timer of a care that comes again, whatever came of this one: one that is
// switched off now may be on again next year.
func (x *reaching) again() {
	if x.yearly() {
		if next := x.nextBirthday(x.at); !next.IsZero() {
			x.o.State, x.o.Due = desk.OutreachPlanned, next
		}
	}
}
