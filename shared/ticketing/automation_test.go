package ticketing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

func (b *bench) texts(id desk.TicketID, purpose string) []string {
	var out []string
	for _, m := range b.messages(id) {
		if m.Purpose == purpose {
			out = append(out, m.Text)
		}
	}
	return out
}

func TestOutOfHours(t *testing.T) {
	b := newBench(t)
	b.s.Calendars = []config.Calendar{{ID: "office", Week: []config.WeekHours{{Days: []string{"mon-fri"}, Hours: []string{"09:00-18:00"}}}}}
	b.s.Tickets.Acknowledge = config.Text{"en": "Received."}
	b.s.Tickets.OutOfHours = config.OutOfHours{Calendar: "office", Text: config.Text{"en": "Back {{opens}}.", "zh-CN": "{{opens}}回来。"}}
	id := b.receive(text("1", "hello")).Ticket // 17:00 in Shanghai
	require.Equal(t, []string{"Received."}, b.texts(id, "ack"))
	b.reply(id, desk.StatusClosed)
	b.pass(9 * 24 * time.Hour)
	b.pass(2 * time.Hour)
	id = b.receive(text("2", "hello")).Ticket
	require.Equal(t, []string{"Back tomorrow at 09:00."}, b.texts(id, "ack"))
	require.Contains(t, codes(b.messages(id)), "ack.out_of_hours")
	chinese := text("3", "您好")
	chinese.Lang, chinese.From.ID = "zh-CN", "oCustomer2"
	require.Equal(t, []string{"明天 09:00 回来。"}, b.texts(b.receive(chinese).Ticket, "ack"))
}

// What stands in braces in an acknowledgement is put in, whichever of them it is.
func TestAcknowledgementHasVariables(t *testing.T) {
	b := newBench(t)
	b.s.Desk.Name = config.Text{"en": "the desk"}
	b.s.Tickets.Acknowledge = config.Text{"en": "Hello {{customer.name}}, this is {{ticket.number}} at {{desk.name}}."}
	for i, c := range []struct{ name, called string }{
		{"Wang {{x}}", "Wang {{x}}"}, {"王芳", "王芳"},
		// An address that nobody has proven gets no advertisement by us.
		{"win at prizes.example", "there"}, {"http://x", "there"}, {"call 138 0013 8000", "there"}, {"a@b", "there"},
	} {
		in := text(fmt.Sprint(i), "hello")
		in.Name, in.From.ID = c.name, fmt.Sprint("o", i)
		id := b.receive(in).Ticket
		require.Equal(t, []string{"Hello " + c.called + ", this is " + id.Number() + " at the desk."}, b.texts(id, "ack"), c.name)
	}
}

func waiting(t *testing.T) (*bench, desk.TicketID) {
	b := newBench(t)
	b.s.Tickets.Pending = config.Pending{
		RemindAfter: days(2), CloseAfter: days(5),
		Reminder: config.Text{"en": "Still there, about {{ticket.number}}?"}, Closing: config.Text{"en": "Closed for now."},
	}
	closed := config.DefaultSurvey(desk.CSAT)
	closed.ID, closed.When = "closed", desk.WhenClosed
	b.s.Surveys = []config.Survey{closed}
	id := b.receive(text("1", "hello")).Ticket
	b.reply(id, desk.StatusPending)
	return b, id
}

// A ticket that waits is reminded of once and closed once, however late and often swept.
func TestPendingRemindsAndCloses(t *testing.T) {
	b, id := waiting(t)
	b.pass(47 * time.Hour)
	b.deadlines()
	require.Empty(t, b.texts(id, "pending"))
	b.pass(10 * 24 * time.Hour) // the sweep was away: both are past
	for range 3 {
		b.deadlines()
		require.NoError(t, b.FireTimers(b.ctx, id, b.now))
		b.pass(time.Minute)
	}
	require.Equal(t, []string{"Still there, about " + id.Number() + "?"}, b.texts(id, "pending"))
	require.Equal(t, desk.StatusPending, b.ticket(id).Status, "they have three days to answer")
	b.pass(3 * 24 * time.Hour)
	b.deadlines()
	require.NoError(t, b.FireTimers(b.ctx, id, b.now))
	require.Equal(t, desk.StatusClosed, b.ticket(id).Status)
	require.Equal(t, []string{"Closed for now."}, b.texts(id, "closing"))
	told := codes(b.messages(id))
	require.Equal(t, 1, strings.Count(told, "pending.reminded"), told)
	require.Equal(t, 1, strings.Count(told, "pending.closed"), told)
	require.Contains(t, told, "survey.skipped", "nobody is asked how it went")
	require.Empty(t, b.ticket(id).Survey)
	require.Equal(t, id, b.receive(text("2", "sorry, here it is")).Ticket)
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
}

func TestWhatEndsTheWait(t *testing.T) {
	for name, c := range map[string]struct {
		do     func(*bench, desk.TicketID)
		status desk.Status
		closes bool
	}{
		"the customer writes": {func(b *bench, _ desk.TicketID) { b.receive(text("2", "it is blue")) }, desk.StatusOpen, false},
		"thanks alone":        {func(b *bench, _ desk.TicketID) { b.receive(text("2", "Thanks!")) }, desk.StatusPending, true},
		"snoozed": {func(b *bench, id desk.TicketID) {
			require.NoError(b.t, b.SetStatus(b.ctx, b.act(), id, desk.StatusSnoozed, b.now.Add(30*24*time.Hour)))
		}, desk.StatusSnoozed, false},
		"opted out": {func(b *bench, _ desk.TicketID) {
			b.receive(desk.Inbound{Kind: desk.InOptOut, ID: "2", From: customer})
		}, desk.StatusPending, true},
	} {
		t.Run(name, func(t *testing.T) {
			b, id := waiting(t)
			b.pass(time.Hour)
			c.do(b, id)
			require.Equal(t, c.status, b.ticket(id).Status)
			b.pass(3 * 24 * time.Hour)
			b.deadlines()
			require.Empty(t, b.texts(id, "pending"))
			b.pass(4 * 24 * time.Hour)
			b.deadlines()
			require.Equal(t, c.closes, b.ticket(id).Status == desk.StatusClosed)
		})
	}
	b, id := waiting(t) // another answer begins the wait anew
	b.pass(40 * time.Hour)
	b.reply(id, desk.StatusPending)
	b.pass(40 * time.Hour)
	b.deadlines()
	require.Empty(t, b.texts(id, "pending"))
}

func TestThanksDoesNotWake(t *testing.T) {
	b := newBench(t)
	id := b.receive(text("1", "hello")).Ticket
	until := b.now.Add(48 * time.Hour)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), id, desk.StatusSnoozed, until))
	require.Equal(t, id, b.receive(text("2", "谢谢")).Ticket)
	require.Equal(t, desk.StatusSnoozed, b.ticket(id).Status)
	require.Equal(t, until, b.ticket(id).SnoozedUntil)
	b.receive(text("3", "but where is it"))
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
	require.True(t, b.ticket(id).SnoozedUntil.IsZero())
}

func TestFollowUp(t *testing.T) {
	b := newBench(t)
	b.s.Surveys = nil
	id := b.receive(text("1", "hello")).Ticket
	b.reply(id, desk.StatusResolved)
	require.Error(t, b.FollowUp(b.ctx, b.act(), id, b.now, "now"))
	require.Error(t, b.FollowUp(b.ctx, b.act(), id, b.now.Add(time.Hour), " "))
	require.NoError(t, b.FollowUp(b.ctx, b.act(), id, b.now.Add(time.Hour), "ask the depot"))
	require.NoError(t, b.FollowUp(b.ctx, b.act(), id, b.now.Add(3*time.Hour), "ask the depot again"))
	b.pass(time.Hour)
	b.deadlines()
	require.Equal(t, desk.StatusResolved, b.ticket(id).Status, "the first one was replaced")
	b.pass(2 * time.Hour)
	for range 2 {
		b.deadlines()
		require.NoError(t, b.FireTimers(b.ctx, id, b.now))
	}
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
	require.Nil(t, b.ticket(id).Follow)
	var notes []string
	for _, m := range b.messages(id) {
		for _, d := range m.Decisions {
			if d.Code == "follow.due" {
				notes = append(notes, d.Args["note"])
			}
		}
	}
	require.Equal(t, []string{"ask the depot again"}, notes)

	require.NoError(t, b.FollowUp(b.ctx, b.act(), id, b.now.Add(time.Hour), "once more"))
	require.NoError(t, b.DropFollowUp(b.ctx, b.act(), id))
	require.NoError(t, b.DropFollowUp(b.ctx, b.act(), id))
	require.Equal(t, 1, strings.Count(codes(b.messages(id)), "follow.dropped"))
	require.Nil(t, b.ticket(id).Follow)
}

// Promise 5: an agent's answer to a robot's mail is not followed by a reminder.
func TestNoRobotIsReminded(t *testing.T) {
	b, _ := waiting(t)
	in := aMail("robot@x.test", "r@x", "", nil, true)
	in.Automatic = "Auto-Submitted: auto-generated"
	id := b.receive(in).Ticket
	b.reply(id, desk.StatusPending)
	b.pass(3 * 24 * time.Hour)
	b.deadlines()
	require.Empty(t, b.texts(id, "pending"))
	require.Contains(t, codes(b.messages(id)), "auto.not_to_automatic")
}
