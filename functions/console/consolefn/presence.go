package consolefn

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
)

// presence is the agent's own switch in the header: one read unit for each whole page,
// none where the page's script only looks for news.
func (v *visit) presence() ([]choice, error) {
	rows, err := v.Store.Presences(v.r.Context(), v.agent.ID)
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, s := range desk.PresenceStates {
		out = append(out, choice{ID: string(s), Name: journal.Presence(s, v.lang), Chosen: s == rows[0].Value.State})
	}
	return out, nil
}

// setPresence says whether the agent takes tickets, or one whom a lead names, and goes back
// to the page that they said so on.
func (v *visit) setPresence() error {
	agent := v.r.PostForm.Get("agent")
	if agent == "" {
		agent = v.agent.ID
	}
	if agent != v.agent.ID && !v.setsPresenceOf(agent) {
		return desk.Errorf(desk.Forbidden, "this is for leads and admins")
	}
	if err := v.Desk.SetPresence(v.r.Context(), v.act(), agent, desk.PresenceState(v.r.PostForm.Get("state"))); err != nil {
		return err
	}
	v.redirect(inside(v.r.PostForm.Get("here")))
	return nil
}

// setsPresenceOf says whether the agent may say so for another: a lead of whom they share
// a team with, or who sees every team.
func (v *visit) setsPresenceOf(agent string) bool {
	a, ok := v.s.Agent(agent)
	return ok && v.leads() && (v.by.Everywhere() || slices.ContainsFunc(a.Teams, v.by.Team))
}
