package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/questions"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (b *bench) survey(id desk.SurveyID) desk.Survey {
	row, err := b.Store.Survey(b.ctx, id)
	require.NoError(b.t, err)
	return row.Value
}

// fire lets every survey whose time has come have its way.
func (b *bench) fire(open ticketing.Window) {
	for _, d := range b.sweep() {
		if d.Kind == store.DueSurvey {
			require.NoError(b.t, b.FireSurvey(b.ctx, d.Survey, d.Gen, b.now, open))
		}
	}
}

func (b *bench) purposes(id desk.TicketID) map[string]int {
	n := map[string]int{}
	for _, m := range b.messages(id) {
		n[m.Purpose]++
	}
	return n
}

// Words within ten minutes of a score are its comment; a question, a file and what comes
// later is a message.
func TestCommentAfterDigit(t *testing.T) {
	for name, c := range map[string]struct {
		wait    time.Duration
		text    string
		comment string
		status  desk.Status
	}{
		"a comment":  {9 * time.Minute, "很快就解决了", "很快就解决了", desk.StatusResolved},
		"too late":   {10 * time.Minute, "很快就解决了", "", desk.StatusOpen},
		"a question": {time.Minute, "那发票什么时候开？", "", desk.StatusOpen},
	} {
		b := newBench(t)
		tk := b.resolveAndAsk(nil)
		b.pass(time.Minute)
		b.receive(text("2", "5"))
		b.pass(c.wait)
		b.receive(text("3", c.text))
		v := b.survey(tk.Survey)
		require.Equal(t, 5, v.Score.Value, name)
		require.Equal(t, c.comment, v.Score.Comment, name)
		require.Equal(t, c.status, b.ticket(tk.ID).Status, name)
	}
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	b.receive(text("2", "5"))
	b.receive(text("3", "真快"))
	b.receive(text("4", "2"))
	v := b.survey(tk.Survey)
	require.Equal(t, 2, v.Score.Value, "a second digit corrects the first")
	require.Equal(t, "真快", v.Score.Comment)
	answers, err := b.Store.Answers(b.ctx, v.ID)
	require.NoError(t, err)
	require.Len(t, answers, 3, "all are kept")
	facts := 0
	for _, f := range b.facts() {
		if f.Kind == desk.FactAnswered {
			facts++
		}
	}
	require.Equal(t, 2, facts, "words change no figure")
}

// A tap on the menu answers the survey that the menu was of, and no other customer's.
func TestMenuTap(t *testing.T) {
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	var asked desk.Message
	for _, m := range b.messages(tk.ID) {
		if m.Purpose == "survey" {
			asked = m
		}
	}
	require.Len(t, asked.Menu, 5)
	require.Equal(t, desk.MenuChoice{ID: "5", Text: "5 Excellent"}, asked.Menu[0])

	tap := text("2", "5 Excellent")
	tap.Choice = ticketing.MenuID(tk.Survey, "5")
	stranger := tap
	stranger.ID, stranger.From.ID = "9", "oSomebodyElse"
	b.receive(stranger)
	require.Nil(t, b.survey(tk.Survey).Score)
	b.receive(tap)
	require.Equal(t, 5, b.survey(tk.Survey).Score.Value)
	require.Equal(t, desk.StatusResolved, b.ticket(tk.ID).Status)
}

// A label typed instead of tapped is its score, and words behind points are the comment;
// a number before other words is a message.
func TestScoreTypedWithWords(t *testing.T) {
	for typed, want := range map[string]desk.Score{
		"5 EXCELLENT": {Value: 5}, "1分，还是没解决": {Value: 1, Comment: "还是没解决"}, "2 more cups, please": {Value: -1},
	} {
		b := newBench(t)
		tk := b.resolveAndAsk(nil)
		b.pass(time.Minute)
		b.receive(text("2", typed))
		v := b.survey(tk.Survey)
		if want.Value < 0 {
			require.Nil(t, v.Score, typed)
			require.Equal(t, desk.StatusOpen, b.ticket(tk.ID).Status, typed)
			continue
		}
		require.Equal(t, want.Value, v.Score.Value, typed)
		require.Equal(t, want.Comment, v.Score.Comment, typed)
		require.Equal(t, desk.StatusResolved, b.ticket(tk.ID).Status, typed)
	}
}

// Zero is an answer.
func TestNPSByDigit(t *testing.T) {
	b := newBench(t)
	b.s.Surveys = []config.Survey{config.DefaultSurvey(desk.NPS)}
	tk := b.resolveAndAsk(nil)
	for _, m := range b.messages(tk.ID) {
		if m.Purpose == "survey" { // eleven are too many to tap
			require.Contains(t, m.Text, "Reply with a number from 0 to 10 (10 is best), or open:\nhttps://")
		}
	}
	b.pass(time.Minute)
	b.receive(text("2", "0"))
	v := b.survey(tk.Survey)
	require.Equal(t, desk.SurveyAnswered, v.State)
	require.Equal(t, 0, v.Score.Value)
	require.Equal(t, desk.NPS, v.Score.Kind)
	_, err := b.Answer(b.ctx, v.ID, desk.Score{Value: 11, At: b.now})
	require.ErrorContains(t, err, "between 0 and 10")
	b.receive(text("3", "１０"))
	require.Equal(t, 10, b.survey(tk.Survey).Score.Value)
}

// An answer is read with the questions it was asked with, whatever the settings say since.
func TestQuestionsAsAsked(t *testing.T) {
	b := newBench(t)
	was := b.s.Surveys[0].Questionnaire()
	tk := b.resolveAndAsk(nil)
	b.s.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
	b.s.Surveys[0].Question = config.Text{"en": "Another question"}
	v := b.survey(tk.Survey)
	require.Equal(t, questions.Version(was), v.Version)
	form, err := b.Questionnaire(b.ctx, v)
	require.NoError(t, err)
	require.Equal(t, was, form)
	v, err = b.Answer(b.ctx, v.ID, desk.Score{Value: 4, At: b.now})
	require.NoError(t, err)
	require.Equal(t, questions.Version(was), v.Score.Version)

	b.s.Surveys = nil
	form, err = b.Questionnaire(b.ctx, v)
	require.NoError(t, err)
	require.Equal(t, was, form, "even where the survey is gone")
}

// One reminder, and none after an answer; it counts on the customer's channel as the
// question does.
func TestReminder(t *testing.T) {
	b := newBench(t)
	b.s.Surveys[0].RemindAfter = days(2)
	tk := b.resolveAndAsk(nil)
	for range 10 {
		b.pass(24 * time.Hour)
		b.fire(nil)
	}
	require.Equal(t, map[string]int{"": 2, "reply": 1, "survey": 1, "reminder": 1}, without(b.purposes(tk.ID), ""))
	require.Equal(t, desk.SurveyExpired, b.survey(tk.Survey).State)

	b = newBench(t)
	b.s.Surveys[0].RemindAfter = days(2)
	tk = b.resolveAndAsk(nil)
	b.receive(text("2", "5"))
	b.pass(3 * 24 * time.Hour)
	b.fire(nil)
	require.Zero(t, b.purposes(tk.ID)["reminder"])

	b = newBench(t)
	b.s.Surveys[0].RemindAfter = days(2)
	tk = b.resolveAndAsk(nil)
	b.pass(2 * 24 * time.Hour)
	b.fire(func(desk.Identity, time.Time) bool { return false })
	require.Zero(t, b.purposes(tk.ID)["reminder"])
	require.Contains(t, codes(b.messages(tk.ID)), "survey.not_reminded")
	require.Equal(t, desk.SurveyAsked, b.survey(tk.Survey).State)
}

func without(m map[string]int, key string) map[string]int {
	m[key] = 2
	return m
}

// In the customer's quiet hours the survey waits; it isn't dropped.
func TestQuietHoursPostpone(t *testing.T) {
	b := newBench(t)
	b.s.Asking.Quiet = config.Quiet{From: "17:30", To: "09:00"} // Shanghai; the survey is due at 18:00
	tk := b.resolveAndAsk(nil)
	v := b.survey(tk.Survey)
	require.Equal(t, desk.SurveyPlanned, v.State)
	require.Equal(t, "2026-03-03T01:00:00Z", v.Due.UTC().Format(time.RFC3339))
	require.Contains(t, codes(b.messages(tk.ID)), "survey.postponed")
	b.now = v.Due
	b.fire(nil)
	require.Equal(t, desk.SurveyAsked, b.survey(tk.Survey).State)

	b = newBench(t)
	b.s.Asking.Quiet = config.Quiet{From: "17:30", To: "09:00"}
	b.receive(text("0", "hello"))
	c, err := b.Store.Customer(b.ctx, b.ticket(b.receive(text("00", "hi")).Ticket).Customer)
	require.NoError(t, err)
	c.Value.TimeZone = "Europe/London"
	var tx store.Tx
	tx.PutCustomer(c)
	require.NoError(t, b.Store.Commit(b.ctx, &tx))
	require.Equal(t, desk.SurveyAsked, b.survey(b.resolveAndAsk(nil).Survey).State, "10:00 in London")
}

// What is never asked says so on the ticket and among the facts.
func TestNotPlanned(t *testing.T) {
	b := newBench(t)
	b.s.Surveys[0].Sample = 1
	tk := b.resolveAndAsk(nil)
	require.Empty(t, tk.Survey)
	require.Contains(t, codes(b.messages(tk.ID)), "survey.skipped")
	require.Contains(t, factKinds(b.facts()), desk.FactSurveySkipped)

	gold := desk.Gold
	require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), tk.Customer, ticketing.Profile{Tier: &gold}))
	_, err := b.Reply(b.ctx, b.act(), b.receive(text("another", "hello again")).Ticket, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
	require.NoError(t, err)
	var tiers []desk.Tier
	for _, f := range b.facts() {
		if f.Kind == desk.FactSurveySkipped {
			tiers = append(tiers, f.Tier)
		}
	}
	require.ElementsMatch(t, []desk.Tier{desk.Standard, desk.Gold}, tiers)

	b = newBench(t)
	got := b.receive(text("1", "hello"))
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByDesk}, At: b.now}
	require.NoError(t, b.SetStatus(b.ctx, act, got.Ticket, desk.StatusResolved, time.Time{}))
	require.Empty(t, b.ticket(got.Ticket).Survey, "the desk itself closed it")
}

// A survey of closed tickets asks where no resolution came before.
func TestAfterClose(t *testing.T) {
	b := newBench(t)
	b.s.Surveys[0].When = desk.WhenClosed
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Done.", Then: desk.StatusClosed})
	require.NoError(t, err)
	b.pass(time.Hour + time.Second)
	b.fire(nil)
	require.Equal(t, desk.SurveyAsked, b.survey(b.ticket(got.Ticket).Survey).State)
}

// An agent asks for a survey: once for each request, and within the caps.
func TestAskSurvey(t *testing.T) {
	b := newBench(t)
	ces := config.DefaultSurvey(desk.CES)
	ces.When = desk.WhenAsked
	ces.Delay = 0
	b.s.Surveys = append(b.s.Surveys, ces)
	got := b.receive(text("1", "hello"))
	act := b.act()
	act.Key = "k1"
	id, err := b.AskSurvey(b.ctx, act, got.Ticket, "ces", desk.WhenAsked, "")
	require.NoError(t, err)
	_, err = b.AskSurvey(b.ctx, act, got.Ticket, "ces", desk.WhenAsked, "")
	require.NoError(t, err)
	b.fire(nil)
	require.Equal(t, desk.SurveyAsked, b.survey(id).State)
	require.Equal(t, 1, b.purposes(got.Ticket)["survey"])

	b.s.Asking.Cooldown = days(7)
	b.pass(time.Hour)
	second, err := b.AskSurvey(b.ctx, b.act(), got.Ticket, "ces", desk.WhenAsked, "")
	require.NoError(t, err)
	require.NotEqual(t, id, second)
	b.fire(nil)
	require.Equal(t, "survey.cooldown", b.survey(second).Why)

	_, err = b.AskSurvey(b.ctx, b.act(), got.Ticket, "nps", desk.WhenAsked, "")
	require.Equal(t, desk.Invalid, desk.KindOf(err))
}

// Two surveys of one ticket that end their wait in the same minute, with the same words to
// the ticket's journal, are two: neither holds up the other.
func TestTwoSurveysInOneMinute(t *testing.T) {
	b := newBench(t)
	b.s.Asking.Quiet = config.Quiet{From: "17:30", To: "09:00"} // Shanghai: it is 17:00 now
	for _, k := range []desk.SurveyKind{desk.CES, desk.NPS} {
		v := config.DefaultSurvey(k)
		v.When, v.Delay = desk.WhenAsked, config.Duration(time.Hour)
		b.s.Surveys = append(b.s.Surveys, v)
	}
	got := b.receive(text("1", "hello"))
	var ids []desk.SurveyID
	for _, of := range []string{"ces", "nps"} {
		id, err := b.AskSurvey(b.ctx, b.act(), got.Ticket, of, desk.WhenAsked, "")
		require.NoError(t, err)
		ids = append(ids, id)
	}
	b.pass(time.Hour)
	b.fire(nil)
	require.Equal(t, b.survey(ids[0]).Due, b.survey(ids[1]).Due)
	require.Equal(t, 2, count(codes(b.messages(got.Ticket)), "survey.postponed"))
	b.s.Asking.Spared = []string{"supplier"}
	tags := []string{"supplier"}
	require.NoError(t, b.Change(b.ctx, b.act(), got.Ticket, ticketing.Change{Tags: &tags}))
	b.now = b.survey(ids[0]).Due
	b.fire(nil)
	for _, id := range ids {
		require.Equal(t, "survey.spared", b.survey(id).Why)
	}
	require.Equal(t, 2, count(codes(b.messages(got.Ticket)), "survey.skipped"))
}

// All facts of an asking count for the tier that the customer had when it was asked,
// whatever stands on the ticket, which is resolved by then.
func TestTierOfAsking(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "hello"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
	require.NoError(t, err)
	tk := b.ticket(got.Ticket)
	promote := func(tier desk.Tier) {
		require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), tk.Customer, ticketing.Profile{Tier: &tier}))
	}
	promote(desk.Gold)
	b.pass(time.Hour + time.Second)
	b.fire(nil)
	promote(desk.VIP)
	_, err = b.Answer(b.ctx, tk.Survey, desk.Score{Value: 5, At: b.now})
	require.NoError(t, err)
	tiers := map[desk.FactKind]desk.Tier{}
	for _, f := range b.facts() {
		tiers[f.Kind] = f.Tier
	}
	require.Equal(t, desk.Gold, tiers[desk.FactSurveySent])
	require.Equal(t, desk.Gold, tiers[desk.FactAnswered])
}

// The last answer within a day counts; then it stands.
func TestSettled(t *testing.T) {
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	answer := func(n int) error {
		_, err := b.Answer(b.ctx, tk.Survey, desk.Score{Value: n, At: b.now})
		return err
	}
	require.NoError(t, answer(1))
	b.pass(23 * time.Hour)
	require.NoError(t, answer(4))
	b.pass(time.Hour)
	require.ErrorIs(t, answer(5), ticketing.ErrSurveySettled)
	require.NoError(t, answer(4), "a double submit is harmless")
	require.Equal(t, 4, b.survey(tk.Survey).Score.Value)
}

// facts are those of the day the bench stands at.
func (b *bench) facts() []desk.Fact {
	var out []desk.Fact
	day := b.now.In(b.s.Desk.Location()).Format(time.DateOnly)
	require.NoError(b.t, b.Store.Facts(b.ctx, day, func(f desk.Fact) error {
		out = append(out, f)
		return nil
	}))
	return out
}

func factKinds(fs []desk.Fact) []desk.FactKind {
	var out []desk.FactKind
	for _, f := range fs {
		out = append(out, f.Kind)
	}
	return out
}

// A relationship survey is asked at its time, of each customer once in a round, and of
// those alone whom the filter means; a repeat of any step plans nothing twice.
func TestWave(t *testing.T) {
	b := newBench(t)
	b.s.Teams = []config.Team{{ID: "support"}}
	nps := config.DefaultSurvey(desk.NPS)
	nps.When, nps.Schedule, nps.Delay = desk.WhenSchedule, "0 10 5 * *", 0
	nps.For.LastContact, nps.For.Channels = days(90), []desk.Channel{desk.WeChat}
	b.s.Surveys = []config.Survey{nps}
	resolve := func(who string, ch desk.Channel) desk.TicketID {
		in := text("m"+who, "hello")
		in.From.ID, in.From.Channel = who, ch
		got := b.receive(in)
		_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
		require.NoError(t, err)
		return got.Ticket
	}
	var meant []desk.TicketID
	for i := range 60 {
		meant = append(meant, resolve("o"+string(rune('A'+i)), desk.WeChat))
	}
	other := resolve("+1", desk.SMS)
	for range 2 {
		require.NoError(t, ticketing.ArmWaves(b.ctx, b.Store, b.s, b.now))
	}
	row, err := b.Store.Wave(b.ctx, "nps")
	require.NoError(t, err)
	require.Equal(t, "2026-03-05T02:00:00Z", row.Value.Due.Format(time.RFC3339), "10:00 in Shanghai")
	b.now = row.Value.Due
	for range 3 {
		for _, due := range b.sweep() {
			if due.Kind == store.DueWave {
				require.NoError(t, b.FireWave(b.ctx, due.Wave, due.Gen, b.now))
				require.NoError(t, b.FireWave(b.ctx, due.Wave, due.Gen, b.now))
			}
			if due.Kind == store.DueSurvey {
				require.NoError(t, b.FireSurvey(b.ctx, due.Survey, due.Gen, b.now, nil))
			}
		}
		b.pass(time.Minute)
	}
	for _, id := range meant {
		require.Equal(t, 1, b.purposes(id)["survey"])
	}
	require.Zero(t, b.purposes(other)["survey"])
	row, err = b.Store.Wave(b.ctx, "nps")
	require.NoError(t, err)
	require.Equal(t, "2026-04-05T02:00:00Z", row.Value.Due.Format(time.RFC3339), "the next round")
}
