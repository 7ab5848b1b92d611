package ticketing_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/identity"
)

func mailTo(account, id, from string, trusted bool) desk.Inbound {
	return desk.Inbound{Kind: desk.InMessage, ID: id, Text: "hello", Lang: "en",
		From: desk.Address{Channel: desk.Email, Account: account, ID: from},
		Mail: &desk.Mail{MessageID: id + "@x.test", Trusted: trusted}}
}

func (b *bench) customerOf(id desk.TicketID) desk.Customer {
	row, err := b.Store.Customer(b.ctx, b.ticket(id).Customer)
	require.NoError(b.t, err)
	return row.Value
}

// One proven address is one person, whichever account they write to; an unproven one is
// only a suggestion, which a person decides on.
func TestJoinByProvenAddress(t *testing.T) {
	b := newBench(t)
	first := b.customerOf(b.receive(mailTo("support", "1", "Ann@x.test", true)).Ticket)
	require.Equal(t, []desk.Attested{{Kind: desk.AttestedMail, ID: "ann@x.test"}}, first.Proven)
	joined := b.receive(mailTo("sales", "2", "ann@x.test", true)).Ticket
	require.Equal(t, first.ID, b.customerOf(joined).ID)
	require.Len(t, b.customerOf(joined).Addresses, 2)
	require.Contains(t, codes(b.messages(joined)), "customer.joined")

	forged := b.receive(mailTo("press", "3", "ann@x.test", false)).Ticket
	other := b.customerOf(forged)
	require.NotEqual(t, first.ID, other.ID)
	require.Contains(t, codes(b.messages(forged)), "customer.suggested")
	require.Equal(t, first.ID, identity.Open(other)[0].With)
	proven := b.receive(mailTo("press", "4", "ann@x.test", true)).Ticket
	require.Equal(t, other.ID, b.customerOf(proven).ID, "nobody changes their customer by writing")

	form := desk.Inbound{Kind: desk.InMessage, ID: "5", Text: "hi", Lang: "en", Form: "contact",
		From: desk.Address{Channel: desk.WebForm, Account: "contact", ID: "who"}, Contact: desk.Contact{Mail: "ANN@x.test"}}
	filled := b.customerOf(b.receive(form).Ticket)
	require.NotEqual(t, first.ID, filled.ID)
	require.Len(t, identity.Open(filled), 1)
	require.NoError(t, b.Dismiss(b.ctx, b.act(), filled.ID, first.ID))
	require.Equal(t, desk.NotFound, desk.KindOf(b.Dismiss(b.ctx, b.act(), filled.ID, "nobody")))
	row, err := b.Store.Customer(b.ctx, filled.ID)
	require.NoError(t, err)
	require.Empty(t, identity.Open(row.Value))

	require.NoError(t, b.MergeCustomers(b.ctx, b.act(), other.ID, first.ID, "suggested"))
	row, err = b.Store.Customer(b.ctx, other.ID)
	require.NoError(t, err)
	require.Empty(t, identity.Open(row.Value), "a merge settles it")
}

// However two first messages race, one proven address ends as one customer.
func TestFirstMessagesRace(t *testing.T) {
	b := newBench(t)
	b.Pause = nil
	var wg sync.WaitGroup
	ids := make([]desk.TicketID, 6)
	for n := range ids {
		wg.Go(func() {
			for range 20 { // a queue gives it again
				got, err := b.Receive(b.ctx, channel.Envelope{At: b.now}, mailTo(fmt.Sprint("box", n), fmt.Sprint("m", n), "ann@x.test", true))
				if err == nil {
					ids[n] = got.Ticket
					return
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		require.Equal(t, b.customerOf(ids[0]).ID, b.customerOf(id).ID)
	}
	require.Len(t, b.customerOf(ids[0]).Addresses, len(ids))
}

// Whatever order people write, are merged and unmerged in: one proven address always
// belongs to one customer, the living one lists every address of those they took in, and
// undoing all merges leaves each person with their own addresses alone.
func TestJoinsMergesAndUndo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		raw, people, n := map[string]desk.CustomerID{}, []desk.CustomerID{}, 0
		check := func() {
			for mail, id := range raw {
				c, err := b.Store.Customer(b.ctx, id)
				require.NoError(t, err)
				require.Contains(t, fmt.Sprint(c.Value.Addresses), mail)
				require.Empty(t, c.Value.Merged)
			}
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			b.pass(time.Second)
			what := rapid.IntRange(0, 4).Draw(rt, "what")
			if what < 2 || len(people) < 2 {
				n++
				mail := rapid.SampledFrom([]string{"a@x.test", "b@x.test", "c@x.test", "d@x.test"}).Draw(rt, "mail")
				box := rapid.SampledFrom([]string{"one", "two", "three"}).Draw(rt, "box")
				got := b.ticket(b.receive(mailTo(box, fmt.Sprint("m", n), mail, true)).Ticket).Customer
				if was, ok := raw[mail]; ok {
					require.Equal(t, was, got, "a proven address changed hands")
				} else {
					raw[mail], people = got, append(people, got)
				}
				check()
				continue
			}
			f, i := rapid.SampledFrom(people).Draw(rt, "from"), rapid.SampledFrom(people).Draw(rt, "into")
			if what == 4 {
				_ = b.UnmergeCustomers(b.ctx, b.act(), f, i) // refused where they aren't merged
			} else {
				_ = b.MergeCustomers(b.ctx, b.act(), f, i, "x") // refused where they are
			}
			check()
		}
		for range people { // the outermost first
			for _, id := range people {
				row, err := b.Store.CustomerRow(b.ctx, id)
				require.NoError(t, err)
				if row.Value.Merged == "" {
					for _, m := range row.Value.Merges {
						b.pass(time.Second)
						require.NoError(t, b.UnmergeCustomers(b.ctx, b.act(), m.From, id))
					}
				}
			}
		}
		for mail, id := range raw {
			row, err := b.Store.CustomerRow(b.ctx, id)
			require.NoError(t, err)
			require.Empty(t, row.Value.Merged)
			for _, a := range row.Value.Addresses {
				require.Equal(t, mail, a.ID)
			}
		}
	})
}
