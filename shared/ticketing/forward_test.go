package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func letter(id, from string, to ...string) desk.Inbound {
	return desk.Inbound{
		Kind: desk.InMessage, ID: id, From: desk.Address{Channel: desk.Email, Account: "support", ID: from}, Text: "text of " + id, Subject: "Boots",
		Mail: &desk.Mail{MessageID: id + "@x.test", To: to, Recipients: to, Trusted: true},
	}
}

// A third party's answer comes back as a note: the ticket goes back to the agents, and
// nothing of it is the customer's to see.
func TestForward(t *testing.T) {
	b := newBench(t)
	got := b.receive(letter("m1", "ann@x.test", "help@desk.test"))
	b.pass(time.Minute)
	msg, err := b.Forward(b.ctx, b.act(), got.Ticket, ticketing.Forward{To: "Supplier <Sales@Supplier.test>", Text: "Any left?", Last: true})
	require.NoError(t, err)
	out, err := b.Store.Message(b.ctx, got.Ticket, msg)
	require.NoError(t, err)
	require.Equal(t, desk.Address{Channel: desk.Email, Account: "support", ID: "sales@supplier.test"}, out.Value.From)
	require.Contains(t, out.Value.Text, "> text of m1")
	require.Equal(t, desk.StatusOnHold, b.ticket(got.Ticket).Status)
	require.Zero(t, b.ticket(got.Ticket).Answers)

	back := "help+" + links.ForwardTag(b.Key, got.Ticket, "sales@supplier.test") + "@desk.test"
	b.pass(time.Minute)
	away := letter("s0", "sales@supplier.test", back)
	away.Automatic = "Auto-Submitted: auto-replied"
	require.Equal(t, got.Ticket, b.receive(away).Ticket)
	require.Equal(t, desk.StatusOnHold, b.ticket(got.Ticket).Status, "a robot's note ends no waiting")

	b.pass(time.Minute)
	answer := b.receive(letter("s1", "sales@supplier.test", back))
	require.Equal(t, got.Ticket, answer.Ticket)
	row, err := b.Store.Message(b.ctx, got.Ticket, answer.Message)
	require.NoError(t, err)
	require.Equal(t, desk.Note, row.Value.Kind)
	require.Equal(t, desk.ByThirdParty, row.Value.By.Kind)
	tk := b.ticket(got.Ticket)
	require.Equal(t, desk.StatusOpen, tk.Status)
	require.NotContains(t, tk.Mail.Parts, "sales@supplier.test")
	require.NotContains(t, tk.Mail.Cc, "sales@supplier.test")
	require.Equal(t, "m1@x.test", tk.Mail.LastID, "the next answer is the customer's")
	require.True(t, b.receive(letter("s1", "sales@supplier.test", back)).Duplicate)

	b.pass(time.Minute)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusResolved, time.Time{}))
	b.pass(time.Minute)
	b.receive(letter("s2", "sales@supplier.test", strings.ToUpper(back)))
	require.Equal(t, desk.StatusResolved, b.ticket(got.Ticket).Status, "it reopens nothing")
}

// The address is good for the party it was signed for: in a stranger's mail, and in the
// customer's own, it opens a ticket like any other.
func TestForwardAddressInOtherHands(t *testing.T) {
	b := newBench(t)
	got := b.receive(letter("m1", "ann@x.test", "help@desk.test"))
	back := "help+" + links.ForwardTag(b.Key, got.Ticket, "sales@supplier.test") + "@desk.test"
	for i, who := range []string{"eve@y.test", "ann@x.test"} {
		b.pass(time.Minute)
		other := b.receive(letter("e"+string(rune('0'+i)), who, back))
		require.NotEqual(t, got.Ticket, other.Ticket, who)
	}
}

func TestForwardRefuses(t *testing.T) {
	b := newBench(t)
	got := b.receive(letter("m1", "ann@x.test", "help@desk.test"))
	for _, to := range []string{"", "nobody", "help+x@desk.test", "a@b.test, c@d.test", "a@b.test\r\nBcc: x@y.test"} {
		_, err := b.Forward(b.ctx, b.act(), got.Ticket, ticketing.Forward{To: to, Text: "hi"})
		require.ErrorContains(t, err, "to:", to)
	}
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusSpam, time.Time{}))
	_, err := b.Forward(b.ctx, b.act(), got.Ticket, ticketing.Forward{To: "sales@supplier.test", Text: "hi"})
	require.Equal(t, desk.Conflict, desk.KindOf(err))
}

// A forward that is sent again goes to the third party again, and not to the customer.
func TestForwardAgain(t *testing.T) {
	b := newBench(t)
	got := b.receive(letter("m1", "ann@x.test", "help@desk.test"))
	b.pass(time.Minute)
	msg, err := b.Forward(b.ctx, b.act(), got.Ticket, ticketing.Forward{To: "sales@supplier.test", Text: "Any left?"})
	require.NoError(t, err)
	b.receive(desk.Inbound{Kind: desk.InBounce, ID: "b1", From: desk.Address{Channel: desk.Email, Account: "support", ID: "sales@supplier.test"},
		Receipt: &desk.Receipt{Ticket: got.Ticket, Message: msg, State: desk.Failed, Code: "5.1.1", Permanent: true}})
	require.Equal(t, desk.StatusOpen, b.ticket(got.Ticket).Status, "nobody is waited for any more")
	b.pass(time.Minute)
	require.NoError(t, b.SendAgain(b.ctx, b.act(), got.Ticket, msg))
	sent := 0
	for _, m := range b.messages(got.Ticket) {
		if m.Kind == desk.ToCustomer {
			require.Equal(t, "sales@supplier.test", m.From.ID)
			sent++
		}
	}
	require.Equal(t, 2, sent)
}

// An answer to all reaches the author and the readers of the last mail, not the desk
// itself; whom an agent copies takes part from then on.
func TestCopies(t *testing.T) {
	b := newBench(t)
	first := letter("m1", "ann@x.test", "help@desk.test", "bob@x.test")
	first.Mail.Cc = []string{"help+tag@desk.test", "cy@x.test"}
	got := b.receive(first)
	cc := func(chosen []string) []string {
		b.pass(time.Minute)
		id, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "hi", Cc: chosen})
		require.NoError(t, err)
		m, err := b.Store.Message(b.ctx, got.Ticket, id)
		require.NoError(t, err)
		return m.Value.Cc
	}
	require.Equal(t, []string{"bob@x.test", "cy@x.test"}, cc(nil))
	require.Empty(t, cc([]string{}))
	require.Equal(t, []string{"dee@x.test"}, cc([]string{"Dee <DEE@x.test>", "ann@x.test", "help@desk.test"}))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "hi", Cc: []string{"nobody"}})
	require.ErrorContains(t, err, "cc")

	b.pass(time.Minute)
	dee := letter("m2", "dee@x.test", "help@desk.test")
	dee.Mail.InReplyTo = "m1@x.test"
	require.Equal(t, got.Ticket, b.receive(dee).Ticket)
	require.Equal(t, []string{"dee@x.test"}, cc(nil), "the author of the last mail reads the answer too")
}

// No survey goes to who unsubscribed, and the ticket says why; they can still write.
func TestStopSurveys(t *testing.T) {
	b := newBench(t)
	ann := desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}
	require.NoError(t, b.StopSurveys(b.ctx, ann, "", b.now))
	b.pass(time.Minute)
	got := b.receive(letter("m1", "ann@x.test", "help@desk.test"))
	require.NotEmpty(t, b.ticket(got.Ticket).Customer)
	b.pass(time.Minute)
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Done", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(2 * time.Hour)
	require.NoError(t, b.FireSurvey(b.ctx, b.ticket(got.Ticket).Survey, 1, b.now, nil))
	require.Contains(t, codes(b.messages(got.Ticket)), "survey.skipped")
	v, err := b.Store.Survey(b.ctx, b.ticket(got.Ticket).Survey)
	require.NoError(t, err)
	require.Equal(t, "survey.unsubscribed", v.Value.Why)
}
