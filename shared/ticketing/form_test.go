package ticketing_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var submitter = desk.Address{Channel: desk.WebForm, Account: "contact", ID: "ann@x.test"}

func (b *bench) submit(id, text string) ticketing.Received {
	return b.receive(desk.Inbound{
		Kind: desk.InMessage, ID: id, From: submitter, Form: "contact", Subject: "Order", Text: text, Lang: "en",
		Contact: desk.Contact{Mail: "ann@x.test"},
	})
}

func (b *bench) writeOn(id, follows, text string, from desk.Address) ticketing.Received {
	return b.receive(desk.Inbound{Kind: desk.InMessage, ID: id, From: from, Form: from.Account, Text: text, Lang: "en", Follows: follows})
}

func withForm(t *testing.T, limit int) *bench {
	b := newBench(t)
	b.s.Forms = []config.Form{{ID: "contact", LimitPerHour: limit, Type: desk.Complaint}}
	return b
}

// What a customer writes on the status page joins the ticket of their submission, and
// each other submission stays a ticket of its own.
func TestWritingOnJoins(t *testing.T) {
	b := withForm(t, 20)
	one, two := b.submit("s1", "my parcel"), b.submit("s2", "my bill")
	require.NotEqual(t, one.Ticket, two.Ticket)
	b.pass(time.Minute)
	on := b.writeOn("f1", "s1", "and the colour", submitter)
	require.Equal(t, one.Ticket, on.Ticket)
	require.True(t, b.writeOn("f1", "s1", "and the colour", submitter).Duplicate, "promise 1")
	ms := b.messages(one.Ticket)
	require.Contains(t, codes(ms), "thread.joined")
	last := ms[len(ms)-1]
	require.Equal(t, "status_link", last.Decisions[0].Args["how"])
}

// A resolved ticket reopens; once it is closed the words open another, which keeps what
// the form told, and the page goes on there.
func TestWritingOnAfterTheEnd(t *testing.T) {
	b := withForm(t, 20)
	one := b.submit("s1", "my parcel")
	_, err := b.Reply(b.ctx, b.act(), one.Ticket, ticketing.Reply{Text: "sent", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(time.Hour)
	require.Equal(t, one.Ticket, b.writeOn("f1", "s1", "it isn't here", submitter).Ticket)
	require.Equal(t, desk.StatusOpen, b.ticket(one.Ticket).Status)

	b.pass(time.Minute)
	_, err = b.Reply(b.ctx, b.act(), one.Ticket, ticketing.Reply{Text: "sent anew", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(30 * 24 * time.Hour)
	next := b.writeOn("f2", "s1", "broken", submitter)
	require.NotEqual(t, one.Ticket, next.Ticket)
	tk, old := b.ticket(next.Ticket), b.ticket(one.Ticket)
	require.Equal(t, one.Ticket, tk.Before)
	require.Equal(t, old.Subject, tk.Subject)
	require.Equal(t, old.To, tk.To)
	require.Equal(t, desk.Complaint, tk.Type)
	require.Equal(t, next.Ticket, b.writeOn("f3", "s1", "very broken", submitter).Ticket, "it goes on there")
	require.True(t, b.receive(desk.Inbound{Kind: desk.InMessage, ID: "s1", From: submitter, Form: "contact"}).Duplicate)
}

// The link names its submitter: for another address there is nothing to follow.
func TestWritingOnAsAnother(t *testing.T) {
	b := withForm(t, 20)
	one := b.submit("s1", "my parcel")
	eve := submitter
	eve.ID = "eve@x.test"
	require.NotEqual(t, one.Ticket, b.writeOn("f1", "s1", "mine", eve).Ticket)
}

// Beyond the cap a submission is kept out of sight and says why: nothing is dropped.
func TestSubmissionsBeyondTheCap(t *testing.T) {
	b := withForm(t, 3)
	for n := range 4 {
		got := b.submit(fmt.Sprint("s", n), "again")
		tk := b.ticket(got.Ticket)
		if n < 3 {
			require.Equal(t, desk.StatusNew, tk.Status)
			continue
		}
		require.Equal(t, desk.StatusSpam, tk.Status)
		ms := b.messages(got.Ticket)
		require.Equal(t, "again", ms[0].Text)
		require.Contains(t, codes(ms), "spam.marked")
		require.True(t, b.submit("s3", "again").Duplicate)
	}
	require.Equal(t, b.ticket(b.submit("s0", "").Ticket).ID, b.writeOn("f1", "s0", "who writes on isn't counted", submitter).Ticket)
	b.pass(time.Hour)
	require.Equal(t, desk.StatusNew, b.ticket(b.submit("s9", "later").Ticket).Status)
}

// What the receiver marked stands in the journal.
func TestMarks(t *testing.T) {
	b := withForm(t, 3)
	got := b.receive(desk.Inbound{
		Kind: desk.InMessage, ID: "s1", From: submitter, Form: "contact", Text: "x",
		Marks: []desk.Decision{{Code: "spam.captcha_unknown", Args: map[string]string{"why": "timeout"}}},
	})
	require.Contains(t, codes(b.messages(got.Ticket)), "spam.captcha_unknown")
	require.Equal(t, desk.StatusNew, b.ticket(got.Ticket).Status)
}

// What a customer writes on the page of a form that was taken for spam is seen: in a ticket
// of its own, where the page goes on; and so many of these as the form takes in an hour.
func TestWritingOnAfterSpam(t *testing.T) {
	b := withForm(t, 2)
	one := b.submit("s1", "my parcel")
	b.pass(time.Minute)
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), one.Ticket, false))
	b.pass(time.Minute)
	next := b.writeOn("f1", "s1", "did you get this?", submitter)
	require.NotEqual(t, one.Ticket, next.Ticket)
	require.Equal(t, desk.StatusNew, b.ticket(next.Ticket).Status)
	require.Contains(t, codes(b.messages(next.Ticket)), "thread.spam")
	require.Equal(t, next.Ticket, b.writeOn("f2", "s1", "hello?", submitter).Ticket, "it goes on there")

	b.pass(time.Minute)
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), next.Ticket, false))
	b.pass(time.Minute)
	require.Equal(t, next.Ticket, b.writeOn("f3", "s1", "buy now", submitter).Ticket, "two have been opened within the hour")
}
