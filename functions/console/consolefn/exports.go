package consolefn

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/export"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
)

// exportsShown is how many of an agent's exports the page lists: those of a week, as a rule.
const exportsShown = 50

type exportsPage struct {
	frame
	Kind            string
	From, To, Today string
	Teams, Statuses []choice
	Rows            []exportRow
	Waiting         bool
}

type exportRow struct {
	desk.Export
	What, Days, Of, Says, URL string
	Rows                      int
}

// exports lists what the agent asked to take away, beside the form for more.
func (v *visit) exports() error { return whole(v, "exports", v.exportsPage) }

// exportsPart gives only the list, for the page's script, while something is being made.
func (v *visit) exportsPart() error { return news(v, "exported", v.exportsPage) }

// exportParams are what a list that leads here hands over of itself.
var exportParams = []string{"kind", "from", "to", "team", "status"}

func (v *visit) exportsPage() (exportsPage, error) {
	p := exportsPage{frame: v.frame("exports", "导出", "Exports", exportParams...)}
	rows, err := v.Store.Exports(v.r.Context(), v.agent.ID, exportsShown)
	if err != nil {
		return p, err
	}
	v.exportChoices(&p, v.r.URL.Query())
	for _, r := range rows {
		row := v.exportRow(p.frame, r.Value)
		p.Waiting = p.Waiting || row.State == desk.ExportWaiting
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// exportChoices fills the form in: with what the list shows that it was come to from, else
// with the last 30 days.
func (v *visit) exportChoices(p *exportsPage, q url.Values) {
	today := v.now.In(p.Zone)
	p.Kind, p.Today, p.To, p.From = q.Get("kind"), today.Format(time.DateOnly), today.Format(time.DateOnly), today.AddDate(0, 0, -29).Format(time.DateOnly)
	for name, to := range map[string]*string{"from": &p.From, "to": &p.To} {
		if day, err := time.Parse(time.DateOnly, q.Get(name)); err == nil {
			*to = day.Format(time.DateOnly)
		}
	}
	for _, t := range v.teams() {
		p.Teams = append(p.Teams, choice{ID: t, Name: v.teamName(t), Chosen: t == q.Get("team")})
	}
	for _, s := range desk.Statuses {
		p.Statuses = append(p.Statuses, choice{ID: string(s), Name: journal.Status(s, v.lang), Chosen: string(s) == q.Get("status")})
	}
}

// exportURL leads to the form with what a list shows chosen in it.
func exportURL(kind desk.ExportKind, kv ...string) string {
	q := url.Values{"kind": {string(kind)}}
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] != "" {
			q.Set(kv[i], kv[i+1])
		}
	}
	return "/console/exports?" + q.Encode()
}

// Export leads to the export of what the list shows, so far as one tells it apart.
func (p listPage) Export() string {
	i := slices.IndexFunc(views, func(x listView) bool { return x.id == p.View })
	status := ""
	if i >= 0 && len(views[i].statuses) == 1 {
		status = string(views[i].statuses[0])
	}
	return exportURL(desk.ExportTickets, "team", p.Team, "status", status)
}

// Export is listPage's for feedback: of the same team and days.
func (p feedbackPage) Export() string {
	return exportURL(desk.ExportAnswers, "team", p.visit.r.URL.Query().Get("team"), "from", p.From, "to", p.To)
}

func (v *visit) exportRow(f frame, e desk.Export) exportRow {
	from, to := e.From.In(f.Zone).Format(time.DateOnly), e.To.In(f.Zone).AddDate(0, 0, -1).Format(time.DateOnly)
	row := exportRow{Export: e, What: f.L("工单", "Tickets"), Days: from + f.L(" 至 ", " to ") + to, Of: v.teamName(e.Team), Rows: e.Rows}
	if e.Kind == desk.ExportAnswers {
		row.What = f.L("评价", "Answers to surveys")
	}
	if e.Status != "" {
		row.What += " · " + journal.Status(e.Status, v.lang)
	}
	switch e.State {
	case desk.ExportWaiting:
		row.Says = f.L("正在生成…", "Being made…")
	case desk.ExportFailed:
		row.Says = f.L("未生成：", "Not made: ") + journal.Why(e.Why, v.lang)
	default:
		row.URL = "/console/exports/" + url.PathEscape(e.ID) + "/file"
	}
	return row
}

// startExport asks jobs for a file.
func (v *visit) startExport() error {
	f := v.r.PostForm
	wish := export.Wish{
		Kind: desk.ExportKind(f.Get("kind")), From: f.Get("from"), To: f.Get("to"), Team: f.Get("team"), Status: desk.Status(f.Get("status")), Lang: v.lang,
	}
	if wish.Kind != desk.ExportTickets {
		wish.Status = "" // the form has one field for both
	}
	e, err := wish.New(v.s, v.by, v.now.UTC().Truncate(time.Millisecond))
	if err != nil {
		return err
	}
	var tx store.Tx
	tx.PutExport(store.Row[desk.Export]{Value: e})
	if err := v.Store.Commit(v.r.Context(), &tx); err != nil {
		return err
	}
	v.redirect("/console/exports")
	return nil
}

// exportFile leads to the file of one of the agent's own, once that is noted: data in bulk
// is given out to nobody unnoted.
func (v *visit) exportFile() error {
	row, err := v.Store.Export(v.r.Context(), v.agent.ID, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	e := row.Value
	if e.State != desk.ExportDone || v.Blob == nil {
		return desk.Errorf(desk.NotFound, "no such export")
	}
	link, err := export.Link(v.r.Context(), v.Blob, v.s, v.by, e, linkLife)
	if err != nil {
		return err
	}
	note := access.Audited(v.by, v.r, v.s, v.now)
	note.Status = http.StatusSeeOther
	if err := v.Store.PutAudit(v.r.Context(), note); err != nil {
		return err
	}
	v.noted = true
	v.redirect(link)
	return nil
}
