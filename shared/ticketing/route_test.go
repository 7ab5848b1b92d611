package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/route"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// routing gives a bench rules for words, scenes and tiers.
func routing(b *bench) {
	b.s.Tickets.Acknowledge = config.Text{"en": "Thanks for writing"}
	b.s.Routing = config.Routing{
		SceneFor:         days(1),
		Acknowledgements: []config.Acknowledgement{{ID: "sorry", Text: config.Text{"en": "We are sorry"}}},
		Rules: []route.Rule{
			{Name: "shop", If: route.When{Scenes: []string{"shop-12"}}, Then: route.Then{Team: "shops", Acknowledge: route.NoAcknowledgement}},
			{Name: "best", If: route.When{Tiers: []desk.Tier{desk.VIP}}, Then: route.Then{Priority: desk.Urgent}, Continue: true},
			{Name: "angry", If: route.When{AnyWords: []string{"complaint"}}, Then: route.Then{
				Team: "care", Type: desk.Complaint, Priority: desk.High, Tags: []string{"hot"}, Skills: []string{"calm"}, SLA: "fast", Acknowledge: "sorry"}},
		},
	}
}

// A ticket goes where the first matching rule says when it opens, and a later message
// moves it no more. The journal names the rule (promise 12).
func TestRulesRouteWhatOpens(t *testing.T) {
	b := newBench(t)
	routing(b)
	got := b.receive(text("1", "I have a COMPLAINT"))
	tk := b.ticket(got.Ticket)
	require.Equal(t, "care", tk.Team)
	require.Equal(t, desk.Complaint, tk.Type)
	require.Equal(t, desk.High, tk.Priority)
	require.Equal(t, []string{"hot"}, tk.Tags)
	require.Equal(t, []string{"calm"}, tk.Skills)
	require.Equal(t, "fast", tk.SLA)
	ms := b.messages(got.Ticket)
	require.Equal(t, desk.Decision{Code: "route.rule", Args: map[string]string{"rule": "angry"}}, ms[0].Decisions[1])
	require.Equal(t, "We are sorry", ms[1].Text, "the rule's own acknowledgement")

	b.s.Routing.Rules = nil
	b.receive(text("2", "hello again"))
	require.Equal(t, "care", b.ticket(got.Ticket).Team)
}

// Who scanned a shop's code within the day is the shop's; later they are anybody's.
func TestScene(t *testing.T) {
	b := newBench(t)
	routing(b)
	b.receive(desk.Inbound{Kind: desk.InEvent, Type: "scan", ID: "e1", From: customer, Quiet: true, At: b.now, Fields: []desk.Field{{Name: "scene", Value: "shop-12"}}})
	b.pass(time.Hour)
	first := b.receive(text("1", "hi"))
	require.Equal(t, "shops", b.ticket(first.Ticket).Team)
	require.Len(t, b.messages(first.Ticket), 1, "the rule wants no acknowledgement")
	require.NoError(t, b.SetStatus(b.ctx, b.act(), first.Ticket, desk.StatusClosed, time.Time{}))
	b.pass(8 * 24 * time.Hour)
	require.Equal(t, "support", b.ticket(b.receive(text("2", "hi")).Ticket).Team)
}

// The customer's tier counts; nobody's is read where no rule asks for it.
func TestTier(t *testing.T) {
	b := newBench(t)
	routing(b)
	first := b.receive(text("1", "hi"))
	require.Equal(t, desk.Normal, b.ticket(first.Ticket).Priority)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), first.Ticket, desk.StatusClosed, time.Time{}))
	row, err := b.Store.Customer(b.ctx, b.ticket(first.Ticket).Customer)
	require.NoError(t, err)
	row.Value.Tier = desk.VIP
	var tx store.Tx
	tx.PutCustomer(row)
	require.NoError(t, b.Store.Commit(b.ctx, &tx))
	b.pass(8 * 24 * time.Hour)
	tk := b.ticket(b.receive(text("2", "a complaint")).Ticket)
	require.Equal(t, desk.Urgent, tk.Priority, "what the earlier rule set stands")
	require.Equal(t, "care", tk.Team)
}

// Spam is routed only once a person says that it isn't.
func TestNotSpamIsRouted(t *testing.T) {
	b := newBench(t)
	routing(b)
	in := text("1", "a complaint")
	in.Spam = "honeypot"
	got := b.receive(in)
	require.Equal(t, "support", b.ticket(got.Ticket).Team)
	require.NotContains(t, codes(b.messages(got.Ticket)), "route.rule")
	b.pass(time.Minute)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusOpen, time.Time{}))
	require.Equal(t, "care", b.ticket(got.Ticket).Team)
	require.Contains(t, codes(b.messages(got.Ticket)), "route.rule")
	require.NoError(t, b.Route(b.ctx, ticketing.Act{By: b.act().By, At: b.now.Add(time.Second)}, got.Ticket))
	require.Equal(t, "care", b.ticket(got.Ticket).Team, "again is the same")
}
