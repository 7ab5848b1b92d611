package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Values of view.
const (
	viewOverdue = "overdue"
	viewAtRisk  = "at_risk"
)

type slaView struct {
	Policy        string         `json:"policy"`
	FirstResponse *slaTargetView `json:"first_response"`
	NextResponse  *slaTargetView `json:"next_response"`
	Resolution    *slaTargetView `json:"resolution"`
}

type slaTargetView struct {
	Stage    string     `json:"stage"` // as Zendesk's metrics: active, paused, achieved
	DueAt    *time.Time `json:"due_at"`
	MetAt    *time.Time `json:"met_at"`
	Breached bool       `json:"breached"`
	Target   int64      `json:"target_s"`
}

func viewSLA(c *desk.Clocks) *slaView {
	if c == nil || c.Policy == "" {
		return nil
	}
	return &slaView{c.Policy, viewClock(c.First), viewClock(c.Next), viewClock(c.Resolution)}
}

func viewClock(k *desk.Clock) *slaTargetView {
	if k == nil {
		return nil
	}
	stage := "paused"
	switch {
	case !k.Met.IsZero():
		stage = "achieved"
	case k.Running():
		stage = "active"
	}
	return &slaTargetView{stage, moment(k.Due), moment(k.Met), k.Breached, int64(k.Target / time.Second)}
}

// listLate lists what is past a deadline, or warned of one, the soonest deadline first.
func (a *api) listLate(c *call, p params, view string, q ticketQuery) error {
	teams, err := []string{q.team}, error(nil)
	if q.team == "" {
		teams, err = a.teams(c)
	}
	if err != nil {
		return err
	}
	q.newestFirst = false
	return a.answerMerged(c, p, q, store.LateLists(teams, c.at, view == viewOverdue))
}
