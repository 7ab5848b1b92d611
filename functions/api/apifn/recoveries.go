package apifn

import (
	"fmt"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type recoveryView struct {
	ID          string     `json:"id"`
	Ticket      string     `json:"ticket"`
	CustomerID  string     `json:"customer_id"`
	Team        string     `json:"team"`
	OwnerID     *string    `json:"owner_id"`
	State       string     `json:"state"`
	Survey      string     `json:"survey"`
	Kind        string     `json:"kind"`
	Score       int        `json:"score"`
	Overdue     bool       `json:"overdue"`
	OpenedAt    time.Time  `json:"opened_at"`
	DeadlineAt  time.Time  `json:"deadline_at"`
	EscalatedAt *time.Time `json:"escalated_at"`
	ContactedAt *time.Time `json:"contacted_at"`
	DoneAt      *time.Time `json:"done_at"`
	AskedAgain  *string    `json:"asked_again"`
	FeedbackID  *string    `json:"feedback_id"`
	ScoreAfter  *int       `json:"score_after"`
	RecoveredAt *time.Time `json:"recovered_at"`
}

func (c *call) viewRecovery(r desk.Recovery) recoveryView {
	return recoveryView{
		ID: string(r.Survey), Ticket: r.Ticket.Number(), CustomerID: string(r.Customer), Team: r.Team, OwnerID: orNull(r.Owner),
		State: string(r.State), Survey: r.Of, Kind: string(r.Kind), Score: r.Score,
		Overdue:  r.State == desk.RecoveryDue && !c.at.Before(r.Deadline),
		OpenedAt: r.Opened, DeadlineAt: r.Deadline, EscalatedAt: moment(r.Overdue), ContactedAt: moment(r.Contact),
		DoneAt: moment(r.Done), AskedAgain: orNull(string(r.Again)), FeedbackID: orNull(string(r.Feedback)),
		ScoreAfter: r.AgainScore, RecoveredAt: moment(r.Recovered),
	}
}

func (a *api) listRecoveries(c *call) error {
	q, err := c.list("team", "state")
	if err != nil {
		return err
	}
	state, err := q.oneOf("state", "due", "contacted", "done", "asked_again", "dropped")
	if err != nil {
		return err
	}
	if state == "" {
		state = string(desk.RecoveryDue)
	}
	teams, err := a.feedbackOf(c, q.get("team"))
	if err != nil {
		return err
	}
	rows, next, err := a.Store.Recoveries(c.ctx, teams, desk.RecoveryState(state), q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, func(r store.Row[desk.Recovery]) recoveryView { return c.viewRecovery(r.Value) })
}

// listRecovered lists the customers of a month who, asked again after the follow-up, were
// better content, newest first.
func (a *api) listRecovered(c *call) error {
	q, err := c.monthly("team")
	if err != nil {
		return err
	}
	teams, err := a.feedbackOf(c, q.get("team"))
	if err != nil {
		return err
	}
	rows, next, err := a.Store.Recovered(c.ctx, teams, q.period, q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, func(r store.Row[desk.Recovery]) recoveryView { return c.viewRecovery(r.Value) })
}

// feedbackOf are the teams whose follow-ups are asked for: one, or all of the caller's.
func (a *api) feedbackOf(c *call, team string) ([]string, error) {
	if team == "" {
		return a.teams(c)
	}
	return []string{team}, c.may(allow.Object{Kind: allow.Feedback, Team: team})
}

func (a *api) getRecovery(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.recovery(c)
	if err != nil {
		return err
	}
	return c.recovery(row)
}

// recovery answers with one. What is overdue by now has another tag, though its row is
// the same.
func (c *call) recovery(row store.Row[desk.Recovery]) error {
	v := c.viewRecovery(row.Value)
	c.w.Header().Set("ETag", recoveryTag(v.Overdue)(row.Version))
	return c.json(http.StatusOK, v)
}

func recoveryTag(overdue bool) func(int64) string {
	return func(version int64) string {
		if overdue {
			return fmt.Sprintf(`"%d-overdue"`, version)
		}
		return etag(version)
	}
}

// recovery is the one in the address, for whom its ticket is to see.
func (a *api) recovery(c *call) (store.Row[desk.Recovery], error) {
	row, err := a.Desk.Recovery(c.ctx, desk.SurveyID(c.r.PathValue("id")))
	if err == nil {
		_, err = a.ticketOf(c, row.Value.Ticket)
	}
	return row, err
}

// recoveryPatch is the body of PATCH /v1/recoveries/{id}.
type recoveryPatch struct {
	State   *desk.RecoveryState `json:"state"`
	OwnerID *string             `json:"owner_id"`
	Note    string              `json:"note"`
}

func (a *api) patchRecovery(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var in recoveryPatch
	if err := c.body(&in); err != nil {
		return err
	}
	row, err := a.recovery(c)
	if err != nil {
		return err
	}
	d, err := a.matching(c, store.RecoveryKey(row.Value), row.Version, recoveryTag(c.viewRecovery(row.Value).Overdue))
	if err != nil {
		return err
	}
	id := row.Value.Survey
	if _, err := d.ChangeRecovery(c.ctx, act, id, ticketing.RecoveryChange{State: in.State, Owner: in.OwnerID, Note: in.Note}); err != nil {
		return err
	}
	if row, err = a.Desk.Recovery(c.ctx, id); err != nil {
		return err
	}
	return c.recovery(row)
}
