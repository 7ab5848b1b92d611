package apifn

import (
	"net/http"
	"slices"
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
	rows, more, err := a.lateOfAll(c, q, func(team string) (store.TicketPage, error) {
		return list(c.ctx, team, c.at, "", q.limit)
	})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, ticketsView{viewAll(rows, viewTicket), nil, more})
}

func (a *api) lateOfAll(c *call, q ticketQuery, list func(team string) (store.TicketPage, error)) (rows []store.Row[desk.Ticket], more bool, err error) {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return nil, false, err
	}
	if len(s.Teams) > maxLists {
		return nil, false, badParameter("team", "is needed: the desk has too many teams to list all at once")
	}
	for _, t := range s.Teams {
		if !c.who.Team(t.ID) {
			continue
		}
		page, err := list(t.ID)
		if err != nil {
			return nil, false, err
		}
		part, err := a.Store.Tickets(c.ctx, page.IDs...)
		if err != nil {
			return nil, false, err
		}
		rows, more = append(rows, part...), more || page.Cursor != ""
	}
	rows = slices.DeleteFunc(rows, func(r store.Row[desk.Ticket]) bool {
		return r.Value.Clocks == nil || !q.fits(r.Value) || !c.shows(r.Value)
	})
	slices.SortStableFunc(rows, func(x, y store.Row[desk.Ticket]) int {
		return x.Value.Clocks.Listed.Compare(y.Value.Clocks.Listed)
	})
	if len(rows) > q.limit {
		rows, more = rows[:q.limit], true
	}
	return rows, more, nil
}
