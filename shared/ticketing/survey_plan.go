package ticketing

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/store"
)

// newSurvey is an asking about a ticket as it stands now, due after the survey's delay.
func newSurvey(def config.Survey, id desk.SurveyID, t desk.Ticket, when desk.SurveyTrigger, at time.Time) desk.Survey {
	def = def.As(variantOf(def, t.Customer))
	return desk.Survey{
		ID: id, Variant: def.Variant, Kind: def.Kind, Of: def.ID, When: when, Ticket: t.ID, Customer: t.Customer, To: t.AnswerTo(), Lang: t.Lang,
		Team: t.Team, Assignee: t.Assignee, Round: t.Round, State: desk.SurveyPlanned,
		Planned: at, Due: at.Add(def.Delay.D()), Gen: 1,
	}
}

// planSurvey promises to ask how it went, in the transaction of what it is asked after: a
// resolution, or a close that none came before.
func (a *acting) planSurvey(when desk.SurveyTrigger) {
	t := a.t
	if t.IsTask() {
		return
	}
	def, ok := a.s.SurveyAfter(when, *t)
	if !ok {
		if when == desk.WhenResolved {
			a.said = append(a.said, said("survey.disabled"))
		}
		return
	}
	id := desk.SurveyID(desk.DeriveID("survey", string(t.ID), fmt.Sprint(t.Round)))
	if when == desk.WhenClosed {
		id = desk.SurveyID(desk.DeriveID("survey", string(t.ID), "closed", fmt.Sprint(t.Round, t.Reopened)))
	}
	why := ""
	switch {
	case a.act.By.Kind == desk.ByDesk:
		why = "survey.auto_closed"
	case !ask.Sampled(id, def.Sample):
		why = "survey.not_sampled"
	}
	if why != "" {
		a.said = append(a.said, said("survey.skipped", "why", why))
		v := newSurvey(def, id, *t, when, a.act.At)
		a.unasked = &v
		return
	}
	v := newSurvey(def, id, *t, when, a.act.At)
	t.Survey = id
	a.said = append(a.said, said("survey.planned", "at", v.Due.UTC().Format(time.RFC3339)))
	a.tx.PutSurvey(store.Row[desk.Survey]{Value: v})
}

// tellUnasked counts an asking that was not even planned, for the tier that its customer
// has: the ticket knows it only where a deadline or a rule needs it.
func (a *acting) tellUnasked(ctx context.Context) error {
	v := a.unasked
	if v == nil {
		return nil
	}
	c, err := a.desk.Store.Customer(ctx, v.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return err
	}
	v.Tier = c.Value.Tier
	f := surveyFact(a.s, desk.FactSurveySkipped, *a.t, *v, a.act.At)
	a.tx.PutFact(desk.DeriveID("fact", "skipped", string(v.ID)), f)
	return nil
}

// variantOf picks the variant of a survey that a customer is always asked in.
func variantOf(def config.Survey, c desk.CustomerID) string {
	shares := make([]int, len(def.Variants))
	for i, v := range def.Variants {
		shares[i] = v.Share
	}
	if i := ask.Variant(c, def.ID, shares); i >= 0 {
		return def.Variants[i].ID
	}
	return ""
}

// surveyFact is a fact about an asking. It counts for the team and the agent that had the
// ticket when the asking was planned, and for the tier that the customer had when it was
// asked, all through: a rate never divides what two tiers have.
func surveyFact(s *config.Settings, kind desk.FactKind, t desk.Ticket, v desk.Survey, at time.Time) desk.Fact {
	f := fact(s, kind, t, at)
	f.Survey, f.Of, f.Def, f.Variant = kindOf(v), v.Of, v.Version, v.Variant
	f.Team, f.Assignee = v.Team, v.Assignee
	f.Tier = cmp.Or(v.Tier, t.Tier, desk.Standard)
	return f
}

// AskSurvey plans an asking of a survey about a ticket because somebody wants it: an
// agent, a program, or (when is schedule) the calendar; wave then names the occasion, so
// that a repeat plans nothing more. All rules about whom to ask and when still count,
// and the ticket tells what came of it. It gives the asking's id.
func (d *Desk) AskSurvey(ctx context.Context, act Act, id desk.TicketID, survey string, when desk.SurveyTrigger, wave string) (desk.SurveyID, error) {
	if wave == "" {
		if wave = act.Key; wave == "" {
			wave = act.At.UTC().Format(time.RFC3339Nano)
		}
	}
	sid := desk.SurveyID(desk.DeriveID("survey", string(when), survey, string(id), wave))
	_, err := d.on(ctx, act, id, func(a *acting) error {
		def, ok := a.s.Survey(survey)
		switch {
		case !ok || survey == "":
			return desk.FieldError("survey", "there is no survey %q", survey)
		case def.Disabled:
			return desk.Errorf(desk.Conflict, "the survey is disabled")
		case a.t.IsTask():
			return desk.Errorf(desk.Conflict, "a task has no customer to ask")
		case a.t.Status == desk.StatusSpam:
			return desk.Errorf(desk.Conflict, "the ticket is spam: nobody is asked about it")
		}
		if when == desk.WhenSchedule { // each customer once, however many tickets they have
			who, err := d.person(ctx, a.t.Customer)
			if err != nil {
				return err
			}
			sid = roundID(survey, who, wave)
		}
		if _, err := d.Store.Survey(ctx, sid); desk.KindOf(err) != desk.NotFound || err == nil {
			return err
		}
		v := newSurvey(def, sid, *a.t, when, act.At)
		if when == desk.WhenSchedule {
			v.Wave = wave
		}
		// The survey's id tells two apart that are asked for at one time.
		a.said = append(a.said, said("survey.planned", "at", v.Due.UTC().Format(time.RFC3339), "survey", survey))
		a.tx.PutSurvey(store.Row[desk.Survey]{Value: v})
		return nil
	})
	return sid, err
}
