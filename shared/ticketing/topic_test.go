package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// fireTopics lets every topic and outreach whose time has come have its way, each twice.
func (b *bench) fireTopics(open ticketing.Window) {
	for _, d := range b.sweep() {
		for range 2 {
			switch d.Kind {
			case store.DueTopic:
				require.NoError(b.t, b.FireTopic(b.ctx, d.Topic, d.Gen, b.now))
			case store.DueOutreach:
				require.NoError(b.t, b.FireOutreach(b.ctx, d.Outreach, d.Gen, b.now, open))
			}
		}
	}
}

// suggests lets somebody suggest something, and gives the record.
func (b *bench) suggests(from desk.Address, id, words, lang string) desk.Feedback {
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: id, From: from, Text: words, Lang: lang})
	b.pass(time.Second)
	require.NoError(b.t, b.MarkMessage(b.ctx, b.act(), got.Ticket, got.Message, desk.Suggestion))
	for _, f := range b.found() {
		if f.Message == got.Message {
			return f
		}
	}
	b.t.Fatal("not kept")
	return desk.Feedback{}
}

func sms(n string) desk.Address { return desk.Address{Channel: desk.SMS, Account: "main", ID: n} }

// All who asked for what is done are told, each once and in their language, however often
// the round is repeated.
func TestDoneIsTold(t *testing.T) {
	b := newBench(t)
	b.s.Asking.Quiet = config.Quiet{From: "21:00", To: "08:00"}
	first := b.suggests(sms("+15005550001"), "1", "a dark mode please", "en")
	again := b.suggests(sms("+15005550001"), "2", "still no dark mode", "en")
	other := b.suggests(sms("+8613800138000"), "3", "希望有夜间模式", "zh-CN")
	out := b.suggests(sms("+15005550003"), "4", "dark mode", "en")
	b.receive(desk.Inbound{Kind: desk.InOptOut, ID: "5", From: sms("+15005550003")})

	topic, err := b.TakeUp(b.ctx, b.act(), first.ID, "", "Dark mode")
	require.NoError(t, err)
	same, err := b.TakeUp(b.ctx, b.act(), first.ID, "", "Dark mode")
	require.NoError(t, err)
	require.Equal(t, topic, same, "twice is once")
	for _, f := range []desk.Feedback{again, other, out} {
		_, err := b.TakeUp(b.ctx, b.act(), f.ID, topic, "")
		require.NoError(t, err)
	}
	_, err = b.TakeUp(b.ctx, b.act(), other.ID, "", "Something else")
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	_, err = b.TakeUp(b.ctx, b.act(), other.ID, "none", "")
	require.Error(t, err)

	text := map[string]string{"en": "Dark mode is there.", "zh-CN": "夜间模式上线了。"}
	_, err = b.FinishTopic(b.ctx, b.act(), topic, map[string]string{"zh-CN": "好了"})
	require.ErrorContains(t, err, "desk's language")
	done, err := b.FinishTopic(b.ctx, b.act(), topic, text)
	require.NoError(t, err)
	require.Equal(t, []any{desk.TopicDone, 4}, []any{done.State, done.Records})
	require.Equal(t, time.Minute, done.Due.Sub(b.now), "the index shows by then what was tied to it just before")
	_, err = b.FinishTopic(b.ctx, b.act(), topic, text)
	require.NoError(t, err, "the same once more")
	_, err = b.FinishTopic(b.ctx, b.act(), topic, map[string]string{"en": "Other words"})
	require.Equal(t, desk.Conflict, desk.KindOf(err))

	for range 3 {
		b.pass(time.Minute)
		b.fireTopics(nil)
	}
	told := func(id desk.TicketID) (out []string) {
		for _, m := range b.messages(id) {
			if m.Purpose == "done" {
				out = append(out, m.Text)
			}
		}
		return out
	}
	require.Equal(t, []string{"Dark mode is there."}, told(first.Ticket), "one message for two wishes")
	require.Equal(t, []string{"夜间模式上线了。"}, told(other.Ticket))
	require.Empty(t, told(out.Ticket))
	require.Contains(t, codes(b.messages(out.Ticket)), "reach.skipped")
	require.False(t, b.feedbackRow(first.ID).Value.Told.IsZero())
	require.False(t, b.feedbackRow(again.ID).Value.Told.IsZero())
	require.True(t, b.feedbackRow(out.ID).Value.Told.IsZero())
	row, err := b.Store.Topic(b.ctx, topic)
	require.NoError(t, err)
	require.Equal(t, []int{3, 1}, []int{row.Value.Told, row.Value.Skipped})

	late := b.suggests(sms("+15005550009"), "6", "dark mode?", "en")
	_, err = b.TakeUp(b.ctx, b.act(), late.ID, topic, "")
	require.NoError(t, err)
	b.pass(time.Second)
	b.fireTopics(nil)
	require.Len(t, told(late.Ticket), 1, "who asks for what is done is told now")
	require.Equal(t, desk.Conflict, desk.KindOf(b.LetGo(b.ctx, b.act(), late.ID)))
}

// In the customer's quiet hours it waits; where the channel is closed it goes another way,
// and where there is none, the ticket says so.
func TestDoneWaitsAndFallsBack(t *testing.T) {
	b := newBench(t)
	b.s.Asking.Quiet = config.Quiet{From: "16:00", To: "09:00"} // Shanghai, where it is 17:00
	b.s.Tickets.Fallback = true
	f := b.suggests(customer, "1", "a dark mode please", "en")
	topic, err := b.TakeUp(b.ctx, b.act(), f.ID, "", "Dark mode")
	require.NoError(t, err)
	require.NoError(t, b.LetGo(b.ctx, b.act(), f.ID))
	_, err = b.TakeUp(b.ctx, b.act(), f.ID, topic, "")
	require.NoError(t, err)
	_, err = b.FinishTopic(b.ctx, b.act(), topic, map[string]string{"en": "Done."})
	require.NoError(t, err)
	closed := func(desk.Identity, time.Time) bool { return false }
	for range 3 {
		b.pass(time.Minute)
		b.fireTopics(closed)
	}
	require.Zero(t, b.purposes(f.Ticket)["done"], "quiet hours")
	row, err := b.Store.Customer(b.ctx, f.Customer)
	require.NoError(t, err)
	row.Value.Addresses = append(row.Value.Addresses, desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"})
	var tx store.Tx
	tx.PutCustomer(row)
	require.NoError(t, b.Store.Commit(b.ctx, &tx))
	b.now = time.Date(2026, 3, 3, 1, 0, 1, 0, time.UTC) // 09:00 in Shanghai
	b.fireTopics(closed)
	require.Equal(t, 1, b.purposes(f.Ticket)["done"])
	require.Contains(t, codes(b.messages(f.Ticket)), "send.fell_back")
}

// The author of a review has no conversation: one is opened for what they are told, and
// their answer lands there.
func TestDoneOfReview(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, ReviewTickets: config.ReviewsBad}
	b.receive(reviewIn("w1", "r1", 1, 4, "more colours please"))
	f := b.found()[0]
	require.Empty(t, f.Ticket)
	topic, err := b.TakeUp(b.ctx, b.act(), f.ID, "", "Colours")
	require.NoError(t, err)
	_, err = b.FinishTopic(b.ctx, b.act(), topic, map[string]string{"en": "There are more now."})
	require.NoError(t, err)
	for range 3 {
		b.pass(time.Minute)
		b.fireTopics(nil)
	}
	page, err := b.Store.TicketsOfCustomer(b.ctx, f.Customer, "", 10)
	require.NoError(t, err)
	require.Len(t, page.IDs, 1)
	require.Equal(t, 1, b.purposes(page.IDs[0])["done"])
	require.Equal(t, desk.StatusClosed, b.ticket(page.IDs[0]).Status)
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "2", From: f.From, Text: "great!", Lang: "en"})
	require.Equal(t, page.IDs[0], got.Ticket)
}

// Many are told by and by: no transaction grows with their number.
func TestDoneInPages(t *testing.T) {
	b := newBench(t)
	var topic desk.TopicID
	n := 50
	for i := range n {
		f := b.suggests(sms("+1500555"+string(rune('0'+i/10))+string(rune('0'+i%10))+"00"), "m"+string(rune('A'+i)), "dark mode", "en")
		id, err := b.TakeUp(b.ctx, b.act(), f.ID, topic, map[bool]string{true: "Dark mode"}[i == 0])
		require.NoError(t, err)
		topic = id
	}
	_, err := b.FinishTopic(b.ctx, b.act(), topic, map[string]string{"en": "Done."})
	require.NoError(t, err)
	for range 6 {
		b.pass(time.Minute)
		b.fireTopics(nil)
	}
	told := 0
	for _, f := range b.found() {
		if !f.Told.IsZero() {
			told++
		}
	}
	require.Equal(t, n, told)
	row, err := b.Store.Topic(b.ctx, topic)
	require.NoError(t, err)
	require.Equal(t, n, row.Value.Told)
	require.True(t, row.Value.Due.IsZero())
}
