package cost

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

func jsonBody(s string) io.Reader { return strings.NewReader(s) }

// customer is who takes part in what is measured.
const customer = "oKxxxxxxxxxxxxxxxxxxxxxxxxxx"

// operations measures one conversation from its first message to the answered survey,
// and a look at the dashboard.
func (b *bench) operations(ctx context.Context) ([]Operation, error) {
	var ticket desk.TicketID
	var out []Operation
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"message that opens a ticket", func() (err error) { ticket, err = b.received(ctx, customer); return err }},
		{"message on an open ticket", func() error { _, err := b.received(ctx, customer); return err }},
		{"reply", func() error { return b.reply(ctx, ticket) }},
		{"survey asked and answered", func() error { return b.survey(ctx, ticket) }},
		{"dashboard view", func() error { return b.dashboard(ctx) }},
		{"event to one subscriber", func() error { return b.event(ctx) }},
		{"notice to an agent", func() error { return b.notice(ctx) }},
		{"unionid looked up, once a customer", func() error { return b.lookup(ctx) }},
	} {
		op, err := b.measure(step.name, step.do)
		if err != nil {
			return nil, err
		}
		out = append(out, op)
	}
	return out, nil
}

func (b *bench) measure(name string, do func() error) (Operation, error) {
	b.now = b.now.Add(time.Minute)
	before := *b.count
	if err := do(); err != nil {
		return Operation{}, err
	}
	used := b.count.minus(before)
	return Operation{Name: name, Count: used, PerMillion: used.Dollars() * million}, nil
}

func (b *bench) reply(ctx context.Context, ticket desk.TicketID) error {
	err := b.call(ctx, "POST", "/v1/tickets/"+ticket.Number()+"/messages",
		`{"text":"您好，您的包裹今天已经从杭州发出，预计明天送达，给您带来不便非常抱歉。"}`)
	if err != nil {
		return err
	}
	return b.settle(ctx)
}

// survey measures the question and the answer, not the resolution they follow from nor
// the sweep, which happens every minute anyway.
func (b *bench) survey(ctx context.Context, ticket desk.TicketID) error {
	before := *b.count
	if err := b.call(ctx, "PATCH", "/v1/tickets/"+ticket.Number(), `{"status":"resolved"}`); err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	empty, err := b.sweep(ctx)
	if err != nil {
		return err
	}
	*b.count = before
	b.now = b.now.Add(b.settings.Surveys[0].Delay.D() + time.Minute)
	if err := b.ask(ctx); err != nil {
		return err
	}
	*b.count = b.count.minus(empty)
	return b.digit(ctx, ticket)
}

// digit answers the survey on its channel; the desk says thanks.
func (b *bench) digit(ctx context.Context, ticket desk.TicketID) error {
	row, err := b.store.Ticket(ctx, ticket)
	if err != nil {
		return err
	}
	b.now = b.now.Add(time.Minute)
	b.count.HTTP++
	b.count.invoke("receiver")
	b.queue.requests("inbound.fifo", 3) // sent, received, deleted
	b.count.invoke("tickets")
	_, err = b.desk.Receive(ctx, channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "answer", Text: "5", At: b.now, From: row.Value.From,
	})
	if err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	v, err := b.store.Survey(ctx, row.Value.Survey)
	if err == nil && v.Value.State != desk.SurveyAnswered {
		err = errors.New("cost: the survey was not answered")
	}
	return err
}

// dashboard is a week's figures with its channels, and the first ten tickets; that the
// tickets were listed is noted in the audit, one write.
func (b *bench) dashboard(ctx context.Context) error {
	if err := b.call(ctx, "GET", "/v1/figures", ""); err != nil {
		return err
	}
	return b.call(ctx, "GET", "/v1/tickets?limit=10", "")
}

// lookup is what asking WeChat whose an address is adds to a first message: the job, the
// reads of address and token, and what the desk makes of the answer. That it is to be
// asked stands on the address, which is written anyway.
func (b *bench) lookup(ctx context.Context) error {
	who := desk.Address{Channel: desk.WeChat, Account: "main", ID: customer + "2"}
	before := *b.count
	_, err := b.desk.Receive(ctx, channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "first", Text: "您好", At: b.now, From: who, LookUp: true,
	})
	if err != nil {
		return err
	}
	*b.count = before
	b.queue.requests("jobs", 3) // sent, received, deleted
	b.count.invoke("jobs")
	if _, err := b.store.Identity(ctx, who); err != nil {
		return err
	}
	if _, err := b.store.Token(ctx, who.Channel, who.Account); err != nil {
		return err
	}
	return b.desk.Told(ctx, who, "o6_bmasdasdsad6_2sgVtMOZOPfL", b.now)
}

// minus is what was used since.
func (c Count) minus(before Count) Count {
	return Count{
		Invocations: c.Invocations - before.Invocations, GBSeconds: c.GBSeconds - before.GBSeconds,
		SQS: c.SQS - before.SQS, FIFO: c.FIFO - before.FIFO, HTTP: c.HTTP - before.HTTP,
		WriteUnits: c.WriteUnits - before.WriteUnits, ReadUnits: c.ReadUnits - before.ReadUnits,
		S3Puts: c.S3Puts - before.S3Puts, S3Gets: c.S3Gets - before.S3Gets,
	}
}
