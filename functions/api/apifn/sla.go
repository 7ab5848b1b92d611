package apifn

import (
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
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

// listLate lists what is past a deadline, or warned of one. Of one team it pages; of all
// it merges the first of each.
func (a *api) listLate(c *call, p params, view string, q ticketQuery) error {
	list := a.Store.OverdueTickets
	if view == viewAtRisk {
		list = a.Store.AtRiskTickets
	}
	if q.team != "" {
		page, err := list(c.ctx, q.team, c.at, q.cursor, q.limit)
		return a.ticketPage(c, p, page, err, q)
	}
	if q.cursor != "" {
		return errCursor
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	if len(s.Teams) > maxLists {
		return badParameter("team", "is needed: the desk has too many teams to list all at once")
	}
	var teams []string
	for _, t := range s.Teams {
		if c.who.Team(t.ID) {
			teams = append(teams, t.ID)
		}
	}
	rows, more, err := a.Store.MergeLate(c.ctx, teams, c.at, view == viewOverdue, q.limit, func(t desk.Ticket) bool { return q.fits(t) && c.shows(t) })
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, ticketsView{viewAll(rows, viewTicket), nil, more})
}
