package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// Whoever is no spammer any more, or never was, is heard: what they write next opens a
// ticket of its own, and then that is where they go on.
func TestAfterSpamTheNextMessageIsHeard(t *testing.T) {
	b := newBench(t)
	first := b.receive(text("1", "buy now")).Ticket
	b.pass(time.Minute)
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), first, true))
	b.pass(time.Minute)
	kept := b.receive(text("2", "buy more")).Ticket
	require.Equal(t, desk.StatusSpam, b.ticket(kept).Status, "blocked")
	b.pass(time.Minute)
	require.NoError(t, b.Block(b.ctx, b.act(), first, false))
	b.pass(time.Minute)
	next := b.receive(text("3", "sorry, where is my parcel?")).Ticket
	require.NotEqual(t, first, next)
	require.NotEqual(t, kept, next)
	require.Equal(t, desk.StatusNew, b.ticket(next).Status)
	require.Contains(t, codes(b.messages(next)), "thread.spam")
	b.pass(time.Minute)
	require.Equal(t, next, b.receive(text("4", "hello?")).Ticket)

	b.pass(time.Minute)
	require.NoError(t, b.NotSpam(b.ctx, b.act(), first))
	b.pass(time.Minute)
	require.Equal(t, next, b.receive(text("5", "still there?")).Ticket, "the conversation stays where it is")
}

// A mail that answers into a ticket held to be spam is seen, too, and so is whom nobody
// has blocked.
func TestMailIntoSpam(t *testing.T) {
	b := newBench(t)
	first := b.receive(mailTo("support", "1", "ann@x.test", true)).Ticket
	b.pass(time.Minute)
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), first, false))
	b.pass(time.Minute)
	in := mailTo("support", "2", "ann@x.test", true)
	in.Mail.InReplyTo = "1@x.test"
	next := b.receive(in).Ticket
	require.NotEqual(t, first, next)
	require.Equal(t, desk.StatusNew, b.ticket(next).Status)
	b.pass(time.Minute)
	spam := mailTo("support", "3", "ann@x.test", true)
	spam.Mail.InReplyTo, spam.Spam = "1@x.test", "verdict"
	require.Equal(t, first, b.receive(spam).Ticket, "spam joins spam")
}
