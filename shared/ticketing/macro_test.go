package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A change is all or nothing, says what it did once, and nothing where nothing changed.
func TestChangeAtOnce(t *testing.T) {
	b := newBench(t)
	b.s.Teams = []config.Team{{ID: "support"}, {ID: "sales"}}
	id := b.receive(text("1", "hello")).Ticket
	who, team, high, typ, tags, pending := "amy", "sales", desk.High, desk.Complaint, []string{"VIP", "订单", "vip"}, desk.StatusPending
	c := ticketing.Change{Assignee: &who, Team: &team, Priority: &high, Type: &typ, Tags: &tags, Status: &pending}
	before := len(b.messages(id))
	b.pass(time.Second)
	require.NoError(t, b.Change(b.ctx, b.act(), id, c))
	got := b.ticket(id)
	require.Equal(t, []any{"amy", "sales", desk.High, desk.Complaint, []string{"vip", "订单"}, desk.StatusPending},
		[]any{got.Assignee, got.Team, got.Priority, got.Type, got.Tags, got.Status})
	ms := b.messages(id)
	require.Len(t, ms, before+1, "one row of the journal")
	require.Equal(t, "route.moved assign.changed priority.changed type.changed tag.added status.changed", codes(ms[before:]))
	require.NoError(t, b.Change(b.ctx, b.act(), id, c))
	require.Len(t, b.messages(id), before+1)

	nobody, closed := "nobody-here", desk.StatusClosed
	require.ErrorContains(t, b.Change(b.ctx, b.act(), id, ticketing.Change{Status: &closed, Assignee: &nobody}), "assignee: there is no agent")
	many := strings.Fields(strings.Repeat("tag-a tag-b ", 1) + "c d e f g h i j k l m n o p q r s t u")
	require.ErrorContains(t, b.Change(b.ctx, b.act(), id, ticketing.Change{Status: &closed, Tags: &many}), "tags: there are 21")
	bad := []string{"two words"}
	require.ErrorContains(t, b.Change(b.ctx, b.act(), id, ticketing.Change{Status: &closed, Tags: &bad}), "letters, digits")
	require.Equal(t, desk.StatusPending, b.ticket(id).Status, "a refused change changes nothing")
}

// A macro takes all its steps in one transaction, once per key, in the ticket's language.
func TestMacro(t *testing.T) {
	b := newBench(t)
	b.s.Macros = []config.Macro{
		{ID: "solved", Name: config.Text{"en": "Solved"}, Reply: config.Text{"en": "Glad to help, {{customer.name}}. {{ticket.number}}", "zh-CN": "很高兴帮到您。"},
			Note: config.Text{"en": "by {{agent.name}}"}, Status: desk.StatusResolved, Assignee: config.MacroMe, Tags: []string{"done"}},
		{ID: "later", Name: config.Text{"en": "Later"}, Status: desk.StatusSnoozed, Snooze: config.Duration(2 * time.Hour)},
		{ID: "ask", Name: config.Text{"en": "Ask"}, Reply: config.Text{"en": "Which order?"}},
	}
	id := b.receive(text("1", "hello")).Ticket
	act := b.act()
	act.Key = "once"
	first, err := b.Macro(b.ctx, act, id, "solved")
	require.NoError(t, err)
	again, err := b.Macro(b.ctx, act, id, "solved")
	require.NoError(t, err)
	require.Equal(t, first, again)
	tk := b.ticket(id)
	require.Equal(t, []any{desk.StatusResolved, "amy", 1, []string{"done"}}, []any{tk.Status, tk.Assignee, tk.Answers, tk.Tags})
	var replies, notes []string
	for _, m := range b.messages(id) {
		switch m.Kind {
		case desk.ToCustomer:
			replies = append(replies, m.Text)
		case desk.Note:
			notes = append(notes, m.Text)
		}
	}
	require.Equal(t, []string{"Glad to help, there. " + id.Number()}, replies)
	require.Equal(t, []string{"by Amy"}, notes)
	require.Contains(t, codes(b.messages(id)), "macro.applied")

	b.pass(time.Minute)
	_, err = b.Macro(b.ctx, b.act(), id, "ask")
	require.NoError(t, err)
	require.Equal(t, desk.StatusPending, b.ticket(id).Status, "an answer leaves the ticket waiting for the customer")
	_, err = b.Macro(b.ctx, b.act(), id, "later")
	require.NoError(t, err)
	require.Equal(t, b.now.Add(2*time.Hour), b.ticket(id).SnoozedUntil)
	_, err = b.Macro(b.ctx, b.act(), id, "nothing")
	require.Equal(t, desk.NotFound, desk.KindOf(err))

	status := desk.StatusSpam
	require.NoError(t, b.Change(b.ctx, b.act(), id, ticketing.Change{Status: &status}))
	rows := len(b.messages(id))
	_, err = b.Macro(b.ctx, b.act(), id, "solved")
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	require.Len(t, b.messages(id), rows, "of a refused macro no step is taken")
}
