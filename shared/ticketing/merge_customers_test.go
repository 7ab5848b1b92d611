package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Promise 10: a merge joins two customers, leads who writes next to the survivor, and can
// be undone to the letter.
func TestMergeAndUndo(t *testing.T) {
	b := newBench(t)
	one := b.ticket(b.receive(text("1", "hello")).Ticket)
	in := text("2", "it's me, from my other phone")
	in.From.ID += "-other"
	two := b.ticket(b.receive(in).Ticket)
	from, into := two.Customer, one.Customer
	require.NotEqual(t, from, into)
	was, err := b.Store.CustomerRow(b.ctx, into)
	require.NoError(t, err)
	wasFrom, err := b.Store.CustomerRow(b.ctx, from)
	require.NoError(t, err)

	require.Equal(t, desk.Invalid, desk.KindOf(b.MergeCustomers(b.ctx, b.act(), from, into, " ")))
	require.Equal(t, desk.NotFound, desk.KindOf(b.MergeCustomers(b.ctx, b.act(), "nobody", into, "x")))
	for range 2 { // twice is once
		require.NoError(t, b.MergeCustomers(b.ctx, b.act(), from, into, "gave the same order number"))
	}
	c, err := b.Store.Customer(b.ctx, from)
	require.NoError(t, err)
	require.Equal(t, into, c.Value.ID)
	require.Len(t, c.Value.Merges, 1)
	require.ElementsMatch(t, []desk.Address{one.From, two.From}, c.Value.Addresses)
	list, _, err := b.Store.Customers(b.ctx, b.now.Format("2006-01"), "", 10)
	require.NoError(t, err)
	require.Len(t, list, 1, "an alias is in no list")

	b.pass(time.Second)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), two.ID, desk.StatusClosed, b.now))
	b.pass(8 * 24 * time.Hour) // too late to reopen
	in.ID, in.Text = "3", "hello again"
	next := b.ticket(b.receive(in).Ticket)
	c, err = b.Store.Customer(b.ctx, next.Customer)
	require.NoError(t, err)
	require.Equal(t, into, c.Value.ID, "a new ticket is the survivor's")
	rows, more, err := b.Store.MergeTickets(b.ctx, store.PersonLists(c.Value), 10, true)
	require.NoError(t, err)
	require.False(t, more)
	require.Len(t, rows, 3, "both histories")

	b.pass(time.Second)
	require.NoError(t, b.UnmergeCustomers(b.ctx, b.act(), from, into))
	require.Equal(t, desk.Conflict, desk.KindOf(b.UnmergeCustomers(b.ctx, b.act(), from, into)))
	c, err = b.Store.Customer(b.ctx, into)
	require.NoError(t, err)
	require.Equal(t, was.Value.Addresses, c.Value.Addresses)
	require.Empty(t, c.Value.Merges)
	c, err = b.Store.Customer(b.ctx, next.Customer)
	require.NoError(t, err)
	require.Equal(t, wasFrom.Value, c.Value)
	for _, id := range []desk.CustomerID{from, into} {
		events, _, err := b.Store.CustomerEvents(b.ctx, id, "", 10)
		require.NoError(t, err)
		require.Len(t, events, 2)
		require.Equal(t, "customer.unmerged", events[0].Value.Decisions[0].Code)
	}
}
