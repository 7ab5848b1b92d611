package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (b *bench) counted(kind desk.FactKind) (n int) {
	for _, f := range b.facts() {
		if f.Kind == kind {
			n++
		}
	}
	return n
}

// What is written to a merged ticket lands where it went, until the merge is undone;
// nothing counts as resolved.
func TestMerge(t *testing.T) {
	b := newBench(t)
	one := b.receive(aMail("ann@x.test", "a1@x", "", nil, true, "bob@x.test")).Ticket
	b.pass(time.Minute)
	two := b.receive(aMail("ann@x.test", "a2@x", "", nil, true)).Ticket
	require.NotEqual(t, one, two)
	for range 2 { // a second click is harmless
		require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	}
	tk := b.ticket(one)
	require.Equal(t, desk.StatusClosed, tk.Status)
	require.Equal(t, two, tk.Into)
	require.Equal(t, t0, b.ticket(two).WaitingSince, "the older wait counts")
	require.Contains(t, codes(b.messages(one)), "merge.into")
	require.Contains(t, codes(b.messages(two)), "merge.from")
	require.Zero(t, b.counted(desk.FactResolved))
	require.Zero(t, b.counted(desk.FactClosed))

	b.pass(time.Minute)
	require.Equal(t, two, b.receive(aMail("ann@x.test", "a3@x", "a1@x", nil, true)).Ticket)
	require.Equal(t, two, b.receive(aMail("bob@x.test", "b1@x", "a1@x", nil, true)).Ticket, "who took part in the merged one")
	require.NotEqual(t, two, b.receive(aMail("eve@x.test", "e1@x", "a1@x", nil, true)).Ticket)

	_, err := b.Reply(b.ctx, b.act(), one, ticketing.Reply{Text: "Hi"})
	require.Equal(t, desk.Conflict, desk.KindOf(err), "answers go out from where it went")
	require.Equal(t, desk.Conflict, desk.KindOf(b.SetStatus(b.ctx, b.act(), one, desk.StatusOpen, time.Time{})))

	require.NoError(t, b.Unmerge(b.ctx, b.act(), one))
	require.Equal(t, desk.Conflict, desk.KindOf(b.Unmerge(b.ctx, b.act(), one)))
	require.Equal(t, desk.StatusNew, b.ticket(one).Status)
	require.Equal(t, one, b.receive(aMail("ann@x.test", "a4@x", "a1@x", nil, true)).Ticket)
	require.Zero(t, b.counted(desk.FactReopened))
}

// Merges follow one another, and never in a ring.
func TestMergeChain(t *testing.T) {
	b := newBench(t)
	var ids []desk.TicketID
	for _, m := range []string{"a@x", "b@x", "c@x"} {
		ids = append(ids, b.receive(aMail("ann@x.test", m, "", nil, true)).Ticket)
		b.pass(time.Second)
	}
	require.NoError(t, b.Merge(b.ctx, b.act(), ids[0], ids[1], false))
	require.NoError(t, b.Merge(b.ctx, b.act(), ids[1], ids[2], false))
	require.Equal(t, ids[2], b.receive(aMail("ann@x.test", "d@x", "a@x", nil, true)).Ticket)
	require.ErrorContains(t, b.Merge(b.ctx, b.act(), ids[2], ids[0], false), "into")
	require.ErrorContains(t, b.Merge(b.ctx, b.act(), ids[2], ids[2], false), "into")
	require.ErrorContains(t, b.Merge(b.ctx, b.act(), ids[2], "000000", false), "into")
}

// Two customers' tickets are merged only where that is meant, and by mail alone.
func TestMergeOfOthers(t *testing.T) {
	b := newBench(t)
	ann := b.receive(aMail("ann@x.test", "a@x", "", nil, true)).Ticket
	kim := b.receive(aMail("kim@x.test", "k@x", "", nil, true)).Ticket
	chat := b.receive(text("1", "hello")).Ticket
	require.ErrorContains(t, b.Merge(b.ctx, b.act(), ann, kim, false), "another customer")
	require.NoError(t, b.Merge(b.ctx, b.act(), ann, kim, true))
	require.Equal(t, kim, b.receive(aMail("ann@x.test", "a2@x", "a@x", nil, true)).Ticket)
	require.ErrorContains(t, b.Merge(b.ctx, b.act(), chat, kim, true), "by mail")
}

// A ticket resolved before it was merged is not asked about.
func TestNoSurveyOfMerged(t *testing.T) {
	b := newBench(t)
	one := b.receive(aMail("ann@x.test", "a@x", "", nil, true)).Ticket
	two := b.receive(aMail("ann@x.test", "b@x", "", nil, true)).Ticket
	_, err := b.Reply(b.ctx, b.act(), one, ticketing.Reply{Text: "Solved.", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(time.Minute)
	require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	b.pass(2 * time.Hour)
	for _, d := range b.sweep() {
		if d.Kind == store.DueSurvey {
			require.NoError(t, b.FireSurvey(b.ctx, d.Survey, d.Gen, b.now, nil))
		}
	}
	require.Contains(t, codes(b.messages(one)), "survey.skipped")
	require.NoError(t, b.Unmerge(b.ctx, b.act(), one))
	require.Equal(t, desk.StatusResolved, b.ticket(one).Status)
}

// What came as spam goes through intake once it isn't: routed and acknowledged once,
// however often it is marked and unmarked.
func TestNotSpamRunsIntakeOnce(t *testing.T) {
	b := newBench(t)
	routing(b)
	b.s.Tickets.Acknowledge = config.Text{"en": "Received."}
	in := text("1", "a complaint")
	in.Spam = "honeypot"
	id := b.receive(in).Ticket
	require.Empty(t, b.ticket(id).Unsent)
	for range 3 {
		b.pass(time.Minute)
		require.NoError(t, b.NotSpam(b.ctx, b.act(), id))
		require.NoError(t, b.NotSpam(b.ctx, b.act(), id))
		tk := b.ticket(id)
		require.Equal(t, desk.StatusNew, tk.Status)
		require.Equal(t, "care", tk.Team)
		require.Len(t, tk.Unsent, 1)
		require.NoError(t, b.MarkSpam(b.ctx, b.act(), id, false))
		require.Equal(t, desk.StatusSpam, b.ticket(id).Status)
	}
	require.Equal(t, 1, b.counted(desk.FactOpened))
}

// A blocked sender's messages are kept as spam with the reason and answered by nothing,
// until the block is lifted.
func TestBlock(t *testing.T) {
	b := newBench(t)
	b.s.Tickets.Acknowledge = config.Text{"en": "Received."}
	id := b.receive(text("1", "buy")).Ticket
	require.NoError(t, b.MarkSpam(b.ctx, b.act(), id, true))
	b.pass(time.Minute)
	more := b.receive(text("2", "buy more")).Ticket
	require.Equal(t, desk.StatusSpam, b.ticket(more).Status)
	require.Empty(t, b.ticket(more).Unsent)
	require.Contains(t, codes(b.messages(more)), "spam.marked")
	require.Contains(t, codes(b.messages(id)), "spam.blocked")
	require.NoError(t, b.Block(b.ctx, b.act(), id, false))
	require.NoError(t, b.NotSpam(b.ctx, b.act(), id))
	b.pass(time.Minute)
	require.Equal(t, id, b.receive(text("3", "sorry")).Ticket)
}

// The settings' lists: blocked by domain, and the allow list goes first; it proves
// nobody.
func TestSenders(t *testing.T) {
	b := newBench(t)
	b.s.Senders = config.Senders{Block: []string{"@spam.test", customer.ID}, Allow: []string{"ann@x.test", "friend@spam.test"}}
	spam := func(in desk.Inbound) bool { return b.ticket(b.receive(in).Ticket).Status == desk.StatusSpam }
	require.True(t, spam(aMail("eve@spam.test", "1", "", nil, true)))
	require.True(t, spam(aMail("eve@mail.spam.test", "2", "", nil, true)))
	require.False(t, spam(aMail("eve@notspam.test", "3", "", nil, true)))
	require.False(t, spam(aMail("friend@spam.test", "4", "", nil, true)))
	require.True(t, spam(text("5", "hi")))
	held := aMail("ann@x.test", "6", "", nil, true)
	held.Spam = "SES holds it to be spam"
	require.False(t, spam(held))
	other := b.receive(aMail("kim@x.test", "k", "", nil, true)).Ticket
	require.NotEqual(t, other, b.receive(aMail("ann@x.test", "7", "k", nil, true)).Ticket)
}
