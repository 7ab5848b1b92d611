package sla_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/calendar"
	"github.com/deskhook/deskhook/shared/policy/sla"
)

func office(t testing.TB) *calendar.Calendar {
	z, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	var w [7][]calendar.Interval
	for wd := time.Monday; wd <= time.Friday; wd++ {
		w[wd] = []calendar.Interval{{From: 540, To: 1080}}
	}
	return calendar.New(z, w, nil)
}

// bench plays a ticket by the wall of Shanghai.
type bench struct {
	*testing.T
	policies []sla.Policy
	ticket   desk.Ticket
	told     []string
}

func play(t *testing.T, p sla.Policy) *bench {
	if p.ID == "" {
		p.ID = "p"
	}
	return &bench{T: t, policies: []sla.Policy{p}}
}

func (b *bench) at(s string) time.Time {
	z, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(b, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-09-"+s, z)
	require.NoError(b, err)
	return at.UTC()
}

func (b *bench) by(id string) *sla.Policy {
	for i := range b.policies {
		if b.policies[i].ID == id {
			return &b.policies[i]
		}
	}
	return nil
}

// then changes the ticket at a time, or just lets time pass, and notes what is told.
func (b *bench) then(s string, change func(*desk.Ticket, time.Time)) {
	at := b.at(s)
	if change != nil {
		change(&b.ticket, at)
	}
	var was *sla.Policy
	if b.ticket.Clocks != nil {
		was = b.by(b.ticket.Clocks.Policy)
	}
	c, events := sla.Settle(b.ticket.Clocks, was, sla.Choose(b.policies, b.ticket), b.ticket, at)
	doc, err := json.Marshal(c) // as it is stored
	require.NoError(b, err)
	b.ticket.Clocks = nil
	require.NoError(b, json.Unmarshal(doc, &b.ticket.Clocks))
	for _, e := range events {
		b.told = append(b.told, string(e.Kind)+" "+string(e.Target)+" "+e.Business.String())
	}
}

func opened(t *desk.Ticket, at time.Time) {
	*t = desk.Ticket{Status: desk.StatusNew, Opened: at, WaitingSince: at, Priority: desk.Normal}
}

func written(t *desk.Ticket, at time.Time) {
	if t.WaitingSince.IsZero() {
		t.WaitingSince = at
	}
	if t.Status != desk.StatusNew {
		t.Status = desk.StatusOpen
	}
}

func answered(t *desk.Ticket, at time.Time) {
	if t.FirstAnswered.IsZero() {
		t.FirstAnswered = at
	}
	t.WaitingSince, t.Status = time.Time{}, desk.StatusPending
}

func status(s desk.Status) func(*desk.Ticket, time.Time) {
	return func(t *desk.Ticket, _ time.Time) {
		t.Status = s
		if s == desk.StatusResolved {
			t.WaitingSince = time.Time{}
		}
	}
}

func TestFirstResponse(t *testing.T) {
	p := sla.Policy{First: 4 * time.Hour, WarnBefore: time.Hour, Hours: office(t)}
	for name, c := range map[string]struct {
		do   func(b *bench)
		want []string
	}{
		"in time": {func(b *bench) { b.then("01 09:00", opened); b.then("01 10:30", answered) }, []string{"met first_response 1h30m0s"}},
		"asked in the evening, due the next day and not at midnight": {func(b *bench) {
			b.then("01 17:00", opened)
			require.Equal(b, b.at("02 12:00"), b.ticket.Clocks.First.Due)
			require.Equal(b, b.at("02 11:00"), b.ticket.Clocks.First.Warn)
			b.then("02 00:00", nil)
		}, nil},
		"warned once, breached once": {func(b *bench) {
			b.then("01 09:00", opened)
			b.then("01 12:00", nil)
			b.then("01 12:01", nil)
			b.then("01 13:00", nil)
			b.then("01 13:01", nil)
			b.then("01 15:00", answered)
		}, []string{"warning first_response 3h0m0s", "breach first_response 4h0m0s"}},
		"a sweep that comes too late for the warning": {func(b *bench) { b.then("01 09:00", opened); b.then("01 14:00", nil) },
			[]string{"breach first_response 4h0m0s"}},
		"who answers late before any sweep": {func(b *bench) { b.then("01 09:00", opened); b.then("01 14:00", answered) },
			[]string{"breach first_response 4h0m0s"}},
		"a pause between warning and breach": {func(b *bench) {
			b.then("01 09:00", opened)
			b.then("01 12:00", nil)
			b.then("01 12:30", status(desk.StatusPending))
			b.then("01 17:00", nil)
			b.then("02 09:00", written)
			require.Equal(b, b.at("02 09:30"), b.ticket.Clocks.First.Due)
			b.then("02 09:30", nil)
		}, []string{"warning first_response 3h0m0s", "breach first_response 4h0m0s"}},
		"reopening doesn't ask for it again": {func(b *bench) {
			b.then("01 09:00", opened)
			b.then("01 10:00", answered)
			b.then("01 10:00", status(desk.StatusResolved))
			b.then("07 10:00", written)
			b.then("08 17:00", nil)
		}, []string{"met first_response 1h0m0s"}},
		"resolved without an answer and opened again: the time between doesn't count": {func(b *bench) {
			b.then("01 09:00", opened)
			b.then("01 10:00", status(desk.StatusResolved))
			b.then("07 10:00", written)
			b.then("07 12:00", answered)
		}, []string{"met first_response 3h0m0s"}},
		"spam stops it": {func(b *bench) {
			b.then("01 09:00", opened)
			b.then("01 10:00", status(desk.StatusSpam))
			b.then("02 10:00", nil)
			require.Nil(b, b.ticket.Clocks)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := play(t, p)
			c.do(b)
			require.Equal(t, c.want, b.told)
		})
	}
}

func TestNextResponseCountsFromTheOldestMessage(t *testing.T) {
	b := play(t, sla.Policy{Next: 2 * time.Hour, Hours: office(t)})
	b.then("01 09:00", opened)
	b.then("01 10:00", answered)
	require.Nil(t, b.ticket.Clocks.Next)
	b.then("01 11:00", written)
	b.then("01 12:30", written) // a second message doesn't move the deadline
	require.Equal(t, b.at("01 13:00"), b.ticket.Clocks.Next.Due)
	b.then("01 12:45", answered)
	b.then("01 14:00", written)
	require.Equal(t, b.at("01 16:00"), b.ticket.Clocks.Next.Due)
	b.then("01 16:00", nil)
	b.then("01 16:30", answered)
	require.Equal(t, []string{"met next_response 1h45m0s", "breach next_response 2h0m0s"}, b.told)
}

func TestResolutionPauses(t *testing.T) {
	p := sla.Policy{Resolution: 10 * time.Hour, PauseOnHold: true, Hours: office(t)}
	b := play(t, p)
	b.then("01 09:00", opened)
	b.then("01 10:00", answered)                    // 1 h
	b.then("02 10:00", written)                     // waited for the customer
	b.then("02 12:00", status(desk.StatusOnHold))   // 3 h
	b.then("03 12:00", status(desk.StatusOpen))     // waited for a third party
	b.then("03 13:00", status(desk.StatusSnoozed))  // 4 h
	b.then("04 09:00", status(desk.StatusOpen))     // out of sight
	b.then("04 10:00", status(desk.StatusResolved)) // 5 h
	b.then("07 09:00", written)                     // opened again
	require.Equal(t, b.at("07 14:00"), b.ticket.Clocks.Resolution.Due)
	b.then("07 11:00", status(desk.StatusResolved))
	require.Equal(t, []string{"met resolution 5h0m0s", "met resolution 7h0m0s"}, b.told)

	p.PauseOnHold = false
	b = play(t, p)
	b.then("01 09:00", opened)
	b.then("01 10:00", status(desk.StatusOnHold))
	b.then("02 10:00", nil)
	require.Equal(t, []string{"breach resolution 10h0m0s"}, b.told)
}

// A clock that hasn't run yet, as on a ticket that began with a mail to the customer, says
// all the same what is promised.
func TestClockThatHasNotRunShowsItsTarget(t *testing.T) {
	b := play(t, sla.Policy{Resolution: 10 * time.Hour, Hours: office(t)})
	b.then("01 09:00", func(tk *desk.Ticket, at time.Time) { tk.Opened, tk.Status = at, desk.StatusPending })
	require.Equal(t, 10*time.Hour, b.ticket.Clocks.Resolution.Target)
	require.Zero(t, b.ticket.Clocks.Resolution.Due)
	b.then("01 11:00", status(desk.StatusOpen))
	require.Equal(t, b.at("02 12:00"), b.ticket.Clocks.Resolution.Due)
}

// A raised priority asks for more, and what is past by then is breached at once.
func TestAnotherPolicyTakesOver(t *testing.T) {
	b := play(t, sla.Policy{ID: "urgent", Priorities: []desk.Priority{desk.Urgent}, First: time.Hour})
	b.policies = append(b.policies, sla.Policy{ID: "rest", First: 4 * time.Hour, Hours: office(t)})
	b.then("01 17:00", opened)
	require.Equal(t, "rest", b.ticket.Clocks.Policy)
	b.then("01 17:30", func(t *desk.Ticket, _ time.Time) { t.Priority = desk.Urgent })
	require.Equal(t, b.at("01 18:00"), b.ticket.Clocks.First.Due) // half an hour is used
	b.then("01 18:00", nil)
	b.then("02 18:00", func(t *desk.Ticket, _ time.Time) { t.Priority = desk.Low })
	require.Equal(t, []string{"breach first_response 1h0m0s"}, b.told)
	b.then("02 18:30", func(t *desk.Ticket, _ time.Time) { t.SLA = "urgent" }) // a rule names it
	require.Equal(t, "urgent", b.ticket.Clocks.Policy)
}

func TestChoose(t *testing.T) {
	ps := []sla.Policy{
		{ID: "vip", Tiers: []desk.Tier{desk.VIP}, Channels: []desk.Channel{desk.WeChat}},
		{ID: "sales", Teams: []string{"sales"}},
		{ID: "standard", Tiers: []desk.Tier{desk.Standard}},
	}
	wechat := desk.Address{Channel: desk.WeChat}
	require.Equal(t, "vip", sla.Choose(ps, desk.Ticket{Tier: desk.VIP, From: wechat}).ID)
	require.Equal(t, "sales", sla.Choose(ps, desk.Ticket{Tier: desk.VIP, Team: "sales"}).ID)
	require.Equal(t, "standard", sla.Choose(ps, desk.Ticket{}).ID)
	require.Equal(t, "sales", sla.Choose(ps, desk.Ticket{SLA: "sales"}).ID)
	require.Nil(t, sla.Choose(ps, desk.Ticket{Tier: desk.Gold, SLA: "gone"}))
}

// A holiday that was added after the deadline was set moves it.
func TestHolidayAddedLater(t *testing.T) {
	b := play(t, sla.Policy{First: time.Hour, Hours: office(t)})
	b.then("01 17:30", opened)
	b.policies[0].Hours = calendar.New(office(t).Zone(), [7][]calendar.Interval{4: {{From: 540, To: 1080}}}, nil)
	b.then("02 09:30", nil)
	require.Empty(t, b.told)
	require.Equal(t, b.at("03 10:00"), b.ticket.Clocks.First.Due)
}
