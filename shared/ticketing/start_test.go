package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (b *bench) keyed(key string) ticketing.Act {
	a := b.act()
	a.Key = key
	return a
}

func TestStartByMail(t *testing.T) {
	b := newBench(t)
	n := ticketing.Start{By: ticketing.StartMail, To: "Ann <Ann@x.test>", Name: "Ann", Subject: "Recall", Text: "Please send it back."}
	_, err := b.Start(b.ctx, b.act(), n)
	require.Error(t, err, "without a key")
	id, err := b.Start(b.ctx, b.keyed("k1"), n)
	require.NoError(t, err)
	b.pass(time.Minute)
	again, err := b.Start(b.ctx, b.keyed("k1"), n)
	require.NoError(t, err)
	require.Equal(t, id, again)
	v := b.ticket(id)
	require.Len(t, v.Unsent, 1)
	require.Equal(t, desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}, v.AnswerTo())
	require.Equal(t, desk.StatusPending, v.Status)
	require.Equal(t, "amy", v.Assignee)
	require.Equal(t, "Ann", v.Name)
	require.True(t, v.Ours, "they have not written")
	c, err := b.Store.Customer(b.ctx, v.Customer)
	require.NoError(t, err)
	require.Equal(t, "Ann", c.Value.Name)
	require.Contains(t, codes(b.messages(id)), "thread.started")
	require.Len(t, b.factsOf(desk.FactOpened), 1)
	require.Empty(t, b.factsOf(desk.FactFirstAnswered), "nobody waited for it")

	answer := aMail("ann@x.test", "a@x", "", nil, true)
	answer.Subject = "Re: Recall [" + id.Number() + "]"
	require.Equal(t, id, b.receive(answer).Ticket)
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
	require.False(t, b.ticket(id).Ours)
	require.Equal(t, v.Customer, b.ticket(id).Customer)
}

// Who was made with an address, or has proven it on another account, is who is written to
// at it: no second customer comes of it.
func TestStartToACustomerWhoIsKnown(t *testing.T) {
	b := newBench(t)
	mei, err := b.CreateCustomer(b.ctx, b.keyed("c"), ticketing.NewCustomer{
		Mail: "mei@x.test", Phone: "+8613800138000", Profile: ticketing.Profile{Name: new("陈梅"), Language: new("zh-CN")},
	})
	require.NoError(t, err)
	mail, err := b.Start(b.ctx, b.keyed("k1"), ticketing.Start{By: ticketing.StartMail, To: "Mei@x.test", Subject: "A", Text: "Hello"})
	require.NoError(t, err)
	sms, err := b.Start(b.ctx, b.keyed("k2"), ticketing.Start{By: ticketing.StartSMS, To: "13800138000", Text: "Hello"})
	require.NoError(t, err)
	for _, id := range []desk.TicketID{mail, sms} {
		v := b.ticket(id)
		require.Equal(t, mei, v.Customer)
		require.Equal(t, "陈梅", v.Name)
		require.Equal(t, "zh-CN", v.Lang)
	}
	c, err := b.Store.Customer(b.ctx, mei)
	require.NoError(t, err)
	require.Len(t, c.Value.Addresses, 2)

	answer := aMail("mei@x.test", "a@x", "", nil, true)
	answer.Subject = "Re: A [" + mail.Number() + "]"
	require.Equal(t, mail, b.receive(answer).Ticket)
	c, err = b.Store.Customer(b.ctx, mei)
	require.NoError(t, err)
	require.Len(t, c.Value.Addresses, 2)
	require.Empty(t, c.Value.Suggested, "they are no other than themselves")
}

// An agent writes to somebody at the address that they gave in a form: it stays their
// ticket. Another address proves nothing.
func TestStartAtAToldAddress(t *testing.T) {
	b := newBench(t)
	mei := b.ticket(b.receive(text("1", "hello")).Ticket).Customer
	b.told(mei, "mei@x.test")
	for to, want := range map[string]bool{"mei@x.test": true, "other@x.test": false} {
		id, err := b.Start(b.ctx, b.keyed(to), ticketing.Start{By: ticketing.StartMail, To: to, For: mei, Subject: "A", Text: "Hello"})
		require.NoError(t, err)
		require.Equal(t, want, b.ticket(id).Customer == mei, to)
	}
}

func TestStartBySMS(t *testing.T) {
	b := newBench(t)
	n := ticketing.Start{By: ticketing.StartSMS, To: "+86 138 0013 8000", Text: "您的订单到了", Status: desk.StatusOpen}
	id, err := b.Start(b.ctx, b.keyed("k1"), n)
	require.NoError(t, err)
	require.Equal(t, "zh-CN", b.ticket(id).Lang)
	_, err = b.Start(b.ctx, b.keyed("k2"), n)
	require.ErrorContains(t, err, id.Number(), "one conversation each")
	phone := b.ticket(id).From
	require.Equal(t, id, b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: phone, Text: "好的，在哪里取"}).Ticket)

	b.receive(desk.Inbound{Kind: desk.InOptOut, ID: "2", From: phone})
	require.NoError(t, b.SetStatus(b.ctx, b.act(), id, desk.StatusClosed, time.Time{}))
	_, err = b.Start(b.ctx, b.keyed("k3"), n)
	require.ErrorContains(t, err, "opted out")

	n.By, n.Outcome = ticketing.StartCall, "reached" // who may not be written to may be called
	call, err := b.Start(b.ctx, b.keyed("k4"), n)
	require.NoError(t, err)
	require.Empty(t, b.ticket(call).Unsent)
	require.Equal(t, b.ticket(id).Customer, b.ticket(call).Customer)
	require.Contains(t, codes(b.messages(call)), "thread.called")
}

func TestStartMistakes(t *testing.T) {
	b := newBench(t)
	good := ticketing.Start{By: ticketing.StartMail, To: "ann@x.test", Text: "x"}
	for field, spoil := range map[string]func(*ticketing.Start){
		"text":     func(n *ticketing.Start) { n.Text = " " },
		"to":       func(n *ticketing.Start) { n.To = "help@desk.test" },
		"channel":  func(n *ticketing.Start) { n.By = "pigeon" },
		"account":  func(n *ticketing.Start) { n.Account = "none" },
		"outcome":  func(n *ticketing.Start) { n.By, n.To = ticketing.StartCall, "+14155550100" },
		"status":   func(n *ticketing.Start) { n.Status = desk.StatusSpam },
		"team":     func(n *ticketing.Start) { n.Team = "none" },
		"language": func(n *ticketing.Start) { n.Lang = "xx" },
	} {
		n := good
		spoil(&n)
		_, err := b.Start(b.ctx, b.keyed(field), n)
		var e *desk.Error
		require.ErrorAs(t, err, &e, field)
		require.Equal(t, field, e.Field)
	}
}

// A number is read as people write it, where it says which country it is of.
func TestStartByANumberAsWritten(t *testing.T) {
	b := newBench(t)
	b.s.Desk.Country = "CN"
	n := ticketing.Start{By: ticketing.StartCall, To: "138-0013 8000", Text: "x", Outcome: "reached"}
	id, err := b.Start(b.ctx, b.keyed("k"), n)
	require.NoError(t, err)
	require.Equal(t, "+8613800138000", b.ticket(id).From.ID)
	b.s.Desk.Country = "US"
	_, err = b.Start(b.ctx, b.keyed("k2"), n)
	require.ErrorContains(t, err, "to")
}
