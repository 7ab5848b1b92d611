package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// What is split off goes on in a ticket of its own: the words move, a stub stays, and
// answers to the moved mail follow.
func TestSplit(t *testing.T) {
	b := newBench(t)
	one := b.receive(aMail("ann@x.test", "a1@x", "", nil, true))
	b.pass(time.Minute)
	other := aMail("ann@x.test", "a2@x", "a1@x", nil, true, "bob@x.test")
	other.Subject, other.Text = "Another thing", "and my shoes"
	two := b.receive(other)
	require.Equal(t, one.Ticket, two.Ticket)
	require.NoError(t, b.Assign(b.ctx, b.act(), one.Ticket, "amy"))
	b.pass(time.Minute)
	act := b.act()
	act.Key = "k1"
	id, err := b.Split(b.ctx, act, one.Ticket, ticketing.Split{Messages: []desk.MessageID{two.Message, two.Message}})
	require.NoError(t, err)
	again, err := b.Split(b.ctx, act, one.Ticket, ticketing.Split{Messages: []desk.MessageID{two.Message}})
	require.NoError(t, err)
	require.Equal(t, id, again, "asked twice, done once")

	tk := b.ticket(id)
	require.Equal(t, "Another thing", tk.Subject)
	require.Equal(t, desk.StatusOpen, tk.Status)
	require.Equal(t, "amy", tk.Assignee)
	require.Equal(t, t0.Add(time.Minute), tk.WaitingSince)
	require.Equal(t, "a2@x", tk.Mail.LastID)
	require.Contains(t, tk.Mail.Cc, "bob@x.test")
	m := b.last(id, two.Message)
	require.Equal(t, "and my shoes", m.Text)
	require.Equal(t, one.Ticket, m.Moved)
	stub := b.last(one.Ticket, two.Message)
	require.Equal(t, id, stub.Gone)
	require.Empty(t, stub.Text+stub.ProviderID)
	require.Contains(t, codes(b.messages(one.Ticket)), "thread.split_off")
	require.Contains(t, codes(b.messages(id)), "thread.split_from")
	require.Equal(t, 2, b.counted(desk.FactOpened))

	b.pass(time.Minute)
	require.Equal(t, id, b.receive(aMail("ann@x.test", "a3@x", "a2@x", nil, true)).Ticket)
	require.Equal(t, one.Ticket, b.receive(aMail("ann@x.test", "a4@x", "a1@x", nil, true)).Ticket)
	require.True(t, b.receive(other).Duplicate, "the provider's repeat")
}

// On a channel with one ticket for each customer they go on where they were.
func TestSplitChat(t *testing.T) {
	b := newBench(t)
	one := b.receive(text("1", "hello"))
	b.pass(time.Minute)
	two := b.receive(text("2", "and another thing"))
	id, err := b.Split(b.ctx, b.act(), one.Ticket, ticketing.Split{Messages: []desk.MessageID{two.Message}, Subject: "Other"})
	require.NoError(t, err)
	require.Equal(t, "Other", b.ticket(id).Subject)
	b.pass(time.Minute)
	require.Equal(t, one.Ticket, b.receive(text("3", "more")).Ticket)
	_, err = b.Reply(b.ctx, b.act(), id, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	require.Len(t, b.ticket(id).Unsent, 1)
}

func TestSplitRefuses(t *testing.T) {
	b := newBench(t)
	in := text("1", "see")
	in.Attachments = []desk.Attachment{{Type: "image/jpeg", Ref: "media1"}}
	one := b.receive(in)
	split := func(ids ...desk.MessageID) error {
		_, err := b.Split(b.ctx, b.act(), one.Ticket, ticketing.Split{Messages: ids})
		return err
	}
	require.ErrorContains(t, split(), "message_ids")
	require.ErrorContains(t, split("nothing"), "doesn't have")
	require.ErrorContains(t, split(one.Message), "being fetched")
	require.ErrorContains(t, split(make([]desk.MessageID, 1)...), "message_ids")
	b.pass(time.Minute)
	two := b.receive(text("2", "words"))
	b.pass(time.Minute)
	answer, err := b.Reply(b.ctx, b.act(), one.Ticket, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	require.ErrorContains(t, split(answer), "only what the customer wrote")
	require.NoError(t, split(two.Message))
	b.pass(time.Minute)
	require.ErrorContains(t, split(two.Message), "already")
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), one.Ticket, false))
	require.Equal(t, desk.Conflict, desk.KindOf(split(two.Message)))
}

// The most that goes at once, mails all of them, is one transaction.
func TestSplitMost(t *testing.T) {
	b := newBench(t)
	var ids []desk.MessageID
	var ticket desk.TicketID
	for i := range 31 {
		got := b.receive(aMail("ann@x.test", string(rune('a'+i))+"@x", "a@x", nil, true))
		ticket, ids = got.Ticket, append(ids, got.Message)
		b.pass(time.Second)
	}
	require.Len(t, b.messages(ticket), 31)
	_, err := b.Split(b.ctx, b.act(), ticket, ticketing.Split{Messages: ids})
	require.ErrorContains(t, err, "at most 30")
	act := b.act()
	act.Key = "k"
	id, err := b.Split(b.ctx, act, ticket, ticketing.Split{Messages: ids[:30]})
	require.NoError(t, err)
	require.Len(t, b.messages(id), 31)
}
