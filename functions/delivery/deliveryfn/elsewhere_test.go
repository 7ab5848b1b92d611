package deliveryfn_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var (
	openID = desk.Address{Channel: desk.WeChat, Account: "main", ID: "oCustomer"}
	box    = desk.Address{Channel: desk.Email, Account: "support", ID: "bo@x.example"}
	phone  = desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}
)

// closed is an account whose window is over.
type closed struct{ *far }

func (closed) Window(desk.Identity) (time.Time, int) { return time.Time{}, 0 }

// onWeChat is a conversation on WeChat with a customer who has other addresses too.
func onWeChat(t *testing.T, fallback bool, others ...desk.Address) *bench {
	b := newBench(t)
	s := &config.Settings{
		Desk:     config.Desk{Language: "en", TimeZone: "UTC", Team: "support"},
		Accounts: []config.Account{{Channel: desk.WeChat, Name: "main"}, {Channel: desk.Email, Name: "support"}, {Channel: desk.SMS, Name: "main"}},
		Tickets:  config.Tickets{Fallback: fallback},
	}
	b.h.Settings = func(context.Context) (*config.Settings, error) { return s, nil }
	got, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{Kind: desk.InMessage, ID: "w1", From: openID, Text: "你好"})
	require.NoError(t, err)
	b.id = got.Ticket
	c, err := b.desk.Store.Customer(t.Context(), b.ticket().Customer)
	require.NoError(t, err)
	c.Value.Addresses = append(c.Value.Addresses, others...)
	b.commit(func(tx *store.Tx) { tx.PutCustomer(c) })
	return b
}

func (b *bench) commit(fill func(*store.Tx)) {
	var tx store.Tx
	fill(&tx)
	require.NoError(b.t, b.desk.Store.Commit(b.t.Context(), &tx))
}

// shut lets WeChat's window be over, and everything else go.
func (b *bench) shut() {
	b.h.Sender = func(_ context.Context, ch desk.Channel, _ string) (channel.Sender, error) {
		if ch == desk.WeChat {
			return closed{b.far}, nil
		}
		return b.far, nil
	}
}

// rows are the ticket's messages to the customer.
func (b *bench) rows() []desk.Message {
	rows, _, err := b.desk.Store.Messages(b.t.Context(), b.id, "", 100, false)
	require.NoError(b.t, err)
	var out []desk.Message
	for _, r := range rows {
		if r.Value.Kind == desk.ToCustomer {
			out = append(out, r.Value)
		}
	}
	return out
}

// What WeChat takes no more goes by mail, once, with both ends told; whether the desk
// knew it or Tencent said so.
func TestFallsBack(t *testing.T) {
	for name, knew := range map[string]bool{"the window is over": true, "Tencent says so": false} {
		t.Run(name, func(t *testing.T) {
			b := onWeChat(t, true, box)
			b.far.script = []channel.Outcome{{Kind: channel.OutcomeWindowClosed, Reason: "send.window_closed", Code: "45015"}}
			if knew {
				b.shut()
				b.far.script = nil
			}
			id, next := b.reply("first"), b.reply("second")
			if !knew {
				b.far.script = append(b.far.script, channel.Outcome{Kind: channel.OutcomeSent}, b.far.script[0])
			}
			for range 3 {
				require.False(t, b.nudge())
			}
			old := b.message(id)
			require.Equal(t, desk.Failed, old.State)
			require.Equal(t, "send.fell_back", old.Why)
			require.Equal(t, desk.Failed, b.message(next).State)
			var sent []desk.Message
			for _, m := range b.rows() {
				if m.From == box {
					sent = append(sent, m)
				}
			}
			require.Len(t, sent, 2)
			require.Equal(t, desk.Sent, sent[0].State)
			require.Equal(t, "first", sent[0].Text)
			require.Equal(t, []desk.Decision{{Code: "send.fell_back", Args: map[string]string{"from": "wechat", "by": "email", "to": box.ID}}}, sent[0].Decisions)
			require.Empty(t, b.ticket().Unsent)
			require.Contains(t, b.ticket().Mail.Parts, box.ID, "their answer joins the ticket")
			require.Equal(t, desk.StatusPending, b.ticket().Status, "nothing for an agent to look after")
		})
	}
}

// The agent is told why where there is no other way, or none that may be used.
func TestNoWayElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		on     bool
		others []desk.Address
		set    func(*desk.Identity)
	}{
		"no other address":      {true, nil, nil},
		"switched off":          {false, []desk.Address{box}, nil},
		"no such account":       {true, []desk.Address{{Channel: desk.Email, Account: "gone", ID: box.ID}}, nil},
		"opted out there":       {true, []desk.Address{phone}, func(id *desk.Identity) { id.Out = true }},
		"mail there comes back": {true, []desk.Address{phone}, func(id *desk.Identity) { id.Bounced = "5.1.1" }},
	} {
		t.Run(name, func(t *testing.T) {
			b := onWeChat(t, c.on, c.others...)
			if c.set != nil {
				id, err := b.desk.Store.Identity(t.Context(), phone)
				require.NoError(t, err)
				c.set(&id.Value)
				b.commit(func(tx *store.Tx) { tx.PutIdentity(id) })
			}
			b.shut()
			id := b.reply("hello")
			require.False(t, b.nudge())
			require.Empty(t, b.far.got)
			require.Equal(t, desk.Failed, b.message(id).State)
			require.Equal(t, "send.window_closed", b.message(id).Why)
			require.Equal(t, desk.StatusOpen, b.ticket().Status)
		})
	}
}

// A text longer than an SMS is cut, and its parts stay in order.
func TestFallsBackInParts(t *testing.T) {
	b := onWeChat(t, true, phone)
	b.shut()
	long := ""
	for len(long) < 1900 {
		long += "nineteen characters "
	}
	b.reply(long)
	b.reply("and one more")
	require.False(t, b.nudge())
	require.Len(t, b.far.got, 3)
	require.LessOrEqual(t, len(b.far.got[0]), 1600)
	require.Equal(t, "and one more", b.far.got[2])
}

// halting fails the nth write, as a function that dies before it.
type halting struct {
	table.Table
	left int
}

var errHalt = errors.New("halt")

func (h *halting) Write(ctx context.Context, ops ...table.Op) error {
	if h.left--; h.left < 0 {
		return errHalt
	}
	return h.Table.Write(ctx, ops...)
}

// A crash between any two writes never makes two of one message.
func TestFallsBackOnceAcrossCrashes(t *testing.T) {
	for writes := range 4 {
		b := onWeChat(t, true, box)
		b.shut()
		b.reply("hello")
		whole := b.h.Store
		b.h.Store = store.New(&halting{whole.T, writes})
		b.nudge()
		b.h.Store = whole
		for range 3 {
			b.now = b.now.Add(2 * time.Minute)
			b.nudge()
		}
		n := 0
		for _, m := range b.rows() {
			if m.From == box {
				n++
			}
		}
		require.Equal(t, 1, n)
		require.LessOrEqual(t, len(b.far.got), 1)
	}
}

// A survey whose window is over is asked by mail, by its link; a digit on WeChat is then
// no answer.
func TestSurveyFallsBackByItsLink(t *testing.T) {
	b := onWeChat(t, true, box)
	b.desk.Settings = func(ctx context.Context) (*config.Settings, error) {
		s, err := b.h.Settings(ctx)
		s.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
		return s, err
	}
	b.reply("done")
	b.nudge()
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: b.now}
	require.NoError(t, b.desk.SetStatus(t.Context(), act, b.id, desk.StatusResolved, time.Time{}))
	require.NoError(t, b.desk.FireSurvey(t.Context(), b.ticket().Survey, 1, b.now.Add(2*time.Hour), func(desk.Identity, time.Time) bool { return false }))
	v, err := b.desk.Store.Survey(t.Context(), b.ticket().Survey)
	require.NoError(t, err)
	require.Equal(t, desk.SurveyAsked, v.Value.State)
	require.Equal(t, box, v.Value.To)
	id, err := b.desk.Store.Identity(t.Context(), openID)
	require.NoError(t, err)
	require.Nil(t, id.Value.Pending)
}
