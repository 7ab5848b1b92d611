package apifn

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (a *api) addFollower(c *call) error    { return a.follow(c, true) }
func (a *api) removeFollower(c *call) error { return a.follow(c, false) }

func (a *api) follow(c *call, on bool) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error {
		return a.Desk.Follow(c.ctx, act, id, c.r.PathValue("agent"), on)
	})
}
