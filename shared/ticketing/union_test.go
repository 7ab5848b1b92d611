package ticketing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// follower writes on an account whose owner may be looked up, and is told to have a union.
func (b *bench) follower(account, openID, union string) desk.TicketID {
	b.pass(time.Second)
	in := desk.Inbound{Kind: desk.InMessage, ID: account + openID + b.now.String(), Text: "hello", Lang: "en", LookUp: true,
		From: desk.Address{Channel: desk.WeChat, Account: account, ID: openID}}
	id := b.receive(in).Ticket
	b.pass(time.Second)
	require.NoError(b.t, b.Told(b.ctx, in.From, union, b.now))
	return id
}

func (b *bench) identity(a desk.Address) desk.Identity {
	row, err := b.Store.Identity(b.ctx, a)
	require.NoError(b.t, err)
	return row.Value
}

// One person on two accounts of one open platform is one customer; undone, they are two to
// the letter, and nothing makes them one again.
func TestOneUnionIsOneCustomer(t *testing.T) {
	b := newBench(t)
	first := b.follower("main", "oAnn", "u-ann")
	ann := b.customerOf(first)
	require.Equal(t, []desk.Attested{{Kind: desk.AttestedUnion, ID: "u-ann"}}, ann.Proven)

	second := desk.Address{Channel: desk.WeChat, Account: "shop", ID: "oShopAnn"}
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "s1", Text: "hi", Lang: "en", LookUp: true, From: second}).Ticket
	alone := b.customerOf(got)
	require.NotEqual(t, ann.ID, alone.ID)
	require.Equal(t, b.now, b.identity(second).Look.UTC(), "the promise stands on the address")
	before, err := b.Store.CustomerRow(b.ctx, ann.ID)
	require.NoError(t, err)
	for range 2 { // a job that comes twice
		b.pass(time.Minute)
		require.NoError(t, b.Told(b.ctx, second, "u-ann", b.now))
	}
	one := b.customerOf(got)
	require.Equal(t, ann.ID, one.ID)
	require.Len(t, one.Addresses, 2)
	require.Len(t, one.Merges, 1)
	require.Equal(t, desk.Actor{Kind: desk.ByDesk}, one.Merges[0].By)
	require.Contains(t, codes(b.messages(got)), "customer.joined")
	require.True(t, b.identity(second).Proven)
	require.Zero(t, b.identity(second).Look)
	for _, m := range b.messages(got) {
		require.NotContains(t, fmt.Sprint(m.Decisions), "u-ann", "what nobody can read is kept nowhere else")
	}

	b.pass(time.Minute)
	require.NoError(t, b.UnmergeCustomers(b.ctx, b.act(), alone.ID, ann.ID))
	after, err := b.Store.CustomerRow(b.ctx, ann.ID)
	require.NoError(t, err)
	require.Equal(t, before.Value.Addresses, after.Value.Addresses)
	require.Empty(t, after.Value.Merges)
	require.Equal(t, alone, b.customerOf(got))
	b.pass(60 * 24 * time.Hour)
	b.receive(desk.Inbound{Kind: desk.InMessage, ID: "s2", Text: "hi again", Lang: "en", LookUp: true, From: second})
	require.Zero(t, b.identity(second).Look, "who was told of is not asked for again")
}

// Whom the desk knows by more, or an agent has made something of, is only suggested, and
// an agent's word that they are two is the last.
func TestUnionOfTheKnownIsSuggested(t *testing.T) {
	vip := desk.VIP
	for name, know := range map[string]func(*bench, desk.CustomerID){
		"a tier by hand": func(b *bench, id desk.CustomerID) {
			require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), id, ticketing.Profile{Tier: &vip}))
		},
		"a consent": func(b *bench, id desk.CustomerID) {
			require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), id, ticketing.Profile{Consents: map[string]bool{"news": false}}))
		},
		"another address": func(b *bench, id desk.CustomerID) {
			other := b.customerOf(b.receive(mailTo("support", "m", "bo@x.test", true)).Ticket)
			require.NoError(t, b.MergeCustomers(b.ctx, b.act(), other.ID, id, "said so"))
		},
		"merged already": func(b *bench, id desk.CustomerID) {
			other := b.customerOf(b.receive(mailTo("support", "m", "bo@x.test", true)).Ticket)
			require.NoError(t, b.MergeCustomers(b.ctx, b.act(), id, other.ID, "said so"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ann := b.customerOf(b.follower("main", "oAnn", "u-ann"))
			second := desk.Address{Channel: desk.WeChat, Account: "shop", ID: "oShopAnn"}
			got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "s1", Text: "hi", Lang: "en", LookUp: true, From: second}).Ticket
			know(b, b.ticket(got).Customer)
			b.pass(time.Minute)
			require.NoError(t, b.Told(b.ctx, second, "u-ann", b.now))
			c := b.customerOf(got)
			require.NotEqual(t, ann.ID, c.ID)
			require.Len(t, identity.Open(c), 1)
			require.Equal(t, desk.Attested{Kind: desk.AttestedUnion, ID: "unionid"}, identity.Open(c)[0].By)
			require.Contains(t, codes(b.messages(got)), "customer.same_union")
			require.NoError(t, b.Accept(b.ctx, b.act(), c.ID, ann.ID))
			require.Equal(t, "unionid", b.customerOf(got).Merges[0].Why)
		})
	}
}

// Nothing told leaves things as they are, and is asked again a month later; who has left
// is not asked for at all.
func TestNothingTold(t *testing.T) {
	b := newBench(t)
	id := b.follower("main", "oAnn", "")
	at := b.ticket(id).From
	require.Empty(t, b.customerOf(id).Proven)
	require.False(t, b.identity(at).Looked.IsZero())
	b.follower("main", "oAnn", "late") // asks for nothing, so nothing is noted
	require.Empty(t, b.customerOf(id).Proven)
	b.pass(31 * 24 * time.Hour)
	b.follower("main", "oAnn", "u-ann")
	require.Len(t, b.customerOf(id).Proven, 1)

	left := desk.Address{Channel: desk.WeChat, Account: "main", ID: "oBo"}
	b.receive(desk.Inbound{Kind: desk.InEvent, ID: "1", Type: "subscribe", From: left, LookUp: true})
	require.False(t, b.identity(left).Look.IsZero(), "a follow asks, too")
	b.pass(time.Second)
	b.receive(desk.Inbound{Kind: desk.InEvent, ID: "2", Type: "unsubscribe", From: left})
	require.NoError(t, b.Told(b.ctx, left, "u-bo", b.now))
	require.Zero(t, b.identity(left).Look)
	require.False(t, b.identity(left).Proven)
	require.NoError(t, b.Told(b.ctx, desk.Address{Channel: desk.WeChat, Account: "main", ID: "nobody"}, "x", b.now))
}

// Whatever order people write and are told of in, one unionid is one living customer, and
// undoing all merges leaves each OpenID a customer of its own.
func TestUnionsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		first := map[string]desk.TicketID{}
		for range rapid.IntRange(2, 16).Draw(rt, "steps") {
			who := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "who")
			account := rapid.SampledFrom([]string{"main", "shop", "club"}).Draw(rt, "account")
			id := b.follower(account, account+who, "u-"+who)
			if _, ok := first[account+who]; !ok {
				first[account+who] = id
			}
		}
		people := map[string][]desk.CustomerID{}
		for open, id := range first {
			who := open[len(open)-1:]
			if c := b.customerOf(id); !slices.Contains(people[who], c.ID) {
				people[who] = append(people[who], c.ID)
			}
		}
		for who, ids := range people {
			require.Len(t, ids, 1, "%s is several customers", who)
			c, err := b.Store.CustomerRow(b.ctx, ids[0])
			require.NoError(t, err)
			for _, m := range c.Value.Merges {
				b.pass(time.Second)
				require.NoError(t, b.UnmergeCustomers(b.ctx, b.act(), m.From, ids[0]))
			}
		}
		for open, id := range first {
			require.Equal(t, []desk.Address{b.ticket(id).From}, b.customerOf(id).Addresses, open)
		}
	})
}
