package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
)

// Nobody is asked twice about the same, and nobody counts twice, because tickets or
// customers were merged meanwhile:
//
//   - A ticket that was merged into another is not asked about any more, nor reminded of
//     (ask.Decide: survey.merged). What was asked before can be answered, and counts for it.
//   - The ticket it was merged into is not asked about while that question is open or
//     answered: survey.merged_asked.
//   - Of customers who turned out to be one person, one is asked in a round of a scheduled
//     survey: survey.same_person. Were both asked before that was known, the first answer
//     counts; a second is kept and counts in no figure: survey.counted_already.

// roundID is the one asking of a person in a round of a scheduled survey.
func roundID(survey string, c desk.CustomerID, wave string) desk.SurveyID {
	return desk.SurveyID(desk.DeriveID("survey", string(desk.WhenSchedule), survey, string(c), wave))
}

// person is the customer that one is now, after all merges.
func (d *Desk) person(ctx context.Context, id desk.CustomerID) (desk.CustomerID, error) {
	c, err := d.Store.Customer(ctx, id)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return id, nil
	}
	return c.Value.ID, err
}

// others are the askings of the same round to customers that are the same person now: a
// read for each one taken in, and none where nobody was.
func (d *Desk) others(ctx context.Context, v desk.Survey, c desk.Customer) ([]desk.Survey, error) {
	if v.When != desk.WhenSchedule || v.Wave == "" || len(c.Merges) == 0 {
		return nil, nil
	}
	var out []desk.Survey
	for _, id := range append([]desk.CustomerID{c.ID}, c.Aliases()...) {
		sid := roundID(v.Of, id, v.Wave)
		if sid == v.ID {
			continue
		}
		row, err := d.Store.Survey(ctx, sid)
		if desk.KindOf(err) == desk.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, row.Value)
	}
	return out, nil
}

// counted says whether another asking of the same round to the same person is answered.
func (d *Desk) counted(ctx context.Context, v desk.Survey, c desk.Customer) (bool, error) {
	list, err := d.others(ctx, v, c)
	for _, o := range list {
		if o.Score != nil && !o.Uncounted {
			return true, err
		}
	}
	return false, err
}

// twice gives the reason why the person was asked about the same already; "" = they
// weren't.
func (f *asking) twice(ctx context.Context) (why string, err error) {
	others, err := f.desk.others(ctx, *f.v, f.customer.Value)
	if err != nil {
		return "", err
	}
	planned := f.v.State == desk.SurveyPlanned
	for _, o := range others {
		if o.Score != nil || planned && !o.Asked.IsZero() {
			return "survey.same_person", nil
		}
	}
	if when := f.v.When; !planned || when == desk.WhenSchedule || when == desk.WhenAsked {
		return "", nil
	}
	return f.mergedAsked(ctx)
}

// mergedAsked looks at what was merged into the ticket: two reads for each, at most
// mergedKept, and none where nothing was.
func (f *asking) mergedAsked(ctx context.Context) (string, error) {
	rows, err := f.desk.Store.Tickets(ctx, f.ticket.Value.Merged...)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		t := row.Value
		if t.Survey == "" || t.Into != f.v.Ticket || !f.same(t.Customer) {
			continue
		}
		v, err := f.desk.Store.Survey(ctx, t.Survey)
		if err = ignoreNotFound(err); err != nil {
			return "", err
		}
		if o := v.Value; !o.Asked.IsZero() && (o.Score != nil || f.at.Before(o.Expires)) {
			return "survey.merged_asked", nil
		}
	}
	return "", nil
}

// same says whether a customer is the one that is asked.
func (f *asking) same(c desk.CustomerID) bool {
	if c == f.v.Customer || c == f.customer.Value.ID {
		return true
	}
	for _, id := range f.customer.Value.Aliases() {
		if c == id {
			return true
		}
	}
	return false
}
