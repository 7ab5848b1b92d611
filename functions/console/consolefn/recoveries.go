package consolefn

import (
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/recover"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type recoveriesPage struct {
	frame
	States []choice
	Teams  []choice
	Rows   []recoveryRow
	More   string
}

// recoveryRow is one follow-up, and what may be done with it.
type recoveryRow struct {
	desk.Recovery
	P      frame
	URL    string // of its ticket
	Post   string
	Back   string
	Number string
	Name   string // of its state
	Who    string // owns it
	Late   bool
	Most   int
	Steps  []choice
	Agents []choice
}

func (v *visit) recoveryRow(r desk.Recovery, back string) recoveryRow {
	row := recoveryRow{
		Recovery: r, P: v.frame("", "", ""), Number: r.Ticket.Number(), URL: "/console/tickets/" + r.Ticket.Number(), Back: back,
		Post: "/console/recoveries/" + url.PathEscape(string(r.Survey)), Name: journal.Recovery(r.State, v.lang),
		Late: r.State == desk.RecoveryDue && !v.now.Before(r.Deadline), Who: v.agentName(r.Owner),
	}
	_, row.Most = r.Kind.Bounds()
	for _, to := range recover.Steps(r) {
		row.Steps = append(row.Steps, choice{ID: string(to), Name: journal.Recovery(to, v.lang)})
	}
	row.Agents = []choice{{Name: row.P.L("无人", "Nobody"), Chosen: r.Owner == ""}}
	for _, a := range v.s.Agents {
		row.Agents = append(row.Agents, choice{ID: a.ID, Name: a.Name, Chosen: a.ID == r.Owner})
	}
	return row
}

func (v *visit) recoveriesOf(t desk.Ticket) ([]recoveryRow, error) {
	rows, err := v.Store.RecoveriesOf(v.r.Context(), t.ID)
	var out []recoveryRow
	for _, r := range rows {
		out = append(out, v.recoveryRow(r.Value, "ticket"))
	}
	return out, err
}

// recoveries lists the follow-ups of bad scores in one state: of one team page by page,
// of all the first of each.
func (v *visit) recoveries() error {
	const shown = 50
	q := v.r.URL.Query()
	page := recoveriesPage{frame: v.frame("recoveries", "差评回访", "Follow-ups", "state", "team")}
	state, team := desk.RecoveryState(q.Get("state")), q.Get("team")
	if !slices.Contains(desk.RecoveryStates, state) {
		state = desk.RecoveryDue
	}
	link := func(s desk.RecoveryState, team string) string {
		return "?" + url.Values{"state": {string(s)}, "team": {team}}.Encode()
	}
	for _, s := range desk.RecoveryStates {
		page.States = append(page.States, choice{Name: journal.Recovery(s, v.lang), Chosen: s == state, URL: link(s, team)})
	}
	page.Teams = append(page.Teams, choice{Name: page.L("全部小组", "All teams"), Chosen: team == "", URL: link(state, "")})
	teams := []string{team}
	for _, t := range v.teams() {
		page.Teams = append(page.Teams, choice{Name: v.teamName(t), Chosen: t == team, URL: link(state, t)})
	}
	if team == "" {
		teams = v.teams()
	} else if !v.mayRead(allow.Feedback, team) {
		return errNotYours
	}
	var rows []store.Row[desk.Recovery]
	for _, t := range teams {
		part, cursor, err := v.Store.Recoveries(v.r.Context(), t, state, q.Get("cursor"), shown)
		if err != nil {
			return err
		}
		rows = append(rows, part...)
		if cursor != "" && team != "" {
			page.More = link(state, team) + "&cursor=" + url.QueryEscape(cursor)
		}
	}
	slices.SortStableFunc(rows, func(a, b store.Row[desk.Recovery]) int { return a.Value.Deadline.Compare(b.Value.Deadline) })
	for _, r := range rows {
		page.Rows = append(page.Rows, v.recoveryRow(r.Value, link(state, team)))
	}
	return v.write("recoveries", page)
}

// changeRecovery moves a follow-up on, and goes back to the page that it was posted from.
func (v *visit) changeRecovery() error {
	f := v.r.PostForm
	c := ticketing.RecoveryChange{Note: strings.TrimSpace(v.text())}
	if s := desk.RecoveryState(f.Get("state")); s != "" {
		c.State = &s
	}
	if owner, ok := f["owner"]; ok {
		c.Owner = &owner[0]
	}
	row, err := v.Desk.Recovery(v.r.Context(), desk.SurveyID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	if _, err := v.readTicket(row.Value.Ticket); err != nil {
		return err
	}
	r, err := v.Desk.ChangeRecovery(v.r.Context(), v.act(), row.Value.Survey, c)
	if err != nil {
		return err
	}
	if back := f.Get("back"); strings.HasPrefix(back, "?") {
		v.redirect("/console/recoveries" + back)
		return nil
	}
	v.redirect("/console/tickets/" + r.Ticket.Number())
	return nil
}
