package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/flood"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// limited holds what one sender submits beyond the form's cap to be spam.
func (r *receiving) limited() {
	f, ok := r.s.Form(r.in.Form)
	if !ok || r.in.Spam != "" || f.LimitPerHour < 1 {
		return
	}
	var over bool
	id := &r.identity.Value
	if id.Forms, over = flood.Count(id.Forms, r.at, f.LimitPerHour); over {
		r.in.Spam = "limit_per_hour"
	}
}

// followed finds the ticket in which a form's conversation goes on. There is none where
// the submission was put aside: the queue's order says that it came first.
func (r *receiving) followed(ctx context.Context) ([]candidate, error) {
	var err error
	r.submission, err = r.desk.Store.Submission(ctx, r.in.From, r.in.Follows)
	if err != nil || !r.submission.Exists() {
		return nil, err
	}
	return r.load(ctx, []pointer{{thread.ByStatusLink, r.submission.Value.Current()}})
}

// carryOn makes a new ticket that follows a closed one the place where the customer's
// status page goes on, with all that the form told.
func (r *receiving) carryOn(t *desk.Ticket, cs []candidate) {
	for _, c := range cs {
		old := c.row.Value
		if c.how != thread.ByStatusLink || old.ID != t.Before {
			continue
		}
		t.Subject, t.Type, t.Team, t.Name = old.Subject, old.Type, old.Team, old.Name
		t.To, t.Contact, t.Submission = old.To, old.Contact, old.Submission
		row := r.submission
		row.Value.Now = t.ID
		r.tx.PutSubmission(r.in.From, r.in.Follows, store.Row[store.Seen]{Value: row.Value, Version: row.Version})
	}
}
