package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
)

// How long answers take is told with the acknowledgement, once for each wait, where the
// last days tell; today's figures, still growing, don't count.
func TestExpectedWait(t *testing.T) {
	b := newBench(t)
	b.s.Tickets.Acknowledge = config.Text{"en": "We have it."}
	b.s.Tickets.Wait = config.Text{"en": "We usually reply within about {{minutes}} minutes."}
	acks := func(id desk.TicketID) (out []string) {
		for _, m := range b.messages(id) {
			if m.Purpose == "ack" {
				out = append(out, m.Text)
			}
		}
		return out
	}
	add := func(day string) {
		var tx store.Tx
		for range 12 {
			for _, s := range kpi.Count(desk.Fact{Kind: desk.FactFirstAnswered, Day: day, Team: "support", Took: 12 * time.Minute}) {
				if s.Cut == kpi.TeamCut("support") {
					tx = store.Tx{}
					tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
					require.NoError(t, b.Store.Commit(b.ctx, &tx))
				}
			}
		}
	}
	add(b.now.Format(time.DateOnly))
	require.Equal(t, []string{"We have it."}, acks(b.receive(text("1", "hello")).Ticket))

	add(b.now.AddDate(0, 0, -1).Format(time.DateOnly))
	other := text("2", "hello")
	other.From.ID = "somebody else"
	id := b.receive(other).Ticket
	other.ID = "3"
	b.receive(other)
	require.Equal(t, []string{"We have it.\nWe usually reply within about 15 minutes."}, acks(id))
}
