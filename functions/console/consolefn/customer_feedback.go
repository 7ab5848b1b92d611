package consolefn

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// thoughtsShown is how many of a customer's last records of feedback their page shows.
const thoughtsShown = 10

// thoughts are what a customer thinks, of all that was merged into them, the newest first.
func (v *visit) thoughts(f frame, c desk.Customer) (out []feedbackRow, err error) {
	rows, _, err := v.Store.PersonFeedback(v.r.Context(), c, func(e store.FeedbackEntry) bool { return v.mayRead(allow.Feedback, e.Team) }, "", thoughtsShown)
	for _, r := range rows {
		out = append(out, v.feedbackRow(f, r.Value))
	}
	return out, err
}
