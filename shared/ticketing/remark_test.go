package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// What agents call a customer is their name: on the tickets there are, on those to come,
// in the list of customers and in what is written down; taken away, the old name is back.
func TestRemark(t *testing.T) {
	b := newBench(t)
	in := text("1", "hello")
	in.Name = "阳光"
	first := b.receive(in)
	id := b.ticket(first.Ticket).Customer
	require.NoError(t, b.Remark(b.ctx, b.act(), id, " 王女士 "))
	require.NoError(t, b.Remark(b.ctx, b.act(), id, "王女士"), "twice is once")
	require.Equal(t, "王女士", b.ticket(first.Ticket).Name)

	b.pass(1)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), first.Ticket, desk.StatusClosed, b.now))
	b.pass(8 * 24 * time.Hour)
	next := b.receive(text("2", "again"))
	require.NotEqual(t, first.Ticket, next.Ticket)
	require.Equal(t, "王女士", b.ticket(next.Ticket).Name)
	list, _, err := b.Store.Customers(b.ctx, b.now.Format("2006-01"), "", 10)
	require.NoError(t, err)
	require.Equal(t, []store.CustomerSummary{{ID: id, Name: "王女士"}}, list)
	events, _, err := b.Store.CustomerEvents(b.ctx, id, "", 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, "customer.remark", events[0].Value.Decisions[0].Code)

	b.pass(1)
	require.NoError(t, b.Remark(b.ctx, b.act(), id, ""))
	require.Equal(t, "阳光", b.ticket(next.Ticket).Name)
	for _, bad := range []string{strings.Repeat("好", 61), "a\nb", "\xff"} {
		require.Equal(t, desk.Invalid, desk.KindOf(b.Remark(b.ctx, b.act(), id, bad)))
	}
	require.Equal(t, desk.NotFound, desk.KindOf(b.Remark(b.ctx, b.act(), "nobody", "x")))
}
