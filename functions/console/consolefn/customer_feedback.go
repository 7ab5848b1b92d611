package consolefn

import (
	"cmp"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// thoughtsShown is how many of a customer's last records of feedback their page shows.
const thoughtsShown = 10

// thoughts are what a customer thinks, of all that was merged into them, the newest first.
func (v *visit) thoughts(f frame, c desk.Customer) ([]feedbackRow, error) {
	var rows []store.Row[desk.Feedback]
	for _, id := range append([]desk.CustomerID{c.ID}, c.Aliases()...) {
		of, _, err := v.Store.FeedbackOf(v.r.Context(), id, "", thoughtsShown)
		if err != nil {
			return nil, err
		}
		rows = append(rows, of...)
	}
	slices.SortFunc(rows, func(a, b store.Row[desk.Feedback]) int {
		return cmp.Or(b.Value.At.Compare(a.Value.At), cmp.Compare(a.Value.ID, b.Value.ID))
	})
	var out []feedbackRow
	for _, r := range rows {
		if len(out) < thoughtsShown && v.mayRead(allow.Feedback, r.Value.Team) {
			out = append(out, v.feedbackRow(f, r.Value))
		}
	}
	return out, nil
}
