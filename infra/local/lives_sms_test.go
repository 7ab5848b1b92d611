package local_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// twilioCodes are Twilio's errors when a message is handed over (pages of its error
// dictionary), and what an agent reads of each.
var twilioCodes = []struct {
	code  int
	state desk.SendState
	words string
	out   bool // it counts as the customer's opt-out
}{
	{20429, desk.Queued, "too many requests", false},
	{20003, desk.Queued, "auth token", false},
	{21610, desk.Failed, "opted out", true},
	{30007, desk.Failed, "filtered", false},
	{21211, desk.Failed, "not valid", false},
	{21614, desk.Failed, "can't receive", false},
	{20500, desk.Uncertain, "may have gone out", false},
}

// A Twilio number's life: signed messages, a picture, answers and what became of them,
// STOP and START, and each refusal.
func TestLifeOfTwilio(t *testing.T) {
	t.Parallel()
	l := begin(t)
	tw, err := l.Twilio(l.base)
	require.NoError(t, err)
	const ann = "+14155550123"
	who := desk.Address{Channel: desk.SMS, Account: "main", ID: ann}
	var tk desk.Ticket
	n := 0
	text := func(t *testing.T, from, words string) {
		n++
		req, err := tw.Message(from, fmt.Sprintf("SM%032x", 0x700+n), words)
		call(t, req, err)
	}
	var answered desk.MessageID
	var sent standin.Message
	status := func(t *testing.T, s string) {
		req, err := tw.Status(sent.Callback, ann, sent.ID, s)
		ask(t, http.StatusOK, req, err)
	}
	walk(t, []step{
		{"a message without Twilio's signature is refused", func(t *testing.T) {
			forged := tw
			forged.AuthToken = "guessed"
			req, err := forged.Message(ann, "SM1", "hi")
			ask(t, http.StatusForbidden, req, err)
		}},
		{"a message opens a ticket, its repeat doesn't", func(t *testing.T) {
			for range 2 {
				req, err := tw.Message(ann, "SM00000000000000000000000000000001", "Where is my order?")
				require.Contains(t, ask(t, http.StatusOK, req, err), "<Response")
			}
			tk = l.find(t, ann, 1)
			l.wrote(t, tk.ID, 1)
		}},
		{"a picture is fetched", func(t *testing.T) {
			req, err := tw.Picture(ann, "MM00000000000000000000000000000001", "look", l.Standin.TwilioMedia(tw.AccountSID, "image/png", []byte("a picture")), "image/png")
			call(t, req, err)
			require.Equal(t, "a picture", l.fetched(t, tk.ID, 2))
		}},
		{"the answer goes out", func(t *testing.T) {
			answered = l.reply(t, tk.ID, "It is on its way.")
			l.becomes(t, tk.ID, answered, desk.Sent, "")
			sent = l.Standin.List(standin.Filter{Channel: desk.SMS, Customer: ann, Outgoing: true})[0]
			require.Equal(t, "It is on its way.", sent.Text)
		}},
		{"what became of it, out of order, never goes back", func(t *testing.T) {
			status(t, "delivered")
			l.becomes(t, tk.ID, answered, desk.Delivered, "")
			status(t, "sent")
			status(t, "queued")
			text(t, ann, "thanks") // behind them in the sender's order
			l.wrote(t, tk.ID, 3)
			l.becomes(t, tk.ID, answered, desk.Delivered, "")
		}},
		{"what the carrier filtered comes back to the agents", func(t *testing.T) {
			m := l.reply(t, tk.ID, "Win a prize!")
			l.becomes(t, tk.ID, m, desk.Sent, "")
			all := l.Standin.List(standin.Filter{Channel: desk.SMS, Customer: ann, Outgoing: true})
			last := all[len(all)-1]
			req, err := tw.Fault(last.Callback, ann, last.ID, "undelivered", "30007")
			ask(t, http.StatusOK, req, err)
			l.becomes(t, tk.ID, m, desk.Failed, "30007")
			require.True(t, l.told(t, tk.ID, "send.failed_later"))
			require.Equal(t, desk.StatusOpen, l.ticket(t, tk.ID).Status)
		}},
		{"after STOP nothing is sent, after START it is", func(t *testing.T) {
			text(t, ann, "STOP")
			soon(t, func() bool { return l.identity(t, who).OptedOut() })
			before := len(l.Standin.List(standin.Filter{Channel: desk.SMS, Outgoing: true}))
			m := l.reply(t, tk.ID, "One more thing")
			l.becomes(t, tk.ID, m, desk.Failed, "opted out")
			require.Len(t, l.Standin.List(standin.Filter{Channel: desk.SMS, Outgoing: true}), before)
			text(t, ann, "START")
			soon(t, func() bool { return !l.identity(t, who).OptedOut() })
			l.becomes(t, tk.ID, l.reply(t, tk.ID, "Welcome back"), desk.Sent, "")
		}},
		{"each refusal, as the agent sees it", func(t *testing.T) { l.twilioRefusals(t, text) }},
	})
}

func (l *life) twilioRefusals(t *testing.T, text func(t *testing.T, from, words string)) {
	for i, c := range twilioCodes {
		from := fmt.Sprintf("+1415555017%d", i)
		text(t, from, "hello")
		id := l.find(t, from, 1).ID
		l.Standin.Fail(desk.SMS, standin.Failure{Kind: standin.FailCode, Code: c.code})
		m := l.reply(t, id, "Hello!")
		l.becomes(t, id, m, c.state, c.words)
		require.Equal(t, c.state == desk.Failed, l.told(t, id, "send.failed"), "%d", c.code)
		require.Equal(t, c.out, l.identity(t, desk.Address{Channel: desk.SMS, Account: "main", ID: from}).OptedOut(), "%d", c.code)
		switch c.state {
		case desk.Queued:
			l.later(t, time.Minute, func() bool { return l.message(t, id, m).State == desk.Sent })
		case desk.Uncertain:
			l.clock.Jump(time.Hour)
			require.Never(t, func() bool { return l.message(t, id, m).State != desk.Uncertain }, 300*time.Millisecond, 50*time.Millisecond, "never tried again by itself")
		}
	}
}
