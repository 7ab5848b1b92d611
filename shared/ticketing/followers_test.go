package ticketing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// A note tells whom it names, and has them follow the ticket: once, but for whose it is.
func TestMentions(t *testing.T) {
	b := newBench(t)
	b.s.Agents = []config.Agent{{ID: "li", Name: "李雷"}, {ID: "amy", Name: "Amy Chen"}, {ID: "max", Name: "Max"}}
	id := b.receive(text("1", "hello")).Ticket
	require.NoError(t, b.Assign(b.ctx, b.act(), id, "max"))
	note := b.act()
	msg, err := b.Note(b.ctx, note, id, "请@李雷看一下, @Amy Chen too, and @max. mail x@li is nobody")
	require.NoError(t, err)
	require.Equal(t, []string{"li", "amy"}, b.ticket(id).Followers)
	row, err := b.Store.Message(b.ctx, id, msg)
	require.NoError(t, err)
	require.Len(t, row.Value.Decisions, 3, "who has the ticket is told too")
	_, err = b.Note(b.ctx, b.act(), id, "@amy again")
	require.NoError(t, err)
	require.Equal(t, []string{"li", "amy"}, b.ticket(id).Followers)
	require.NoError(t, b.Follow(b.ctx, b.act(), id, "amy", false))
	require.Equal(t, []string{"li"}, b.ticket(id).Followers)
	before := len(b.messages(id))
	require.NoError(t, b.Follow(b.ctx, b.act(), id, "amy", false), "a second click")
	require.Len(t, b.messages(id), before, "writes nothing")
}

// A header names at most twenty followers; a mention beyond that still tells.
func TestFollowersBounded(t *testing.T) {
	b := newBench(t)
	b.s.Agents = nil
	for i := range 22 {
		b.s.Agents = append(b.s.Agents, config.Agent{ID: fmt.Sprintf("a%02d", i)})
	}
	id := b.receive(text("1", "hello")).Ticket
	for _, a := range b.s.Agents[:20] {
		require.NoError(t, b.Follow(b.ctx, b.act(), id, a.ID, true))
	}
	var e *desk.Error
	require.ErrorAs(t, b.Follow(b.ctx, b.act(), id, "a20", true), &e)
	require.Equal(t, "follower", e.Field)
	require.ErrorAs(t, b.Follow(b.ctx, b.act(), id, "nobody", true), &e)
	_, err := b.Note(b.ctx, b.act(), id, "@a21")
	require.NoError(t, err)
	require.Len(t, b.ticket(id).Followers, 20)
	require.Contains(t, codes(b.messages(id)), "mention.named")
	require.Equal(t, desk.StatusNew, b.ticket(id).Status)
}
