package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/config"
)

// slaPolicyView is a policy of the settings; targets are seconds of its calendar, null
// where it promises none.
type slaPolicyView struct {
	ID         string        `json:"id"`
	Tiers      []string      `json:"tiers"`
	Priorities []string      `json:"priorities"`
	Channels   []string      `json:"channels"`
	Teams      []string      `json:"teams"`
	Calendar   *string       `json:"calendar"` // null: around the clock
	First      *int64        `json:"first_response_s"`
	Next       *int64        `json:"next_response_s"`
	Resolution *int64        `json:"resolution_s"`
	WarnBefore *int64        `json:"warn_before_s"`
	Pauses     bool          `json:"pause_on_hold"`
	OnBreach   slaBreachView `json:"on_breach"`
}

type slaBreachView struct {
	Priority *string `json:"priority"`
	Assignee *string `json:"assignee_id"` // "nobody" takes the ticket from its agent
	Tag      *string `json:"tag"`
}

func seconds(d config.Duration) *int64 {
	if d == 0 {
		return nil
	}
	n := int64(d.D() / time.Second)
	return &n
}

// listSLAPolicies lists what is promised to whom, in the order in which the first that
// fits a ticket is taken.
func (a *api) listSLAPolicies(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	items := viewAll(s.SLA, func(p config.SLA) slaPolicyView {
		return slaPolicyView{
			ID: p.ID, Tiers: orEmpty(p.When.Tiers), Priorities: orEmpty(p.When.Priorities), Channels: orEmpty(p.When.Channels), Teams: orEmpty(p.When.Teams),
			Calendar: orNull(p.Calendar), First: seconds(p.FirstResponse), Next: seconds(p.NextResponse), Resolution: seconds(p.Resolution),
			WarnBefore: seconds(p.WarnBefore), Pauses: p.PauseOnHold,
			OnBreach: slaBreachView{orNull(p.OnBreach.Priority), orNull(p.OnBreach.Assign), orNull(p.OnBreach.Tag)},
		}
	})
	return answerAll(c, items)
}
