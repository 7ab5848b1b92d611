package consolefn

import (
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

// setPresence says whether the agent takes tickets, and goes back to the page that they
// said so on.
func (v *visit) setPresence() error {
	if err := v.Desk.SetPresence(v.r.Context(), v.act(), v.agent.ID, desk.PresenceState(v.r.PostForm.Get("state"))); err != nil {
		return err
	}
	v.redirect(inside(v.r.PostForm.Get("here")))
	return nil
}
