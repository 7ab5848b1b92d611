package deliveryfn_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// noticing is an account whose window is over and which can tell of answers.
type noticing struct {
	closed
	as *[]string
}

func (noticing) Notices() []string { return []string{"template", "subscribe"} }

func (n noticing) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	*n.as = append(*n.as, m.Notice)
	return n.closed.Send(ctx, m)
}

func (b *bench) shutWithNotices() *[]string {
	as := &[]string{}
	b.h.Sender = func(_ context.Context, ch desk.Channel, _ string) (channel.Sender, error) {
		if ch == desk.WeChat {
			return noticing{closed{b.far}, as}, nil
		}
		return b.far, nil
	}
	return as
}

// receiptOf is the provider's word on a notice, which brings its own id alone.
func (b *bench) receiptOf(pid string, s desk.SendState) error {
	_, err := b.desk.Receive(b.t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InReceipt, ID: "r" + pid, From: openID, Type: "templatesendjobfinish", Receipt: &desk.Receipt{ProviderID: pid, State: s, Code: "failed:user block"},
	})
	return err
}

// Beyond the window the customer is told that an answer waits; nothing goes by mail, and
// what became of the notice is known by its id.
func TestNotice(t *testing.T) {
	for state, status := range map[desk.SendState]desk.Status{desk.Delivered: desk.StatusPending, desk.Failed: desk.StatusOpen} {
		b := onWeChat(t, true, box)
		as := b.shutWithNotices()
		id := b.reply("your refund is on its way")
		require.False(t, b.nudge())
		require.Equal(t, []string{"template"}, *as)
		m := b.message(id)
		require.Equal(t, []any{desk.Sent, "send.noticed", "P1"}, []any{m.State, m.Why, m.ProviderID})
		require.Equal(t, []desk.Decision{{Code: "send.notice", Args: map[string]string{"as": "template"}}}, m.Decisions)
		require.Len(t, b.rows(), 1)
		require.Equal(t, desk.StatusPending, b.ticket().Status)
		require.Empty(t, b.ticket().Unsent)

		require.NoError(t, b.receiptOf("another program's", desk.Failed), "not ours, and no fault")
		require.Equal(t, desk.Sent, b.message(id).State)
		require.NoError(t, b.receiptOf("P1", state))
		require.Equal(t, state, b.message(id).State)
		require.Equal(t, status, b.ticket().Status)
	}
}

// One answer in several parts is told of once.
func TestNoticeOncePerAnswer(t *testing.T) {
	b := onWeChat(t, true)
	as := b.shutWithNotices()
	long := ""
	for len(long) < 5000 {
		long += "twenty characters.. "
	}
	b.reply(long)
	require.False(t, b.nudge())
	require.Len(t, *as, 1)
	rows := b.rows()
	require.Len(t, rows, 3)
	for i, m := range rows {
		require.Equal(t, desk.Sent, m.State)
		require.Equal(t, []string{"send.noticed", "send.on_page", "send.on_page"}[i], m.Why)
	}
	b.reply("and another answer")
	require.False(t, b.nudge())
	require.Len(t, *as, 2)
}

// What can't be told one way is told another, then sent by mail; never twice, and the
// agent is told where nothing is left.
func TestNoticeRefused(t *testing.T) {
	refused := channel.Outcome{Kind: channel.OutcomeRefused, Code: "40037", Reason: "the template is unknown to the account"}
	consent := channel.Outcome{Kind: channel.OutcomeBadRecipient, Code: "43101", Reason: "refused"}
	quota := channel.Outcome{Kind: channel.OutcomeRateLimited, Code: "45009", RetryAfter: 7 * time.Hour, Reason: "used up"}
	for name, c := range map[string]struct {
		script []channel.Outcome
		others []desk.Address
		as     []string
		state  desk.SendState
		why    string
	}{
		"then the other kind": {[]channel.Outcome{refused}, []desk.Address{box}, []string{"template", "subscribe"}, desk.Sent, "send.noticed"},
		"then by mail":        {[]channel.Outcome{refused, consent}, []desk.Address{box}, []string{"template", "subscribe"}, desk.Failed, "send.fell_back"},
		"the quota is up":     {[]channel.Outcome{quota, quota}, []desk.Address{box}, []string{"template", "subscribe"}, desk.Failed, "send.fell_back"},
		"nothing is left":     {[]channel.Outcome{refused, consent}, nil, []string{"template", "subscribe"}, desk.Failed, "refused (43101)"},
		"it may have gone":    {[]channel.Outcome{{Kind: channel.OutcomeUnknown, Reason: "no answer"}}, []desk.Address{box}, []string{"template"}, desk.Uncertain, "no answer"},
		"waits for tomorrow":  {[]channel.Outcome{quota, quota}, nil, []string{"template", "subscribe"}, desk.Queued, "used up (45009)"},
	} {
		t.Run(name, func(t *testing.T) {
			b := onWeChat(t, true, c.others...)
			as := b.shutWithNotices()
			id := b.reply("hello")
			b.far.script = c.script
			for range 3 {
				b.nudge()
				b.now = b.now.Add(2 * time.Minute)
			}
			m := b.message(id)
			require.Equal(t, c.as, *as)
			require.Equal(t, []any{c.state, c.why}, []any{m.State, m.Why})
			if c.why == "send.fell_back" {
				require.Equal(t, box, b.rows()[1].From)
				require.Equal(t, desk.Sent, b.rows()[1].State)
			}
		})
	}
}

// Surveys and acknowledgements are not told of.
func TestNoNoticeOfAcks(t *testing.T) {
	b := onWeChat(t, false)
	as := b.shutWithNotices()
	b.h.Settings = b.desk.Settings
	tk, err := b.desk.Store.Ticket(t.Context(), b.id)
	require.NoError(t, err)
	require.Empty(t, tk.Value.Unsent)
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: b.now}
	id, err := b.desk.Reply(t.Context(), act, b.id, ticketing.Reply{Text: "hi"})
	require.NoError(t, err)
	m, err := b.desk.Store.Message(t.Context(), b.id, id)
	require.NoError(t, err)
	m.Value.Purpose = "ack"
	b.commit(func(tx *store.Tx) { tx.PutMessage(m) })
	b.nudge()
	require.Empty(t, *as)
	require.Equal(t, desk.Failed, b.message(id).State)
}
