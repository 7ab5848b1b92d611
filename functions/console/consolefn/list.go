package consolefn

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/store"
)

// listed is how many tickets a list shows.
//
// What one look at a list costs: half a read unit for each team and status in it, and
// one for each ticket shown. An agent's own list of 20 is 21 units; all active tickets
// of two teams are 10 × 0.5 + 50. The page looks every second in the first minute after
// something happened, every two seconds then, every ten when nobody touches it, and every
// ten minutes when nobody sees it: at worst 28 units and half a call a second for each
// agent, which at $0.125 per million units is some ten cents for a working day of eight
// hours. A look that finds nothing new costs the same reads, but sends no body. What
// nobody has, and what is late, is half a unit for each team and one for each ticket
// shown; the counts are in pulse.go.
const listed = 50

// Views that are not only statuses of teams.
const (
	viewUnassigned = "unassigned"
	viewOverdue    = "overdue"
	viewAtRisk     = "at_risk"
	viewSnoozed    = "snoozed"
)

type listView struct {
	id       string
	zh, en   string
	statuses []desk.Status
}

// views are the lists and the statuses in each; an agent's own has those not done.
var views = []listView{
	{"mine", "我的", "Mine", nil},
	{viewUnassigned, "未分配", "Unassigned", nil},
	{"open", "全部待办", "All active", []desk.Status{desk.StatusNew, desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusSnoozed}},
	{"pending", "等待客户", "Pending", []desk.Status{desk.StatusPending}},
	{viewOverdue, "已超时", "Overdue", nil},
	{viewAtRisk, "即将超时", "At risk", nil},
	{viewSnoozed, "已推迟", "Snoozed", []desk.Status{desk.StatusSnoozed}},
	{"resolved", "已解决", "Resolved", []desk.Status{desk.StatusResolved}},
	{"closed", "已关闭", "Closed", []desk.Status{desk.StatusClosed}},
	{"spam", "垃圾信息", "Spam", []desk.Status{desk.StatusSpam}},
}

type choice struct {
	ID, Name, URL string
	Chosen        bool
}

// viewChoice is a list's link, with how many are in it where that says something.
type viewChoice struct {
	choice
	Badge *badge
}

type badge struct{ Of, Says string }

type listPage struct {
	frame
	View   string
	Team   string // "" is all
	Views  []viewChoice
	Teams  []choice
	Order  choice // the other order
	Rows   []listRow
	More   bool
	Forms  []choice
	Source string // where the script looks for news
}

type listRow struct {
	URL      string
	T        desk.Ticket
	Number   string
	Who      string // the customer, in words
	Channel  string
	Icon     string
	Status   string
	Priority string
	Assignee string
	Team     string
	Deadline deadline
}

func (v *visit) list() error { return whole(v, "list", v.listPage) }

// listPart gives only the rows, for the page's script.
func (v *visit) listPart() error { return news(v, "rows", v.listPage) }

func (v *visit) listPage() (listPage, error) {
	q := v.r.URL.Query()
	view, team, oldest := q.Get("view"), v.knownTeam(q.Get("team")), q.Get("order") == "oldest"
	if !slices.ContainsFunc(views, func(x listView) bool { return x.id == view }) {
		view = "open"
	}
	p := listPage{frame: v.frame("list", "工单", "Tickets", "view", "team", "order"), View: view, Team: team}
	if err := v.listChoices(&p, team, oldest); err != nil {
		return p, err
	}
	rows, more, err := v.rowsOf(view, team, oldest || view == viewUnassigned)
	if err != nil {
		return p, err
	}
	p.More = more
	for _, r := range rows {
		p.Rows = append(p.Rows, v.listRow(r.Value))
	}
	for _, f := range v.s.Forms {
		p.Forms = append(p.Forms, choice{ID: f.ID, Name: f.Title.In(v.lang), URL: "/forms/" + url.PathEscape(f.ID)})
	}
	return p, nil
}

func listURL(path, view, team string, oldest bool) string {
	q := url.Values{"view": {view}}
	if team != "" {
		q.Set("team", team)
	}
	if oldest {
		q.Set("order", "oldest")
	}
	return path + "?" + q.Encode()
}

func (v *visit) listChoices(p *listPage, team string, oldest bool) error {
	counts, err := v.counts(team)
	if err != nil {
		return err
	}
	for _, x := range views {
		c := viewChoice{choice: choice{x.id, p.L(x.zh, x.en), listURL("/console", x.id, team, oldest), x.id == p.View}}
		switch x.id {
		case "mine", "pending", viewUnassigned, viewOverdue, viewAtRisk, viewSnoozed:
			c.Badge = &badge{x.id, many(counts[x.id])}
		}
		p.Views = append(p.Views, c)
	}
	if len(v.s.Teams) > 1 && p.View != "mine" {
		p.Teams = append(p.Teams, choice{"", p.L("所有小组", "All teams"), listURL("/console", p.View, "", oldest), team == ""})
		for _, t := range v.s.Teams {
			if !v.by.Team(t.ID) {
				continue
			}
			p.Teams = append(p.Teams, choice{t.ID, t.Name.In(v.lang), listURL("/console", p.View, t.ID, oldest), t.ID == team})
		}
	}
	p.Order = choice{Name: p.L("最早的在前", "Oldest first"), URL: listURL("/console", p.View, team, !oldest)}
	if oldest {
		p.Order.Name = p.L("最新的在前", "Newest first")
	}
	if p.View == viewUnassigned || p.View == viewOverdue || p.View == viewAtRisk {
		p.Order = choice{} // their order is what they are for
	}
	p.Source = listURL("/console/fragment/list", p.View, team, oldest) + "&lang=" + v.lang
	return nil
}

func (v *visit) lists(view, team string) []store.List {
	if view == "mine" {
		return []store.List{{Agent: v.agent.ID}}
	}
	var out []store.List
	for _, t := range v.teams() {
		if view == viewUnassigned && (team == "" || team == t) {
			out = append(out, store.List{Team: t, Waiting: true})
		}
		for _, x := range views {
			for _, st := range x.statuses {
				if x.id == view && (team == "" || team == t) {
					out = append(out, store.List{Team: t, Status: st})
				}
			}
		}
	}
	return out
}

// knownTeam gives a team that there is; "" stands for all.
func (v *visit) knownTeam(id string) string {
	if slices.Contains(v.teams(), id) {
		return id
	}
	return ""
}

func (v *visit) listRow(t desk.Ticket) listRow {
	say := look.Page{Lang: v.lang}.L
	channel, icon := journal.Channel(t.From.Channel, v.lang), string(t.From.Channel)
	if t.Phoned {
		channel, icon = say("电话", "Phone call"), "call"
	}
	return listRow{
		URL: "/console/tickets/" + t.ID.Number(), T: t, Number: t.ID.Number(),
		Channel: channel, Icon: icon, Status: journal.Status(t.Status, v.lang),
		Who:      cmp.Or(t.Called(v.lang), say("未留联系方式", "No address left")),
		Priority: journal.Priority(t.Priority, v.lang), Assignee: v.agentName(t.Assignee), Team: v.teamName(t.Team),
		Deadline: v.deadline(t),
	}
}

// Waiting says whether the customer waits for the desk.
func (r listRow) Waiting() bool { return !r.T.WaitingSince.IsZero() && r.T.Status.Active() }

// Urgent says whether the priority is worth a mark.
func (r listRow) Urgent() bool { return r.T.Priority == desk.High || r.T.Priority == desk.Urgent }

func (v *visit) redirect(to string) {
	v.tellDone()
	look.SetHeaders(v.w.Header())
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// localTime reads what a datetime-local field gives, in the desk's zone.
func (v *visit) localTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, v.s.Desk.Location()); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, desk.FieldError("until", "should be a time such as 2026-01-31T09:00")
}
