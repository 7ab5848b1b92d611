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

func caring(t *testing.T, care config.Care) *bench {
	b := newBench(t)
	b.s.Surveys = nil
	b.s.Asking = config.Asking{Cooldown: days(1), Most: 10, Within: days(90), Quiet: config.Quiet{From: "21:00", To: "09:00"}}
	b.s.CustomerFields = []config.CustomerField{{ID: "birthday", Type: config.CustomerDate}}
	care.ID, care.Cooldown, care.Text = "care", days(30), config.Text{"en": "All well?", "zh-CN": "一切都好吗？"}
	b.s.Care = []config.Care{care}
	return b
}

func (b *bench) event(id, name string) ticketing.Received {
	return b.receive(desk.Inbound{Kind: desk.InEvent, ID: id, Type: name, From: sms("+15005550001"), Lang: "en"})
}

// After an event it goes once, after its time and out of quiet hours, and within the caps.
func TestCareAfterEvent(t *testing.T) {
	b := caring(t, config.Care{When: config.CareEvent, Event: "repair.done", After: config.Duration(12 * time.Hour)})
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: sms("+15005550001"), Text: "hello", Lang: "en"})
	b.pass(time.Minute)
	b.event("e1", "repair.begun")
	b.event("e2", "repair.done")
	require.True(t, b.event("e2", "repair.done").Duplicate)
	b.fireTopics(nil)
	require.Zero(t, b.purposes(got.Ticket)["care"], "not yet")
	b.pass(12 * time.Hour) // 05:01 in Shanghai
	b.fireTopics(nil)
	require.Zero(t, b.purposes(got.Ticket)["care"], "quiet hours")
	b.now = time.Date(2026, 3, 3, 1, 0, 1, 0, time.UTC)
	b.fireTopics(nil)
	require.Equal(t, 1, b.purposes(got.Ticket)["care"])
	for _, m := range b.messages(got.Ticket) {
		if m.Purpose == "care" {
			require.Equal(t, []any{"All well?", desk.Queued}, []any{m.Text, m.State})
		}
	}
	b.event("e3", "repair.done")
	b.pass(48 * time.Hour)
	b.fireTopics(nil)
	require.Equal(t, 1, b.purposes(got.Ticket)["care"], "its own cooldown")
	require.Contains(t, codes(b.messages(got.Ticket)), "reach.skipped")
}

// An event that comes a second time by another address of the same customer is kept with
// that address, and cared for once.
func TestCareAfterEventByTwoAddresses(t *testing.T) {
	b := caring(t, config.Care{When: config.CareEvent, Event: "repair.done", After: config.Duration(time.Hour)})
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: sms("+15005550001"), Text: "hello", Lang: "en"})
	second := desk.Address{Channel: desk.Generic, Account: "shop", ID: "u-1"}
	var tx store.Tx
	tx.PutIdentity(store.Row[desk.Identity]{Value: desk.Identity{Address: second, Customer: b.ticket(got.Ticket).Customer}})
	require.NoError(t, b.Store.Commit(b.ctx, &tx))
	b.now = time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC)
	b.event("e1", "repair.done")
	b.receive(desk.Inbound{Kind: desk.InEvent, ID: "e1", Type: "repair.done", From: second, Lang: "en"})
	events, _, err := b.Store.CustomerEvents(b.ctx, b.ticket(got.Ticket).Customer, "", 10)
	require.NoError(t, err)
	require.Len(t, events, 2)
	b.pass(2 * time.Hour)
	b.fireTopics(nil)
	require.Equal(t, 1, b.purposes(got.Ticket)["care"])
}

// A birthday's wish goes each year at its hour, to who agreed to it, and moves with the date.
func TestCareOfBirthday(t *testing.T) {
	b := caring(t, config.Care{When: config.CareBirthday, Field: "birthday", At: "10:00", Consent: "marketing"})
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: sms("+15005550001"), Text: "hello", Lang: "en"})
	who := b.ticket(got.Ticket).Customer
	change := func(p ticketing.Profile) {
		b.pass(time.Second)
		require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), who, p))
	}
	change(ticketing.Profile{Fields: map[string]string{"birthday": "1990-03-05"}})
	change(ticketing.Profile{Fields: map[string]string{"birthday": "1990-03-06"}})
	b.now = time.Date(2026, 3, 5, 2, 0, 1, 0, time.UTC) // 10:00 in Shanghai
	b.fireTopics(nil)
	require.NotContains(t, codes(b.messages(got.Ticket)), "reach.", "it is tomorrow")
	b.now = b.now.Add(24 * time.Hour)
	b.fireTopics(nil)
	require.Contains(t, codes(b.messages(got.Ticket)), "reach.skipped", "they never agreed")

	change(ticketing.Profile{Consents: map[string]bool{"marketing": true}})
	for n, off := range []bool{false, false, true, false} {
		b.s.Care[0].Disabled = off
		b.now = time.Date(2027+n, 3, 6, 2, 0, 1, 0, time.UTC)
		b.fireTopics(nil)
		b.fireTopics(nil)
		require.Equal(t, []int{1, 2, 2, 3}[n], b.purposes(got.Ticket)["care"], "in a year in which it is switched off none goes")
	}
	require.Equal(t, 1, count(codes(b.messages(got.Ticket)), "reach.skipped"), "nor is that told each year")
}

// Who stays away is written to once, and again only after they came back; who was heard
// of meanwhile is waited for anew.
func TestCareToWinBack(t *testing.T) {
	b := caring(t, config.Care{When: config.CareWinBack, After: days(60)})
	write := func(id string) desk.TicketID {
		got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: id, From: sms("+15005550001"), Text: "hello " + id, Lang: "en"})
		b.resolves(got.Ticket)
		return got.Ticket
	}
	first := write("1")
	b.pass(40 * 24 * time.Hour)
	second := write("2")
	require.NotEqual(t, first, second)
	sent := func() int { return b.purposes(first)["care"] + b.purposes(second)["care"] }
	b.pass(21 * 24 * time.Hour)
	b.fireTopics(nil)
	require.Zero(t, sent(), "heard of three weeks ago")
	b.pass(40 * 24 * time.Hour)
	b.fireTopics(nil)
	require.Equal(t, 1, sent())
	b.pass(200 * 24 * time.Hour)
	b.fireTopics(nil)
	require.Equal(t, 1, sent(), "once")
}

// On a holiday each customer gets one word, however many tickets they have; who has
// something under way, or wrote too long ago, gets none; and the calendar goes on.
func TestCareOnHoliday(t *testing.T) {
	b := caring(t, config.Care{When: config.CareHoliday, Dates: []string{"03-08"}, At: "10:00", LastContact: days(30)})
	b.s.Asking.Most, b.s.Asking.Cooldown = 1, days(1)
	done := func(who, id string) desk.TicketID {
		b.pass(time.Minute)
		got := b.receive(mailTo("support", id, who, true))
		_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
		require.NoError(t, err)
		return got.Ticket
	}
	one, two, busy := done("ann@x.test", "1"), done("ann@x.test", "2"), done("bob@x.test", "3")
	b.pass(time.Minute)
	open := b.receive(mailTo("support", "4", "bob@x.test", true)).Ticket
	ours, err := b.Start(b.ctx, b.keyed("ours"), ticketing.Start{By: ticketing.StartMail, To: "cid@x.test", Subject: "A", Text: "Hello", Status: desk.StatusResolved})
	require.NoError(t, err)
	b.greets()
	require.Zero(t, b.purposes(ours)["care"], "they have never written")
	require.Equal(t, 1, b.purposes(one)["care"]+b.purposes(two)["care"])
	require.Zero(t, b.purposes(busy)["care"]+b.purposes(open)["care"])
	require.Contains(t, codes(b.messages(busy)), "reach.skipped")
	row, err := b.Store.Wave(b.ctx, "care")
	require.NoError(t, err)
	require.Equal(t, "2027-03-08T02:00:00Z", row.Value.Due.Format(time.RFC3339))
}

// greets runs a holiday's round.
func (b *bench) greets() {
	require.NoError(b.t, ticketing.ArmWaves(b.ctx, b.Store, b.s, b.now))
	row, err := b.Store.Wave(b.ctx, "care")
	require.NoError(b.t, err)
	b.now = row.Value.Due
	for range 4 {
		for _, due := range b.sweep() {
			for range 2 {
				switch due.Kind {
				case store.DueWave:
					require.NoError(b.t, b.FireWave(b.ctx, due.Wave, due.Gen, b.now))
				case store.DueOutreach:
					require.NoError(b.t, b.FireOutreach(b.ctx, due.Outreach, due.Gen, b.now, nil))
				}
			}
		}
		b.pass(time.Minute)
	}
}

func (b *bench) mailOf(who, id string) desk.TicketID {
	b.pass(time.Minute)
	return b.receive(mailTo("support", id, who, true)).Ticket
}

func (b *bench) solves(id desk.TicketID) {
	_, err := b.Reply(b.ctx, b.act(), id, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
	require.NoError(b.t, err)
}

// Whose older question waits gets no best wishes in the newer one; a task or a ticket that
// was merged away takes none of them from anybody.
func TestCareOnHolidayAmongTickets(t *testing.T) {
	holiday := func() *bench {
		b := caring(t, config.Care{When: config.CareHoliday, Dates: []string{"03-08"}, At: "10:00", LastContact: days(30)})
		b.s.Asking.Most, b.s.Asking.Cooldown = 5, days(1)
		return b
	}
	t.Run("an older one waits", func(t *testing.T) {
		b := holiday()
		open, done := b.mailOf("bob@x.test", "1"), b.mailOf("bob@x.test", "2")
		b.solves(done)
		b.greets()
		require.Zero(t, b.purposes(done)["care"]+b.purposes(open)["care"])
	})
	t.Run("the newest was merged away", func(t *testing.T) {
		b := holiday()
		one, two := b.mailOf("bob@x.test", "1"), b.mailOf("bob@x.test", "2")
		require.NoError(t, b.Merge(b.ctx, b.act(), two, one, true))
		b.solves(one)
		b.greets()
		require.Equal(t, 1, b.purposes(one)["care"]+b.purposes(two)["care"])
	})
	t.Run("the newest is a task", func(t *testing.T) {
		b := holiday()
		b.t, b.s.Teams = t, []config.Team{{ID: "support"}}
		one := b.mailOf("bob@x.test", "1")
		b.pass(time.Minute)
		task := b.task(one, "k", ticketing.Task{Team: "support", Text: "x"})
		require.NoError(t, b.SetStatus(b.ctx, b.act(), task, desk.StatusResolved, time.Time{}))
		b.solves(one)
		b.greets()
		require.Equal(t, 1, b.purposes(one)["care"])
	})
}

// An event that comes by the addresses of two who are one by now is one.
func TestCareAfterEventOfMerged(t *testing.T) {
	b := caring(t, config.Care{When: config.CareEvent, Event: "repair.done", After: config.Duration(time.Hour)})
	b.s.Care[0].Cooldown, b.s.Asking.Cooldown = 0, 0
	one := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: sms("+15005550001"), Text: "hello", Lang: "en"})
	b.pass(time.Minute)
	two := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "2", From: sms("+15005550002"), Text: "hello", Lang: "en"})
	require.NoError(t, b.MergeCustomers(b.ctx, b.act(), b.ticket(two.Ticket).Customer, b.ticket(one.Ticket).Customer, "same"))
	b.now = time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC)
	b.event("e1", "repair.done")
	b.receive(desk.Inbound{Kind: desk.InEvent, ID: "e1", Type: "repair.done", From: sms("+15005550002"), Lang: "en"})
	b.pass(2 * time.Hour)
	b.fireTopics(nil)
	require.Equal(t, 1, b.purposes(one.Ticket)["care"]+b.purposes(two.Ticket)["care"])
}
