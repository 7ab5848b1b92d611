package consolefn

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

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

	Month         string // of those won back
	Before, After choice // the months beside it
}

// recoveryRow is one recovery, and what may be done with it.
type recoveryRow struct {
	desk.Recovery
	P      frame
	URL    string // of its ticket
	Post   string
	Back   string
	Number string
	Name   string // of its state
	Who    string // owns it
	Person choice // whose score it was
	Late   bool
	Most   int
	Was    string // what was bad: the score, or that it is a complaint
	Now    string // the score of the asking afterwards
	Steps  []choice
	Agents []choice
}

func (v *visit) recoveryRow(r desk.Recovery, back string) recoveryRow {
	row := recoveryRow{
		Recovery: r, P: v.words(), Number: r.Ticket.Number(), URL: "/console/tickets/" + r.Ticket.Number(), Back: back,
		Post: "/console/recoveries/" + url.PathEscape(string(r.Survey)), Name: journal.Recovery(r.State, v.lang),
		Late: r.State == desk.RecoveryDue && !v.now.Before(r.Deadline), Who: v.agentName(r.Owner),
	}
	if _, row.Most = r.Kind.Bounds(); r.Feedback != "" {
		row.Most = r.Most
	}
	if row.Most > 0 {
		row.Was = fmt.Sprintf("%d / %d", r.Score, row.Most)
	} else {
		row.Was = journal.Type(desk.Complaint, v.lang)
	}
	if r.AgainScore != nil {
		row.Now = v.scoreAgain(r)
	}
	for _, to := range recover.Steps(r) {
		row.Steps = append(row.Steps, choice{ID: string(to), Name: journal.Recovery(to, v.lang)})
	}
	row.Agents = []choice{{Name: row.P.L("未指定", "Nobody"), Chosen: r.Owner == ""}}
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

// recoveries lists the recoveries of bad scores in one state: of one team page by page,
// of all the first of each.
func (v *visit) recoveries() error {
	const shown = 50
	q := v.r.URL.Query()
	page := recoveriesPage{frame: v.frame("recoveries", "回访", "Recoveries", "state", "team", "month")}
	state, team := desk.RecoveryState(q.Get("state")), q.Get("team")
	if !slices.Contains(desk.RecoveryStates, state) && state != wonBack {
		state = desk.RecoveryDue
	}
	v.wonBackIn(&page, state, team)
	link := func(s desk.RecoveryState, team string) string { return recoveriesURL(s, team, page.Month) }
	for _, s := range desk.RecoveryStates {
		page.States = append(page.States, choice{Name: journal.Recovery(s, v.lang), Chosen: s == state, URL: link(s, team)})
	}
	page.States = append(page.States, choice{Name: page.L("已挽回", "Won back"), Chosen: state == wonBack, URL: link(wonBack, team)})
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
		part, cursor, err := v.recoveriesPage(page.Month, t, state, q.Get("cursor"), shown)
		if err != nil {
			return err
		}
		rows = append(rows, part...)
		if cursor != "" && team != "" {
			page.More = link(state, team) + "&cursor=" + url.QueryEscape(cursor)
		}
	}
	slices.SortStableFunc(rows, func(a, b store.Row[desk.Recovery]) int {
		if state == wonBack {
			return b.Value.Recovered.Compare(a.Value.Recovered)
		}
		return a.Value.Deadline.Compare(b.Value.Deadline)
	})
	for _, r := range rows {
		page.Rows = append(page.Rows, v.recoveryRow(r.Value, link(state, team)))
	}
	if err := v.namePersons(page.Rows); err != nil {
		return err
	}
	return v.write("recoveries", page)
}

// namePersons says whom to get in touch with; a customer erased meanwhile has no name.
func (v *visit) namePersons(rows []recoveryRow) error {
	const atOnce = 100
	for part := range slices.Chunk(rows, atOnce) {
		ids := make([]desk.CustomerID, len(part))
		for i, r := range part {
			ids[i] = r.Customer
		}
		names, err := v.Store.CustomerNames(v.r.Context(), v.lang, ids...)
		if err != nil {
			return err
		}
		for i, id := range ids {
			part[i].Person = choice{Name: names[id], URL: "/console/customers/" + url.PathEscape(string(id))}
		}
	}
	return nil
}

// wonBack stands among the states for those whose customer, asked again, was better content.
const wonBack desk.RecoveryState = "recovered"

// recoveriesURL is the list of a state and team; of those won back, in a month.
func recoveriesURL(s desk.RecoveryState, team, month string) string {
	q := url.Values{"state": {string(s)}, "team": {team}}
	if s == wonBack && month != "" {
		q.Set("month", month)
	}
	return "?" + q.Encode()
}

// wonBackIn reads which month is asked for, and leads to those beside it.
func (v *visit) wonBackIn(page *recoveriesPage, state desk.RecoveryState, team string) {
	if state != wonBack {
		return
	}
	at, err := time.Parse("2006-01", v.r.URL.Query().Get("month"))
	if err != nil {
		at, _ = time.Parse("2006-01", v.now.UTC().Format("2006-01")) // lists are kept by months of UTC
	}
	month := func(at time.Time) choice {
		m := at.Format("2006-01")
		return choice{Name: m, URL: recoveriesURL(wonBack, team, m)}
	}
	page.Month, page.Before = month(at).Name, month(at.AddDate(0, -1, 0))
	if next := at.AddDate(0, 1, 0); !next.After(v.now) {
		page.After = month(next)
	}
}

// recoveriesPage reads a team's page: of one state, or of a month's won back.
func (v *visit) recoveriesPage(month, team string, state desk.RecoveryState, cursor string, shown int) ([]store.Row[desk.Recovery], string, error) {
	if state != wonBack {
		return v.Store.Recoveries(v.r.Context(), []string{team}, state, cursor, shown)
	}
	return v.Store.Recovered(v.r.Context(), []string{team}, month, cursor, shown)
}

// scoreAgain is the score of the asking afterwards, on the scale of its survey.
func (v *visit) scoreAgain(r desk.Recovery) string {
	of := v.s.Recoveries.AskAgain
	if of == "" {
		of = r.Of
	}
	kind := r.Kind
	if def, ok := v.s.Survey(of); ok {
		kind = def.Kind
	}
	_, most := kind.Bounds()
	return fmt.Sprintf("%d / %d", *r.AgainScore, most)
}

// changeRecovery moves a recovery on, and goes back to the page that it was posted from.
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
