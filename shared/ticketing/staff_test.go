package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func staffed(t *testing.T) *bench {
	b := newBench(t)
	b.s.Agents = []config.Agent{{ID: "amy", Name: "Amy", Mail: "Amy@desk.test"}, {ID: "li", Name: "Li", Mail: "li@desk.test"}}
	return b
}

func (b *bench) last(id desk.TicketID, msg desk.MessageID) desk.Message {
	row, err := b.Store.Message(b.ctx, id, msg)
	require.NoError(b.t, err)
	return row.Value
}

func (b *bench) replyTo(id desk.TicketID) string {
	return "help+" + b.Key.Tag(links.ReplyPurpose, string(id)) + "@desk.test"
}

// An agent who answers from their own mail program answers the customer: what they
// quote stays behind, it counts as theirs, and what they write next finds the ticket.
func TestStaffAnswers(t *testing.T) {
	b := staffed(t)
	id := b.receive(aMail("ann@x.test", "a1@x", "", nil, true, "bob@x.test")).Ticket
	b.pass(time.Minute)
	in := aMail("amy@desk.test", "s1@desk", "", nil, true, b.replyTo(id))
	in.Text, in.Full, in.HTML = "On its way.", "On its way.\n> secret note", "<p>On its way.</p><blockquote>secret note</blockquote>"
	in.Attachments = []desk.Attachment{{Name: "logo.png", Type: "image/png", Blob: "b1", Inline: "cid"}, {Name: "bill.pdf", Type: "application/pdf", Blob: "b2", Size: 9}}
	got := b.receive(in)
	require.Equal(t, id, got.Ticket)
	m := b.last(id, got.Message)
	require.Equal(t, desk.ToCustomer, m.Kind)
	require.Equal(t, desk.Queued, m.State)
	require.Equal(t, "ann@x.test", m.From.ID)
	require.Equal(t, desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, m.By)
	require.Equal(t, "On its way.", m.Text)
	require.Empty(t, m.Full+m.HTML)
	require.Len(t, m.Attachments, 1)
	require.Equal(t, []string{"bob@x.test"}, m.Cc)
	tk := b.ticket(id)
	require.Equal(t, []desk.MessageID{m.ID}, tk.Unsent)
	require.Equal(t, desk.StatusPending, tk.Status)
	require.Equal(t, 1, tk.Answers)
	require.Equal(t, "amy", tk.Assignee)
	require.True(t, tk.WaitingSince.IsZero())
	require.Equal(t, 1, b.counted(desk.FactFirstAnswered))
	require.Equal(t, 1, b.counted(desk.FactOpened), "no ticket of the agent's own")
	require.True(t, b.receive(in).Duplicate)
	require.Len(t, b.ticket(id).Unsent, 1)

	b.pass(time.Minute)
	more := b.receive(aMail("amy@desk.test", "s2@desk", "s1@desk", nil, true))
	require.Equal(t, id, more.Ticket, "an answer to their own mail")
	require.Len(t, b.ticket(id).Unsent, 2)
}

// Where the customer has the mail from the agent, it is recorded and not sent again, and
// the customer's answer to it joins.
func TestStaffWroteToTheCustomer(t *testing.T) {
	b := staffed(t)
	id := b.receive(aMail("ann@x.test", "a1@x", "", nil, true)).Ticket
	b.pass(time.Minute)
	got := b.receive(aMail("amy@desk.test", "s1@desk", "a1@x", nil, true, "ann@x.test", "carl@x.test"))
	m := b.last(id, got.Message)
	require.Equal(t, desk.Sent, m.State)
	require.Equal(t, []string{"carl@x.test"}, m.Cc)
	require.Empty(t, b.ticket(id).Unsent)
	require.Equal(t, desk.StatusPending, b.ticket(id).Status)
	b.pass(time.Minute)
	require.Equal(t, id, b.receive(aMail("ann@x.test", "a2@x", "s1@desk", nil, true)).Ticket)
	require.Equal(t, desk.StatusOpen, b.ticket(id).Status)
	require.Equal(t, id, b.receive(aMail("carl@x.test", "c1@x", "s1@desk", nil, true)).Ticket)
}

// What nobody proves, and what robots write, is a note that moves nothing.
func TestStaffNotes(t *testing.T) {
	away := aMail("amy@desk.test", "n1@desk", "a1@x", nil, true)
	away.Automatic = "Auto-Submitted: auto-replied"
	for says, in := range map[string]desk.Inbound{
		"staff.automatic":     away,
		"staff.unproven":      aMail("amy@desk.test", "n2@desk", "a1@x", nil, false, "ann@x.test"),
		"staff.to_colleagues": aMail("amy@desk.test", "n3@desk", "a1@x", nil, true, "li@desk.test"),
	} {
		b := staffed(t)
		id := b.receive(aMail("ann@x.test", "a1@x", "", nil, true)).Ticket
		b.pass(time.Minute)
		got := b.receive(in)
		require.Equal(t, id, got.Ticket, says)
		m := b.last(id, got.Message)
		require.Equal(t, desk.Note, m.Kind)
		require.Contains(t, codes([]desk.Message{m}), says)
		require.Equal(t, says != "staff.unproven", m.By.Kind == desk.ByAgent)
		tk := b.ticket(id)
		require.Equal(t, desk.StatusNew, tk.Status)
		require.Empty(t, tk.Unsent)
		require.Zero(t, tk.Answers)
		require.Equal(t, t0, tk.WaitingSince)
	}
}

// An agent's mail that points nowhere is a ticket, whose customer they are; a merged
// ticket's answer goes out from where it went; a chat's by the chat.
func TestStaffElsewhere(t *testing.T) {
	b := staffed(t)
	own := b.receive(aMail("amy@desk.test", "o1@desk", "", nil, true)).Ticket
	require.Equal(t, "amy@desk.test", b.ticket(own).From.ID)
	b.pass(time.Minute)
	require.Equal(t, own, b.receive(aMail("amy@desk.test", "o2@desk", "o1@desk", nil, true)).Ticket)
	require.Empty(t, b.ticket(own).Unsent)
	require.NotZero(t, b.ticket(own).WaitingSince)

	one, two := b.receive(aMail("ann@x.test", "a1@x", "", nil, true)).Ticket, b.receive(aMail("ann@x.test", "a2@x", "", nil, true)).Ticket
	require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	require.Equal(t, two, b.receive(aMail("amy@desk.test", "s1@desk", "", nil, true, b.replyTo(one))).Ticket)
	require.Len(t, b.ticket(two).Unsent, 1)

	chat := b.receive(text("1", "hello")).Ticket
	b.pass(time.Minute)
	got := b.receive(aMail("li@desk.test", "s2@desk", "", nil, true, b.replyTo(chat)))
	require.Equal(t, customer, b.last(chat, got.Message).From)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), chat, desk.StatusClosed, time.Time{}))
	b.pass(time.Minute)
	b.receive(aMail("li@desk.test", "s3@desk", "", nil, true, b.replyTo(chat)))
	require.Equal(t, desk.StatusClosed, b.ticket(chat).Status, "a postscript")
	require.Len(t, b.ticket(chat).Unsent, 2)
	_, err := b.Reply(b.ctx, b.act(), own, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
}
