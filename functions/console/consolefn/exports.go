package consolefn

import (
	"net/http"
	"net/url"
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
func (v *visit) exports() error {
	rows, err := v.Store.Exports(v.r.Context(), v.agent.ID, exportsShown)
	if err != nil {
		return err
	}
	p := exportsPage{frame: v.frame("exports", "导出", "Exports")}
	today := v.now.In(p.Zone)
	p.Today, p.To, p.From = today.Format(time.DateOnly), today.Format(time.DateOnly), today.AddDate(0, 0, -29).Format(time.DateOnly)
	for _, t := range v.teams() {
		p.Teams = append(p.Teams, choice{ID: t, Name: v.teamName(t)})
	}
	for _, s := range desk.Statuses {
		p.Statuses = append(p.Statuses, choice{ID: string(s), Name: journal.Status(s, v.lang)})
	}
	for _, r := range rows {
		row := v.exportRow(p.frame, r.Value)
		p.Waiting = p.Waiting || row.State == desk.ExportWaiting
		p.Rows = append(p.Rows, row)
	}
	return v.write("exports", p)
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
