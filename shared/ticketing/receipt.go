package ticketing

import (
	"context"
	"fmt"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// rank orders what a provider can say of a message: a later word never goes back.
var rank = map[desk.SendState]int{
	desk.Queued: 0, desk.Sending: 1, desk.Uncertain: 2, desk.Sent: 3, desk.Delivered: 4, desk.Failed: 5,
}

// receipt applies what a provider says became of one of our messages, a bounce or a
// complaint.
func (r *receiving) receipt(ctx context.Context) error {
	row, found, err := r.receiptsMessage(ctx)
	if err != nil {
		return err
	}
	if !found && r.in.Kind == desk.InReceipt && r.in.From.Channel == desk.WeChat {
		return r.event(ctx) // of a message that another program sent from the account
	}
	if !found {
		return desk.Errorf(desk.Unreadable, "it reports on a message that this desk doesn't know")
	}
	m := &row.Value
	r.seen = store.Seen{Ticket: m.Ticket, Message: m.ID}
	if r.in.Kind == desk.InComplaint {
		return r.complaint(ctx, *m)
	}
	rc := r.in.Receipt
	state := rc.State
	if r.in.Kind == desk.InBounce {
		if !rc.Permanent {
			return r.note(*m, said("mail.delayed", "code", rc.Code))
		}
		state = desk.Failed
	}
	if rank[state] <= rank[m.State] {
		return nil
	}
	m.State = state
	if rc.ProviderID != "" && m.ProviderID == "" {
		m.ProviderID = rc.ProviderID
	}
	if state != desk.Failed {
		r.tx.PutMessage(row)
		return nil
	}
	return r.failed(ctx, row)
}

// receiptsMessage finds our message: by our own id, else by the mail's.
func (r *receiving) receiptsMessage(ctx context.Context) (store.Row[desk.Message], bool, error) {
	rc := r.in.Receipt
	var none store.Row[desk.Message]
	if rc == nil {
		return none, false, nil
	}
	ticket, id := rc.Ticket, rc.Message
	name := rc.MailID
	if name == "" && rc.ProviderID != "" && r.in.From.ID != "" {
		name = r.in.From.Ref(rc.ProviderID)
	}
	if (ticket == "" || id == "") && name != "" {
		refs, err := r.desk.Store.Refs(ctx, []string{name})
		if err != nil {
			return none, false, err
		}
		ref := refs[name].Value
		ticket, id = ref.Ticket, ref.Message
	}
	if ticket == "" || id == "" {
		return none, false, nil
	}
	row, err := r.desk.Store.Message(ctx, ticket, id)
	switch {
	case desk.KindOf(err) == desk.NotFound:
		return none, false, nil
	case err != nil:
		return none, false, err
	}
	return row, row.Value.Kind == desk.ToCustomer, nil
}

// failed marks a message as failed, its address as bounced, and brings the ticket back
// to the agents.
func (r *receiving) failed(ctx context.Context, row store.Row[desk.Message]) error {
	m := &row.Value
	rc := r.in.Receipt
	m.Why = fmt.Sprintf("provider.failed %s", rc.Code)
	r.tx.PutMessage(row)
	t, err := r.desk.Store.Ticket(ctx, m.Ticket)
	if err != nil {
		return err
	}
	before := t.Value
	ds := []desk.Decision{said("send.failed_later", "code", rc.Code)}
	if was := before.Status; was == desk.StatusPending || was == desk.StatusOnHold && m.Purpose == purposeForward {
		t.Value.Status = desk.StatusOpen
		ds = append(ds, said("status.changed", "from", string(was), "to", string(desk.StatusOpen)))
	}
	t.Value.Updated = r.at
	follows, err := r.follow(ctx, before, &t.Value, false)
	if err != nil {
		return err
	}
	ds = append(ds, follows...)
	r.tx.PutTicket(t)
	if rc.Code == optedOutAtTwilio {
		stopped, err := r.optedOut(ctx, m.From)
		if err != nil {
			return err
		}
		ds = append(ds, stopped...)
	}
	if err := r.note(*m, ds...); err != nil {
		return err
	}
	if r.in.Kind == desk.InBounce {
		return r.bounced(ctx, m.From, rc.Code)
	}
	return nil
}

// optedOutAtTwilio is Twilio's code for a customer who said STOP to it: perhaps before
// this desk was there to hear it.
const optedOutAtTwilio = "21610"

func (r *receiving) optedOut(ctx context.Context, a desk.Address) ([]desk.Decision, error) {
	id, err := r.desk.Store.Identity(ctx, a)
	if err != nil || !id.Exists() || !id.Value.Opt(true, r.when()) {
		return nil, err
	}
	id.Value.OutBy.Why = desk.OutAtCarrier
	r.tx.PutIdentity(id)
	return []desk.Decision{said("opt.out")}, nil
}

// bounced marks the address a mail could not reach.
func (r *receiving) bounced(ctx context.Context, a desk.Address, code string) error {
	id, err := r.desk.Store.Identity(ctx, a)
	if err != nil || !id.Exists() {
		return err
	}
	if code == "" {
		code = "5.0.0"
	}
	id.Value.Bounced = code
	r.tx.PutIdentity(id)
	return nil
}

// complaint: the recipient called our mail spam. Nothing more is sent to them.
func (r *receiving) complaint(ctx context.Context, m desk.Message) error {
	id, err := r.desk.Store.Identity(ctx, m.From)
	if err != nil {
		return err
	}
	if id.Exists() {
		if id.Value.Opt(true, r.when()) {
			id.Value.OutBy.Why = desk.OutByComplaint
		}
		r.tx.PutIdentity(id)
	}
	return r.note(m, said("mail.complaint"))
}

func (r *receiving) note(m desk.Message, ds ...desk.Decision) error {
	j := journal(m.Ticket, desk.Actor{Kind: desk.ByDesk}, r.at, r.s.Version, ds...)
	j.ID = desk.NewMessageID(r.at, "receipt", r.in.ID, string(m.ID))
	r.tx.PutMessage(store.Row[desk.Message]{Value: j})
	return nil
}
