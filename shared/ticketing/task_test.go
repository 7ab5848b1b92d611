package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (b *bench) task(id desk.TicketID, key string, n ticketing.Task) desk.TicketID {
	b.t.Helper()
	made, err := b.OpenTask(b.ctx, b.keyed(key), id, n)
	require.NoError(b.t, err)
	return made
}

// A task is for colleagues: it counts in no figure, promises nothing, asks nobody, takes no
// answer, and what the customer writes never lands in it.
func TestTaskIsInternal(t *testing.T) {
	b := newBench(t)
	b.s.Teams = append(b.s.Teams, config.Team{ID: "support"})
	b.s.Tickets.Pending = config.Pending{RemindAfter: days(1), Reminder: config.Text{"en": "Still there?"}}
	id := b.receive(text("1", "hello")).Ticket
	counted := b.counted(desk.FactOpened)
	task := b.task(id, "k", ticketing.Task{Team: "support", Text: "check the invoice"})
	require.Equal(t, task, b.task(id, "k", ticketing.Task{Team: "support", Text: "check the invoice"}), "the same key")
	_, err := b.Reply(b.ctx, b.act(), task, ticketing.Reply{Text: "hi"})
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	require.Equal(t, desk.Conflict, desk.KindOf(b.MarkSpam(b.ctx, b.act(), task, false)))
	require.Equal(t, desk.Conflict, desk.KindOf(b.Merge(b.ctx, b.act(), task, id, true)))
	require.Equal(t, desk.Conflict, desk.KindOf(b.Merge(b.ctx, b.act(), id, task, true)))
	_, err = b.OpenTask(b.ctx, b.keyed("k2"), task, ticketing.Task{Team: "support", Text: "x"})
	require.Equal(t, desk.Conflict, desk.KindOf(err))

	require.NoError(t, b.SetStatus(b.ctx, b.act(), task, desk.StatusPending, time.Time{}))
	require.Empty(t, b.ticket(task).Timers, "nobody is reminded")
	require.NoError(t, b.SetStatus(b.ctx, b.act(), task, desk.StatusResolved, time.Time{}))
	require.Empty(t, b.ticket(task).Survey)
	require.Equal(t, counted, b.counted(desk.FactOpened))
	require.Zero(t, b.counted(desk.FactResolved))
	require.Equal(t, id, b.receive(text("2", "and now?")).Ticket)
}

// A ticket on hold for its tasks opens when the last is over, and knows again of one that
// goes on; a merge of the ticket takes its tasks' news along.
func TestTaskOver(t *testing.T) {
	b := newBench(t)
	b.s.Teams = append(b.s.Teams, config.Team{ID: "support"})
	id := b.receive(text("1", "hello")).Ticket
	one := b.task(id, "k1", ticketing.Task{Team: "support", Text: "first", Wait: true})
	two := b.task(id, "k2", ticketing.Task{Team: "support", Text: "second", Due: b.now.Add(time.Hour)})
	require.Equal(t, []desk.TicketID{one, two}, b.ticket(id).Tasks)
	require.Equal(t, desk.StatusOnHold, b.ticket(id).Status)
	done := func(task desk.TicketID, to desk.Status) {
		require.NoError(t, b.SetStatus(b.ctx, b.act(), task, to, time.Time{}))
	}
	done(one, desk.StatusResolved)
	require.Equal(t, desk.StatusOnHold, b.ticket(id).Status)
	done(two, desk.StatusClosed)
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
	require.Empty(t, b.ticket(id).Tasks)
	done(one, desk.StatusOpen)
	require.Equal(t, []desk.TicketID{one}, b.ticket(id).Tasks)
	told := codes(b.messages(id))
	require.Contains(t, told, "task.over")
	require.Contains(t, told, "task.again")
}
