package ticketing

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/policy/questions"
	"github.com/deskhook/deskhook/shared/store"
)

// Window says whether a channel takes a message to an identity at a time.
type Window func(id desk.Identity, at time.Time) bool

// FireSurvey does what a survey's timer has promised: asks, waits for the end of quiet
// hours, reminds, skips with the reason on the ticket, or lets the question expire. It
// does nothing for a past generation.
func (d *Desk) FireSurvey(ctx context.Context, id desk.SurveyID, gen int, at time.Time, open Window) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Survey(ctx, id)
		if err != nil {
			return err
		}
		if v := row.Value; v.Gen != gen || v.Due.IsZero() || v.Due.After(at) {
			return nil
		}
		f := &asking{desk: d, s: s, row: row, at: at, open: open}
		f.v = &f.row.Value
		return f.fire(ctx)
	})
}

// asking is one try of asking a survey, or of reminding of it.
type asking struct {
	desk *Desk
	s    *config.Settings
	def  config.Survey
	row  store.Row[desk.Survey]
	v    *desk.Survey // &row.Value
	at   time.Time
	open Window

	ticket   store.Row[desk.Ticket]
	identity store.Row[desk.Identity]
	customer store.Row[desk.Customer]

	tx   store.Tx
	said []desk.Decision // that it is asked another way
}

func (f *asking) fire(ctx context.Context) error {
	remind := f.v.State == desk.SurveyAsked && !f.v.Remind.IsZero() && !f.v.Remind.After(f.at)
	switch {
	case f.v.State == desk.SurveyPlanned:
	case remind && f.at.Before(f.v.Expires):
	case f.at.Before(f.v.Expires):
		f.arm(f.v.Expires)
		return f.commit(ctx)
	default:
		f.v.State = desk.SurveyExpired
		f.arm(time.Time{})
		return f.commit(ctx)
	}
	if err := f.read(ctx); err != nil {
		return err
	}
	decide := ask.Decide
	if remind {
		decide = ask.Remind
	}
	v, err := f.decide(ctx, decide)
	if err == nil && v.Why == "" {
		v.Why, err = f.twice(ctx)
	}
	switch {
	case err != nil:
		return err
	case v.Why != "" && remind:
		return f.letBe(ctx, v.Why)
	case v.Why != "":
		return f.skip(ctx, v.Why)
	case !v.Until.IsZero():
		return f.postpone(ctx, v.Until, remind)
	}
	return f.send(ctx, remind)
}

// arm sets when the survey's timer fires next; zero is never.
func (f *asking) arm(at time.Time) { f.v.Due, f.v.Gen = at, f.v.Gen+1 }

func (f *asking) commit(ctx context.Context) error {
	f.tx.PutSurvey(f.row)
	return f.desk.Store.Commit(ctx, &f.tx)
}

func (f *asking) read(ctx context.Context) (err error) {
	f.def, _ = f.s.Survey(f.v.Of)
	f.def = f.def.As(f.v.Variant)
	if f.ticket, err = f.desk.Store.Ticket(ctx, f.v.Ticket); err != nil {
		return err
	}
	if f.identity, err = f.desk.Store.Identity(ctx, f.v.To); err != nil {
		return err
	}
	f.customer, err = f.desk.Store.Customer(ctx, f.v.Customer)
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	if err != nil || f.v.State != desk.SurveyPlanned {
		return err
	}
	return f.onItsChannel(ctx)
}

// onItsChannel asks on the variant's channel where the customer has an address there.
func (f *asking) onItsChannel(ctx context.Context) (err error) {
	if f.def.Channel == "" || f.v.To.Channel == f.def.Channel {
		return nil
	}
	for _, a := range f.customer.Value.Addresses {
		if a.Channel == f.def.Channel {
			f.v.To = a
			f.identity, err = f.desk.Store.Identity(ctx, a)
			return err
		}
	}
	return nil
}

// decide asks the policy first as if the window were open: the other address is only
// looked for where nothing else stands against asking.
func (f *asking) decide(ctx context.Context, policy func(ask.Question) ask.Verdict) (ask.Verdict, error) {
	q := ask.Question{
		Survey: *f.v, Ticket: f.ticket.Value, Identity: f.identity.Value, Customer: f.customer.Value,
		WindowOpen: true, Zone: zone(f.s, f.customer.Value), Rules: rules(f.s, f.def), At: f.at,
	}
	v := policy(q)
	if !v.Go() || f.open == nil || f.open(f.identity.Value, f.at) {
		return v, nil
	}
	found, err := f.elsewhere(ctx)
	if err != nil {
		return ask.Verdict{}, err
	}
	q.Survey, q.Identity, q.WindowOpen = *f.v, f.identity.Value, found
	return policy(q), nil
}

func rules(s *config.Settings, def config.Survey) ask.Rules {
	from, to := s.Asking.Quiet.Minutes()
	return ask.Rules{
		Enabled: def.ID != "" && !def.Disabled, Cooldown: def.Cooldown.D(),
		Apart: s.Asking.Cooldown.D(), Most: s.Asking.Most, Within: s.Asking.Within.D(),
		Quiet: ask.Quiet{From: from, To: to}, Spared: s.Asking.Spared, Tiers: def.For.Tiers,
	}
}

// zone is the customer's time zone where it is known, else the desk's.
func zone(s *config.Settings, c desk.Customer) *time.Location {
	if loc, err := time.LoadLocation(c.TimeZone); err == nil && c.TimeZone != "" {
		return loc
	}
	return s.Desk.Location()
}

// elsewhere asks by mail or SMS where the ticket's channel takes no message now. There the
// link alone answers: a digit would count on the channel that the question never reached.
func (f *asking) elsewhere(ctx context.Context) (bool, error) {
	to, err := Elsewhere(ctx, f.desk.Store, f.s, f.ticket.Value, desk.Message{From: f.v.To, Purpose: "survey"})
	if err != nil || to.ID == "" {
		return false, err
	}
	f.said = append(f.said, fallback.Decision(f.v.To, to))
	f.v.To = to
	f.identity, err = f.desk.Store.Identity(ctx, to)
	return true, err
}

func (f *asking) postpone(ctx context.Context, until time.Time, remind bool) error {
	if remind {
		f.v.Remind = until
	}
	f.arm(until)
	f.journal(said("survey.postponed", "at", until.UTC().Format(time.RFC3339)))
	return f.commit(ctx)
}

// letBe gives the reminder up; the question stands until it expires.
func (f *asking) letBe(ctx context.Context, why string) error {
	f.v.Remind = time.Time{}
	f.arm(f.v.Expires)
	f.journal(said("survey.not_reminded", "why", why))
	return f.commit(ctx)
}

func (f *asking) skip(ctx context.Context, why string) error {
	f.v.State, f.v.Why, f.v.Tier = desk.SurveySkipped, why, f.customer.Value.Tier
	f.arm(time.Time{})
	f.journal(said("survey.skipped", "why", why))
	f.tx.PutFact(desk.DeriveID("fact", "skipped", string(f.v.ID)), f.fact(desk.FactSurveySkipped))
	return f.commit(ctx)
}

// journal tells it on the ticket, which may have two askings at one time: both often wait
// for the end of the same quiet hours.
func (f *asking) journal(d desk.Decision) {
	j := journal(f.v.Ticket, desk.Actor{Kind: desk.ByDesk}, f.at, f.s.Version, d)
	j.ID = desk.NewMessageID(f.at, d.Code, string(f.v.ID))
	f.tx.PutMessage(store.Row[desk.Message]{Value: j})
}

func (f *asking) fact(kind desk.FactKind) desk.Fact {
	return surveyFact(f.s, kind, f.ticket.Value, *f.v, f.at)
}

// send asks, or reminds: the question and what follows from it in one transaction.
func (f *asking) send(ctx context.Context, remind bool) error {
	if remind {
		f.v.State, f.v.Remind = desk.SurveyReminded, time.Time{}
		f.arm(f.v.Expires)
	} else if err := f.begin(ctx); err != nil {
		return err
	}
	m, err := f.message(ctx, remind)
	if err != nil {
		return err
	}
	enqueue(&f.tx, &f.ticket.Value, m)
	f.tx.PutTicket(f.ticket)
	if oneTicketEach(f.v.To.Channel) && len(f.said) == 0 {
		f.identity.Value.Pending = &desk.Question{Survey: f.v.ID, Expires: f.v.Expires}
		f.tx.PutIdentity(f.identity)
	}
	if f.customer.Exists() {
		ask.Note(&f.customer.Value, f.v.Of, f.at, remind)
		f.tx.PutCustomer(f.customer)
	}
	return f.commit(ctx)
}

// begin fixes what is asked, and until when.
func (f *asking) begin(ctx context.Context) error {
	v := f.v
	form := f.def.Questionnaire()
	v.Version = questions.Version(form)
	kept, err := f.desk.Store.Questions(ctx, form.Survey, v.Version)
	if err != nil {
		return err
	}
	if !kept.Exists() {
		f.tx.PutQuestions(v.Version, store.Row[desk.Questionnaire]{Value: form})
	}
	v.State, v.Asked, v.Expires = desk.SurveyAsked, f.at, f.at.Add(f.def.Expires.D())
	v.Tier = f.customer.Value.Tier
	f.arm(v.Expires)
	if after := f.def.RemindAfter.D(); after > 0 {
		v.Remind = f.at.Add(after)
		v.Due = v.Remind
	}
	f.tx.PutFact(desk.DeriveID("fact", "asked", string(v.ID)), f.fact(desk.FactSurveySent))
	return nil
}

// message is the question in words, with the page's address on its last line.
func (f *asking) message(ctx context.Context, remind bool) (desk.Message, error) {
	v := f.v
	form, err := f.desk.Questionnaire(ctx, *v)
	if err != nil {
		return desk.Message{}, err
	}
	text := strings.TrimSpace(config.Text(form.Question).In(v.Lang))
	purpose, what := "survey", "survey.asked"
	if remind {
		purpose, what = "reminder", "survey.reminded"
		text = remindWords.In(v.Lang) + text
	}
	m := desk.Message{
		ID: desk.NewMessageID(f.at, purpose, string(v.ID)), By: desk.Actor{Kind: desk.ByDesk}, At: f.at,
		From: v.To, Subject: f.ticket.Value.Subject, Text: text + howTo(form, v.To.Channel, v.Lang) + "\n" + links.Survey(f.s.Desk.PublicURL, f.desk.Key, v.ID, v.Expires),
		Purpose: purpose, Survey: v.ID, Lang: v.Lang, V: f.s.Version, Menu: menu(form, v.To.Channel, v.Lang),
		Decisions: append([]desk.Decision{said(what)}, f.said...),
	}
	return m, nil
}

var remindWords = config.Text{"zh-CN": "打扰了，想再请您花半分钟评价一下：\n", "en": "Just a quick reminder. It only takes half a minute:\n"}

// howTo says that a number will do, where there is nothing to tap.
func howTo(form desk.Questionnaire, ch desk.Channel, lang string) string {
	if ch != desk.SMS && ch != desk.WeChat || len(menu(form, ch, lang)) > 0 {
		return ""
	}
	least, most := form.Kind.Bounds()
	return "\n" + fmt.Sprintf(byNumber.In(lang), least, most, most)
}

var byNumber = config.Text{"zh-CN": "直接回复数字 %d-%d（%d 为最好），或打开：", "en": "Reply with a number from %d to %d (%d is best), or open:"}

// menuMost is how many scores are offered to tap in a chat; a longer row is written.
const menuMost = 7

// menu offers the scores to tap: in a mail as a row, in WeChat from the best down.
func menu(form desk.Questionnaire, ch desk.Channel, lang string) []desk.MenuChoice {
	least, most := form.Kind.Bounds()
	var out []desk.MenuChoice
	switch {
	case ch == desk.Email:
		for n := least; n <= most; n++ {
			out = append(out, desk.MenuChoice{ID: strconv.Itoa(n), Text: strconv.Itoa(n)})
		}
	case ch == desk.WeChat && most-least < menuMost:
		for n := most; n >= least; n-- {
			out = append(out, desk.MenuChoice{ID: strconv.Itoa(n), Text: strings.TrimSpace(strconv.Itoa(n) + " " + End(form, n, lang))})
		}
	}
	return out
}

// End is what a score at the end of the scale means, in words; "" for those between.
func End(form desk.Questionnaire, n int, lang string) string {
	least, most := form.Kind.Bounds()
	switch n {
	case least:
		return config.Text(form.Low).In(lang)
	case most:
		return config.Text(form.High).In(lang)
	}
	return ""
}

// Questionnaire is what a survey asked when it was asked, whatever the settings say now.
func (d *Desk) Questionnaire(ctx context.Context, v desk.Survey) (desk.Questionnaire, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return desk.Questionnaire{}, err
	}
	def, ok := s.Survey(v.Of)
	now := def.As(v.Variant).Questionnaire()
	if ok && (v.Version == "" || questions.Version(now) == v.Version) {
		return now, nil
	}
	kept, err := d.Store.Questions(ctx, v.Of, v.Version)
	if err == nil && !kept.Exists() { // asked before questions were kept
		return config.DefaultSurvey(kindOf(v)).Questionnaire(), nil
	}
	return kept.Value, err
}

func kindOf(v desk.Survey) desk.SurveyKind {
	if v.Kind == "" {
		return desk.CSAT
	}
	return v.Kind
}
