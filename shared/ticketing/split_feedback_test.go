package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// What a message is marked as goes with it when it is split off, however often: the same
// record, in the ticket where its words are. Its follow-up stays where it is, and the mark
// can be taken back and set again from the new ticket.
func TestSplitTakesTheMarkAlong(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, FollowUp: []string{config.FollowComplaint}}
	first := b.receive(text("1", "hello")).Ticket
	b.pass(time.Minute)
	got := b.receive(text("2", "it came broken"))
	mark := func(id desk.TicketID, as desk.Type) {
		b.pass(time.Minute)
		require.NoError(t, b.MarkMessage(b.ctx, b.act(), id, got.Message, as))
	}
	mark(first, desk.Complaint)
	f := b.found()[0]
	follow := func() desk.Recovery {
		row, err := b.Recovery(b.ctx, desk.SurveyID(f.ID))
		require.NoError(t, err)
		return row.Value
	}
	require.Equal(t, []any{first, desk.RecoveryDue}, []any{follow().Ticket, follow().State})
	at := first
	for range 2 {
		b.pass(time.Minute)
		id, err := b.Split(b.ctx, b.act(), at, ticketing.Split{Messages: []desk.MessageID{got.Message}})
		require.NoError(t, err)
		at = id
		list := b.found()
		require.Len(t, list, 1)
		require.Equal(t, []any{f.ID, at, got.Message}, []any{list[0].ID, list[0].Ticket, list[0].Message})
		require.Equal(t, []any{first, desk.RecoveryDue}, []any{follow().Ticket, follow().State})
	}
	mark(at, "")
	require.Empty(t, b.found())
	require.Equal(t, desk.RecoveryDropped, follow().State)
	mark(at, desk.Complaint)
	require.Len(t, b.found(), 1)
	require.Equal(t, []any{f.ID, at}, []any{b.found()[0].ID, b.found()[0].Ticket})
	require.Equal(t, []any{first, desk.RecoveryDue}, []any{follow().Ticket, follow().State})
}

// Marks take a place in the transaction: of marked mails fewer go at once.
func TestSplitMostMarks(t *testing.T) {
	b := newBench(t)
	var ids []desk.MessageID
	var ticket desk.TicketID
	for i := range 31 {
		got := b.receive(aMail("ann@x.test", string(rune('a'+i))+"@x", "a@x", nil, true))
		ticket, ids = got.Ticket, append(ids, got.Message)
		b.pass(time.Second)
		require.NoError(t, b.MarkMessage(b.ctx, b.act(), ticket, got.Message, desk.Suggestion))
		b.pass(time.Second)
	}
	_, err := b.Split(b.ctx, b.act(), ticket, ticketing.Split{Messages: ids[:23]})
	require.ErrorContains(t, err, "at most 22")
	id, err := b.Split(b.ctx, b.act(), ticket, ticketing.Split{Messages: ids[:22]})
	require.NoError(t, err)
	n := 0
	for _, f := range b.found() {
		if f.Ticket == id {
			n++
		}
	}
	require.Equal(t, 22, n)
}
