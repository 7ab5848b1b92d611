package ticketing_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// bench is a desk over the embedded engine with a clock that tests move.
type bench struct {
	*ticketing.Desk
	t   *testing.T
	ctx context.Context
	s   *config.Settings
	now time.Time
	db  *bolt.DB
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, ctx: context.Background(), now: t0}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"), func() time.Time { return b.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	b.db = db
	key, ok := sign.NewKey("a key for tests only")
	require.True(t, ok)
	b.s = &config.Settings{
		Desk:   config.Desk{Language: "en", TimeZone: "Asia/Shanghai", PublicURL: "https://desk.test", Team: "support"},
		Agents: []config.Agent{{ID: "amy", Name: "Amy"}, {ID: "li", Name: "李明"}},
		Accounts: []config.Account{
			{Channel: desk.Email, Name: "support", Settings: []byte(`{"address":"help@desk.test"}`)},
			{Channel: desk.WeChat, Name: "main"}, {Channel: desk.SMS, Name: "main"},
		},
		Tickets: config.Tickets{ReopenWithin: days(7), CloseAfter: days(7)},
		Surveys: []config.Survey{config.DefaultSurvey(desk.CSAT)},
	}
	b.Desk = &ticketing.Desk{
		Store: store.New(db), Key: key,
		Settings: func(context.Context) (*config.Settings, error) { return b.s, nil },
	}
	return b
}

func days(n int) config.Duration { return config.Duration(time.Duration(n) * 24 * time.Hour) }

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

func (b *bench) receive(in desk.Inbound) ticketing.Received {
	got, err := b.Receive(b.ctx, channel.Envelope{Channel: in.From.Channel, Account: in.From.Account, At: b.now}, in)
	require.NoError(b.t, err)
	return got
}

func (b *bench) act() ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: b.now}
}

func (b *bench) ticket(id desk.TicketID) desk.Ticket {
	r, err := b.Store.Ticket(b.ctx, id)
	require.NoError(b.t, err)
	return r.Value
}

func (b *bench) messages(id desk.TicketID) []desk.Message {
	rows, _, err := b.Store.Messages(b.ctx, id, "", 100, false)
	require.NoError(b.t, err)
	out := make([]desk.Message, len(rows))
	for i, r := range rows {
		out[i] = r.Value
	}
	return out
}

func codes(ms []desk.Message) string {
	var out []string
	for _, m := range ms {
		for _, d := range m.Decisions {
			out = append(out, d.Code)
		}
	}
	return strings.Join(out, " ")
}

var customer = desk.Address{Channel: desk.WeChat, Account: "main", ID: "oCustomer1"}

func text(id, words string) desk.Inbound {
	return desk.Inbound{Kind: desk.InMessage, ID: id, From: customer, Text: words, Lang: "en"}
}

// Promise 1: applied exactly once, however often it is repeated.
func TestRepeatIsAppliedOnce(t *testing.T) {
	b := newBench(t)
	first := b.receive(text("1", "hello"))
	b.pass(10 * time.Minute) // past the queue's own memory
	again := b.receive(text("1", "hello"))
	require.True(t, again.Duplicate)
	require.Equal(t, first.Ticket, again.Ticket)
	require.Equal(t, first.Message, again.Message)
	require.Len(t, b.messages(first.Ticket), 1)
}

// Promise 2: a burst never opens two tickets.
func TestBurstIsOneTicket(t *testing.T) {
	b := newBench(t)
	done := make(chan desk.TicketID, 20)
	for i := range 20 {
		go func() {
			got, err := b.Receive(b.ctx, channel.Envelope{At: b.now}, text(fmt.Sprint(i), "hi"))
			if err != nil {
				t.Error(err)
			}
			done <- got.Ticket
		}()
	}
	first := <-done
	for range 19 {
		require.Equal(t, first, <-done)
	}
	require.Len(t, b.messages(first), 20)
}

// A customer's next message joins the open ticket, reopens a resolved one in time, and
// later opens one that follows.
func TestLifeOfAConversation(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "where is my parcel?"))
	tk := b.ticket(got.Ticket)
	require.Equal(t, desk.StatusNew, tk.Status)
	require.Equal(t, "where is my parcel?", tk.Subject)
	require.Equal(t, b.now, tk.WaitingSince)

	b.pass(time.Minute)
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "On its way."})
	require.NoError(t, err)
	tk = b.ticket(got.Ticket)
	require.Equal(t, desk.StatusPending, tk.Status)
	require.Equal(t, "amy", tk.Assignee)
	require.Len(t, tk.Unsent, 1)
	require.Equal(t, b.now.Add(time.Minute), tk.Due(), "the safety net under the reply")

	b.pass(time.Minute)
	b.receive(text("2", "thanks, but when?"))
	require.Equal(t, desk.StatusOpen, b.ticket(got.Ticket).Status)

	b.pass(time.Minute)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusResolved, time.Time{}))
	b.pass(time.Hour)
	require.Equal(t, got.Ticket, b.receive(text("3", "it is here")).Ticket)
	tk = b.ticket(got.Ticket)
	require.Equal(t, desk.StatusOpen, tk.Status)
	require.Equal(t, 1, tk.Reopened)

	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusResolved, time.Time{}))
	b.pass(8 * 24 * time.Hour)
	next := b.receive(text("4", "another thing"))
	require.NotEqual(t, got.Ticket, next.Ticket)
	require.Equal(t, got.Ticket, b.ticket(next.Ticket).Before)
	require.Contains(t, codes(b.messages(next.Ticket)), "thread.follows_closed")
}

// A double click, or a retried request with one idempotency key, replies once.
func TestReplyOnce(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	act := b.act()
	act.Key = "nonce"
	one, err := b.Reply(b.ctx, act, got.Ticket, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	act.At = act.At.Add(3 * time.Second)
	two, err := b.Reply(b.ctx, act, got.Ticket, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	require.Equal(t, one, two)
	require.Len(t, b.ticket(got.Ticket).Unsent, 1)
}

// Promise 9, the part that stands: timers fire once; a sweep too early only rearms.
func TestTimersFireOnce(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	until := b.now.Add(2 * time.Hour)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusSnoozed, until))
	require.NoError(t, b.FireTimers(b.ctx, got.Ticket, until.Add(-time.Minute)))
	require.Equal(t, desk.StatusSnoozed, b.ticket(got.Ticket).Status)
	for range 2 {
		require.NoError(t, b.FireTimers(b.ctx, got.Ticket, until.Add(time.Second)))
	}
	require.Equal(t, desk.StatusOpen, b.ticket(got.Ticket).Status)
	require.Equal(t, 1, strings.Count(codes(b.messages(got.Ticket)[2:]), "status.changed"))
}

// sweep claims what is due over all shards.
func (b *bench) sweep() []store.Due {
	var all []store.Due
	for shard := range uint32(store.DueShards) {
		due, err := b.Store.ClaimDue(b.ctx, shard, b.now, 5*time.Minute, 100)
		require.NoError(b.t, err)
		all = append(all, due...)
	}
	return all
}

func (b *bench) resolveAndAsk(open ticketing.Window) desk.Ticket {
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Solved.", Then: desk.StatusResolved})
	require.NoError(b.t, err)
	b.pass(time.Hour + time.Second)
	for _, d := range b.sweep() {
		if d.Kind == store.DueSurvey {
			require.NoError(b.t, b.FireSurvey(b.ctx, d.Survey, d.Gen, b.now, open))
			require.NoError(b.t, b.FireSurvey(b.ctx, d.Survey, d.Gen, b.now, open), "twice is harmless")
		}
	}
	return b.ticket(got.Ticket)
}

// Promise 6: asked once per resolution, answered by a digit, the answer is on ticket
// and customer.
func TestSurveyByDigit(t *testing.T) {
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	require.Len(t, tk.Unsent, 2, "the reply and one question")
	require.Empty(t, b.sweep())

	b.pass(time.Minute)
	b.receive(text("2", " ５ "))
	v, err := b.Store.Survey(b.ctx, tk.Survey)
	require.NoError(t, err)
	require.Equal(t, 5, v.Value.Score.Value)
	require.Equal(t, desk.WeChat, v.Value.Score.By)
	c, err := b.Store.Customer(b.ctx, tk.Customer)
	require.NoError(t, err)
	require.Equal(t, 5, c.Value.LastScore.Value)
	require.Equal(t, desk.StatusResolved, b.ticket(tk.ID).Status, "an answer doesn't reopen")
	require.Len(t, b.found(), 1)

	b.pass(11 * time.Minute)
	b.receive(text("3", "4"))
	require.Equal(t, desk.StatusOpen, b.ticket(tk.ID).Status, "a digit that answers nothing is a message")
	v, err = b.Store.Survey(b.ctx, tk.Survey)
	require.NoError(t, err)
	require.Equal(t, 5, v.Value.Score.Value)
}

// Promise 6: why a survey was not asked is on the ticket.
func TestSurveySkips(t *testing.T) {
	closed := func(desk.Identity, time.Time) bool { return false }
	b := newBench(t)
	tk := b.resolveAndAsk(closed)
	require.Contains(t, codes(b.messages(tk.ID)), "survey.skipped")
	v, err := b.Store.Survey(b.ctx, tk.Survey)
	require.NoError(t, err)
	require.Equal(t, "survey.window_closed", v.Value.Why)

	b = newBench(t)
	b.receive(desk.Inbound{Kind: desk.InOptOut, ID: "stop", From: customer})
	tk = b.resolveAndAsk(nil)
	v, err = b.Store.Survey(b.ctx, tk.Survey)
	require.NoError(t, err)
	require.Equal(t, "survey.opted_out", v.Value.Why)
}

// Double submits are one answer; the last of several counts; an expired link counts
// nothing.
func TestAnswers(t *testing.T) {
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	answer := func(n int) error {
		_, err := b.Answer(b.ctx, tk.Survey, desk.Score{Value: n, At: b.now, By: desk.WebForm})
		return err
	}
	require.NoError(t, answer(2))
	require.NoError(t, answer(2))
	b.pass(time.Minute)
	require.NoError(t, answer(4))
	v, err := b.Store.Survey(b.ctx, tk.Survey)
	require.NoError(t, err)
	require.Equal(t, 2, v.Value.Answers)
	require.Equal(t, 4, v.Value.Score.Value)
	require.Equal(t, desk.Invalid, desk.KindOf(answer(6)))
	require.Equal(t, desk.Invalid, desk.KindOf(answer(0)))
	b.pass(8 * 24 * time.Hour)
	require.ErrorIs(t, answer(1), ticketing.ErrSurveyOver)
}

// Promise 2: STOP and START are ordered by the provider's time, ties by the queue.
func TestOptOrder(t *testing.T) {
	at := func(kind desk.InboundKind, id string, when time.Time) desk.Inbound {
		return desk.Inbound{Kind: kind, ID: id, From: customer, At: when}
	}
	for name, c := range map[string]struct {
		in  []desk.Inbound
		out bool
	}{
		"stop":                        {[]desk.Inbound{at(desk.InOptOut, "a", t0)}, true},
		"stop, start":                 {[]desk.Inbound{at(desk.InOptOut, "a", t0), at(desk.InOptIn, "b", t0.Add(time.Second))}, false},
		"start came first, was later": {[]desk.Inbound{at(desk.InOptIn, "b", t0.Add(time.Second)), at(desk.InOptOut, "a", t0)}, false},
		"same second, start last":     {[]desk.Inbound{at(desk.InOptOut, "a", t0), at(desk.InOptIn, "b", t0)}, false},
		"same second, stop last":      {[]desk.Inbound{at(desk.InOptIn, "a", t0), at(desk.InOptOut, "b", t0)}, true},
	} {
		b := newBench(t)
		for _, in := range c.in {
			b.receive(in)
			b.pass(time.Minute)
		}
		id, err := b.Store.Identity(b.ctx, customer)
		require.NoError(t, err)
		require.Equal(t, c.out, id.Value.OptedOut(), name)
	}
}

// Promise 4: a stranger's mail never gets into a ticket, and a participant's does.
func TestMailThreading(t *testing.T) {
	b := newBench(t)
	mail := func(from, id, reply string, trusted bool, to ...string) desk.Inbound {
		return desk.Inbound{
			Kind: desk.InMessage, ID: "ses-" + id, From: desk.Address{Channel: desk.Email, Account: "support", ID: from},
			Subject: "Parcel", Text: "words", Mail: &desk.Mail{MessageID: id, InReplyTo: reply, To: to, Trusted: trusted},
		}
	}
	first := b.receive(mail("ann@x.test", "m1@x", "", true, "help@desk.test", "bob@x.test"))
	require.Equal(t, first.Ticket, b.receive(mail("ann@x.test", "m2@x", "m1@x", true)).Ticket)
	require.Equal(t, first.Ticket, b.receive(mail("bob@x.test", "m3@x", "m2@x", true)).Ticket, "written to in the thread")
	require.NotEqual(t, first.Ticket, b.receive(mail("eve@x.test", "m4@x", "m1@x", true)).Ticket, "a stranger")
	require.NotEqual(t, first.Ticket, b.receive(mail("ann@x.test", "m5@x", "m1@x", false)).Ticket, "a From nobody proves")

	tag := "help+" + links.ReplyTag(b.Key, first.Ticket) + "@desk.test"
	require.Equal(t, first.Ticket, b.receive(mail("ann@x.test", "m6@x", "", false, tag)).Ticket, "our signed address")
	require.NotEqual(t, first.Ticket, b.receive(mail("eve@x.test", "m7@x", "", true, tag)).Ticket, "a stranger with our address")

	b.pass(time.Second)
	late := b.receive(mail("kim@x.test", "r2@x", "r1@x", true))
	require.Equal(t, late.Ticket, b.receive(mail("kim@x.test", "r1@x", "", true)).Ticket, "the original comes after its answer")
}

// Form submissions are tickets of their own, answered by the mail that was given.
func TestFormTickets(t *testing.T) {
	b := newBench(t)
	form := func(id string, c desk.Contact) desk.Inbound {
		return desk.Inbound{Kind: desk.InMessage, ID: id, Form: "contact", Text: "hi", Contact: c,
			From: desk.Address{Channel: desk.WebForm, Account: "contact", ID: c.Mail + c.Phone + "x"}}
	}
	one := b.receive(form("1", desk.Contact{Mail: "ann@x.test"}))
	two := b.receive(form("2", desk.Contact{Mail: "ann@x.test"}))
	require.NotEqual(t, one.Ticket, two.Ticket)
	require.Equal(t, desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}, b.ticket(one.Ticket).AnswerTo())

	three := b.receive(form("3", desk.Contact{}))
	_, err := b.Reply(b.ctx, b.act(), three.Ticket, ticketing.Reply{Text: "answer"})
	require.NoError(t, err)
	tk := b.ticket(three.Ticket)
	require.Empty(t, tk.Unsent, "nobody to send to: it stands on the status page")
	require.Contains(t, fmt.Sprint(b.messages(tk.ID)), "send.status_page")
}

// Promise 5: nothing automatic answers something automatic, and two an hour at most.
func TestAcknowledgement(t *testing.T) {
	b := newBench(t)
	b.s.Tickets.Acknowledge = config.Text{"en": "Received."}
	mail := func(id, auto string) desk.Inbound {
		return desk.Inbound{Kind: desk.InMessage, ID: id, Automatic: auto, Text: "x", Mail: &desk.Mail{MessageID: id},
			From: desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}}
	}
	require.Empty(t, b.ticket(b.receive(mail("1", "Auto-Submitted: auto-replied")).Ticket).Unsent)
	for i, want := range []int{1, 1, 0} {
		b.pass(time.Minute)
		require.Len(t, b.ticket(b.receive(mail(fmt.Sprint("p", i), "")).Ticket).Unsent, want, "mail %d", i)
	}
	b.pass(time.Hour)
	require.Len(t, b.ticket(b.receive(mail("later", "")).Ticket).Unsent, 1)
}

// A receipt never takes a word back, and a failure brings the ticket to the agents.
func TestReceipts(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	msg, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	state := func(id string, s desk.SendState) desk.SendState {
		b.receive(desk.Inbound{Kind: desk.InReceipt, ID: id, From: customer,
			Receipt: &desk.Receipt{Ticket: got.Ticket, Message: msg, State: s}})
		m, err := b.Store.Message(b.ctx, got.Ticket, msg)
		require.NoError(t, err)
		return m.Value.State
	}
	require.Equal(t, desk.Delivered, state("r1", desk.Delivered))
	require.Equal(t, desk.Delivered, state("r2", desk.Sent))
	require.Equal(t, desk.StatusPending, b.ticket(got.Ticket).Status)
	require.Equal(t, desk.Failed, state("r3", desk.Failed))
	require.Equal(t, desk.StatusOpen, b.ticket(got.Ticket).Status)
}

// An out-of-office note joins its ticket and moves nothing; our own mail opens nothing.
func TestAutomaticMovesNothing(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Hi", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(time.Minute)
	in := text("2", "I am away")
	in.Automatic = "Auto-Submitted: auto-replied"
	require.Equal(t, got.Ticket, b.receive(in).Ticket)
	require.Equal(t, desk.StatusResolved, b.ticket(got.Ticket).Status)

	own := desk.Inbound{Kind: desk.InMessage, ID: "own", Quiet: true, Text: "x", Mail: &desk.Mail{MessageID: "own"},
		From: desk.Address{Channel: desk.Email, Account: "support", ID: "help@desk.test"}}
	require.Empty(t, b.receive(own).Ticket)
	require.True(t, b.receive(own).Duplicate)
}

// A report on a message that isn't ours is put aside, not dropped.
func TestReportOnNothing(t *testing.T) {
	b := newBench(t)
	_, err := b.Receive(b.ctx, channel.Envelope{At: b.now}, desk.Inbound{Kind: desk.InBounce, ID: "b", From: customer,
		Receipt: &desk.Receipt{MailID: "nobody@knows", State: desk.Failed, Permanent: true}})
	require.Equal(t, desk.Unreadable, desk.KindOf(err))
}

// A spam message opens a ticket out of sight.
func TestSpam(t *testing.T) {
	b := newBench(t)
	in := text("1", "buy")
	in.Spam = "honeypot"
	got := b.receive(in)
	require.Equal(t, desk.StatusSpam, b.ticket(got.Ticket).Status)
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Hi"})
	require.Equal(t, desk.Conflict, desk.KindOf(err))
}

// A text too long for the channel goes in several messages, in order.
func TestLongReply(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: strings.Repeat("很长的话。", 300)})
	require.NoError(t, err)
	tk := b.ticket(got.Ticket)
	require.Len(t, tk.Unsent, 3)
	require.IsIncreasing(t, tk.Unsent)
	require.Equal(t, 1, tk.Answers)
}

// Customers are answered in the language they write.
func TestLanguage(t *testing.T) {
	for words, want := range map[string]string{"where is it": "en", "在哪里": "zh-CN", "?": "zh-CN"} {
		b := newBench(t)
		b.s.Desk.Language = "zh-CN"
		in := text("1", words)
		in.Lang = ""
		require.Equal(t, want, b.ticket(b.receive(in).Ticket).Lang, words)
	}
}

// Wrong input names the field.
func TestBadInput(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: " "})
	require.ErrorContains(t, err, "text")
	require.ErrorContains(t, b.Assign(b.ctx, b.act(), got.Ticket, "nobody"), "assignee")
	require.ErrorContains(t, b.SetStatus(b.ctx, b.act(), got.Ticket, "x", time.Time{}), "status")
	require.ErrorContains(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusSnoozed, b.now), "until")
	require.ErrorContains(t, b.SetPriority(b.ctx, b.act(), got.Ticket, "x"), "priority")
	_, err = b.Note(b.ctx, b.act(), "000000", "x")
	require.Equal(t, desk.NotFound, desk.KindOf(err))
}
