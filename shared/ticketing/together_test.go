package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Who writes is said to others for a while, and goes by itself.
func TestWriting(t *testing.T) {
	b := newBench(t)
	id := b.receive(text("1", "hello")).Ticket
	act := func(agent string) ticketing.Act {
		return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: agent}, At: b.now}
	}
	who := func() []string {
		row, err := b.Store.Writing(t.Context(), id)
		require.NoError(t, err)
		var out []string
		for agent := range row.Value.Until {
			out = append(out, agent)
		}
		return out
	}
	require.NoError(t, b.Writing(t.Context(), act("li"), id))
	b.pass(ticketing.StillWriting / 2)
	require.NoError(t, b.Writing(t.Context(), act("amy"), id))
	require.ElementsMatch(t, []string{"li", "amy"}, who())
	b.pass(ticketing.StillWriting/2 + time.Second)
	require.NoError(t, b.Writing(t.Context(), act("amy"), id))
	require.Equal(t, []string{"amy"}, who(), "li has stopped")
	b.pass(time.Minute)
	require.Empty(t, who())
}

// Time spent is counted once however often it is told, and adds up by agent.
func TestSpent(t *testing.T) {
	b := newBench(t)
	id := b.receive(text("1", "hello")).Ticket
	spend := func(agent, key string, took time.Duration) error {
		return b.Spent(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: agent}, At: b.now, Key: key}, id, took)
	}
	require.NoError(t, spend("li-ming", "1", 90*time.Second))
	require.NoError(t, spend("li-ming", "1", 90*time.Second), "a browser's second try")
	require.NoError(t, spend("li-ming", "2", 30*time.Second))
	require.NoError(t, spend("amy", "1", 1500*time.Millisecond))
	sums, err := b.Store.Spent(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"li_ming": 120, "amy": 1}, sums)
	var facts []desk.Fact
	require.NoError(t, b.Store.Facts(t.Context(), b.now.In(b.s.Desk.Location()).Format(time.DateOnly), func(f desk.Fact) error {
		if f.Kind == desk.FactHandled {
			facts = append(facts, f)
		}
		return nil
	}))
	require.Len(t, facts, 3)
	for _, bad := range []time.Duration{0, -time.Second, 16 * time.Minute} {
		require.Equal(t, desk.Invalid, desk.KindOf(spend("amy", "3", bad)))
	}
	require.Equal(t, desk.Invalid, desk.KindOf(spend("amy", "", time.Second)), "it could be counted twice")
}
