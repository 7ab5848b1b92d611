package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A risk that has changed is told once, however often it is looked at; looks at the times
// that the desk sets itself find each change; and without a subscription nobody looks.
func TestLookAtRisk(t *testing.T) {
	b := newBench(t)
	phone := desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}
	write := func(id string) ticketing.Received {
		b.pass(time.Minute)
		return b.receive(desk.Inbound{Kind: desk.InMessage, ID: id, From: phone, Text: "Where is it?", Lang: "en"})
	}
	got := write("1")
	complaint := desk.Complaint
	require.NoError(t, b.Change(b.ctx, b.act(), got.Ticket, ticketing.Change{Type: &complaint}))
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusResolved, time.Time{}))
	require.Equal(t, got.Ticket, write("2").Ticket, "reopened")
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Here", Then: desk.StatusResolved})
	require.NoError(t, err)
	id := b.ticket(got.Ticket).Customer
	look := func() desk.Customer {
		require.NoError(t, b.LookAtRisk(b.ctx, id, b.now))
		row, err := b.Store.Customer(b.ctx, id)
		require.NoError(t, err)
		return row.Value
	}

	require.Zero(t, look().RiskNext)
	b.s.Webhooks = []config.Webhook{{Name: "erp", Events: []string{string(desk.EventChurnRiskChanged)}}}
	var levels []string
	for range 10 {
		for range 2 {
			look()
		}
		c := look()
		levels = append(levels, c.Risk)
		if c.RiskNext.IsZero() {
			break
		}
		b.now = c.RiskNext
	}
	require.Equal(t, []string{"medium", "medium", "low"}, levels, "the complaint, long silence, and all that forgotten")
	events, _, err := b.Store.CustomerEvents(b.ctx, id, "", 50)
	require.NoError(t, err)
	var told [][2]string
	for _, e := range events {
		for _, d := range e.Value.Decisions {
			if d.Code == lifecycle.RiskChanged {
				told = append(told, [2]string{d.Args["was_risk"], d.Args["risk"]})
			}
		}
	}
	require.Equal(t, [][2]string{{"medium", "low"}, {"low", "medium"}}, told)

	b.s.Webhooks = nil
	require.Empty(t, look().Risk)
}
