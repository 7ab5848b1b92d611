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

// mails opens a ticket by mail and resolves it; each mail is a ticket of its own.
func (b *bench) mails(id string) desk.TicketID {
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: id, From: desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}, Text: "mail " + id, Lang: "en",
		Mail: &desk.Mail{MessageID: id + "@x.test", Trusted: true}})
	b.pass(time.Second)
	return got.Ticket
}

func (b *bench) resolves(id desk.TicketID) {
	_, err := b.Reply(b.ctx, b.act(), id, ticketing.Reply{Text: "Done.", Then: desk.StatusResolved})
	require.NoError(b.t, err)
	b.pass(time.Second)
}

func (b *bench) answeredFacts() (n int) {
	for _, f := range b.facts() {
		if f.Kind == desk.FactAnswered {
			n++
		}
	}
	return n
}

func (b *bench) uncapped() {
	b.s.Asking.Cooldown, b.s.Asking.Most = 0, 0
	for i := range b.s.Surveys {
		b.s.Surveys[i].Cooldown = 0
	}
}

// A ticket that is merged before its survey goes is not asked about, and says why.
func TestMergedBeforeAsking(t *testing.T) {
	b := newBench(t)
	b.uncapped()
	one, two := b.mails("1"), b.mails("2")
	b.resolves(one)
	require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	b.pass(2 * time.Hour)
	b.fire(nil)
	v := b.survey(b.ticket(one).Survey)
	require.Equal(t, []any{desk.SurveySkipped, "survey.merged"}, []any{v.State, v.Why})
	require.Contains(t, codes(b.messages(one)), "survey.skipped")
	b.resolves(two)
	b.pass(2 * time.Hour)
	b.fire(nil)
	require.Equal(t, desk.SurveyAsked, b.survey(b.ticket(two).Survey).State, "nobody was asked yet")
}

// One that is merged after its survey went is not reminded of; its answer counts once, and
// the ticket it went into is not asked about again.
func TestMergedAfterAsking(t *testing.T) {
	b := newBench(t)
	b.uncapped()
	b.s.Surveys[0].RemindAfter, b.s.Surveys[0].Expires = days(1), days(30)
	one, two := b.mails("1"), b.mails("2")
	b.resolves(one)
	b.pass(2 * time.Hour)
	b.fire(nil)
	asked := b.survey(b.ticket(one).Survey)
	require.Equal(t, desk.SurveyAsked, asked.State)
	require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	b.pass(25 * time.Hour)
	b.fire(nil)
	require.Zero(t, b.purposes(one)["reminder"])
	require.Contains(t, codes(b.messages(one)), "survey.not_reminded")

	b.resolves(two)
	b.pass(2 * time.Hour)
	b.fire(nil)
	second := b.survey(b.ticket(two).Survey)
	require.Equal(t, []any{desk.SurveySkipped, "survey.merged_asked"}, []any{second.State, second.Why})
	require.Contains(t, codes(b.messages(two)), "survey.skipped")

	_, err := b.Answer(b.ctx, asked.ID, desk.Score{Value: 4, At: b.now})
	require.NoError(t, err)
	require.Equal(t, 1, b.answeredFacts())
	require.Len(t, b.found(), 1)
}

// wave plans a round of a relationship survey for two customers.
func wave(t *testing.T) (b *bench, nps [2]desk.SurveyID, who [2]desk.CustomerID) {
	b = newBench(t)
	b.s.Teams = []config.Team{{ID: "support"}}
	def := config.DefaultSurvey(desk.NPS)
	def.When, def.Schedule, def.Delay, def.For.LastContact = desk.WhenSchedule, "0 10 5 * *", 0, days(90)
	b.s.Surveys = []config.Survey{def}
	b.uncapped()
	at := "2026-03-05T02:00:00Z"
	for i, from := range []desk.Address{customer, sms("+15005550001")} {
		in := text("m"+string(rune('0'+i)), "hello")
		in.From = from
		got := b.receive(in)
		b.resolves(got.Ticket)
		id, err := b.AskSurvey(b.ctx, ticketing.Act{By: desk.Actor{Kind: desk.ByDesk}, At: b.now}, got.Ticket, "nps", desk.WhenSchedule, at)
		require.NoError(t, err)
		nps[i], who[i] = id, b.ticket(got.Ticket).Customer
	}
	return b, nps, who
}

// Two customers who turn out to be one are asked once in a round.
func TestSamePersonIsAskedOnce(t *testing.T) {
	b, nps, who := wave(t)
	require.NoError(t, b.MergeCustomers(b.ctx, b.act(), who[1], who[0], "told us so"))
	b.pass(time.Second)
	b.fire(nil)
	states := map[desk.SurveyState]int{}
	for _, id := range nps {
		v := b.survey(id)
		states[v.State]++
		if v.State == desk.SurveySkipped {
			require.Equal(t, "survey.same_person", v.Why)
			require.Contains(t, codes(b.messages(v.Ticket)), "survey.skipped")
		}
	}
	require.Equal(t, map[desk.SurveyState]int{desk.SurveyAsked: 1, desk.SurveySkipped: 1}, states)

	row, err := b.Store.Survey(b.ctx, nps[1])
	require.NoError(t, err)
	again, err := b.AskSurvey(b.ctx, ticketing.Act{By: desk.Actor{Kind: desk.ByDesk}, At: b.now}, row.Value.Ticket, "nps", desk.WhenSchedule, "2026-06-05T02:00:00Z")
	require.NoError(t, err)
	first, err := b.AskSurvey(b.ctx, ticketing.Act{By: desk.Actor{Kind: desk.ByDesk}, At: b.now}, b.survey(nps[0]).Ticket, "nps", desk.WhenSchedule, "2026-06-05T02:00:00Z")
	require.NoError(t, err)
	require.Equal(t, first, again, "from now on they have one asking in a round")
}

// Were both asked before that was known, the first answer counts and the second is kept.
func TestSamePersonCountsOnce(t *testing.T) {
	b, nps, who := wave(t)
	b.pass(time.Second)
	b.fire(nil)
	require.NoError(t, b.MergeCustomers(b.ctx, b.act(), who[1], who[0], "told us so"))
	answer := func(i, score int) {
		b.pass(time.Second)
		_, err := b.Answer(b.ctx, nps[i], desk.Score{Value: score, At: b.now})
		require.NoError(t, err)
	}
	answer(1, 9)
	answer(0, 10)
	answer(0, 8)
	require.Equal(t, 1, b.answeredFacts(), "and a change of what doesn't count counts no more")
	require.Contains(t, codes(b.messages(b.survey(nps[0]).Ticket)), "survey.counted_already")
	require.Equal(t, 8, b.survey(nps[0]).Score.Value)
	answer(1, 7)
	require.Equal(t, 2, b.answeredFacts(), "a change of what counts does")
}

// A variant asks after its own delay and on its own channel, where the customer has an
// address there; each customer always gets the same one.
func TestVariantsOfDelayAndChannel(t *testing.T) {
	b := newBench(t)
	soon, late := config.Duration(10*time.Minute), config.Duration(5*time.Hour)
	b.s.Surveys[0].Variants = []config.Variant{
		{ID: "soon", Share: 1, Delay: &soon},
		{ID: "late", Share: 1, Delay: &late, Channel: desk.Email, Question: config.Text{"en": "Was it any good?"}},
	}
	seen := map[string]int{}
	for i := range 12 {
		in := text("m"+string(rune('A'+i)), "hello")
		in.From.ID = "oCustomer" + string(rune('A'+i))
		got := b.receive(in)
		c, err := b.Store.Customer(b.ctx, b.ticket(got.Ticket).Customer)
		require.NoError(t, err)
		mail := desk.Address{Channel: desk.Email, Account: "support", ID: in.From.ID + "@x.test"}
		if i%2 == 0 {
			c.Value.Addresses = append(c.Value.Addresses, mail)
			var tx store.Tx
			tx.PutCustomer(c)
			require.NoError(t, b.Store.Commit(b.ctx, &tx))
		}
		b.resolves(got.Ticket)
		resolved := b.ticket(got.Ticket).Resolved
		v := b.survey(b.ticket(got.Ticket).Survey)
		delay := soon.D()
		if v.Variant == "late" {
			delay = late.D()
		}
		require.Equal(t, resolved.Add(delay), v.Due)
		b.now = v.Due
		b.fire(nil)
		v = b.survey(v.ID)
		require.Equal(t, desk.SurveyAsked, v.State)
		switch {
		case v.Variant == "late" && i%2 == 0:
			require.Equal(t, mail, v.To)
			seen["late by mail"]++
		case v.Variant == "late":
			require.Equal(t, desk.WeChat, v.To.Channel, "there is no mail address")
			seen["late by wechat"]++
		default:
			require.Equal(t, desk.WeChat, v.To.Channel)
			seen["soon"]++
		}
		for _, m := range b.messages(got.Ticket) {
			if m.Purpose == "survey" {
				require.Equal(t, v.To, m.From)
				require.Equal(t, v.Variant == "late", m.Text[:len("Was it")] == "Was it", m.Text)
			}
		}
		for _, f := range b.facts() {
			if f.Kind == desk.FactSurveySent {
				require.NotEmpty(t, f.Variant)
			}
		}
	}
	require.Len(t, seen, 3, "%v", seen)
}
