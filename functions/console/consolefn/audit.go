package consolefn

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// unaudited are the pages that tell nothing of any customer. All others are noted.
var unaudited = map[string]bool{
	"GET /console/board": true, "GET /console/fragment/board": true, "POST /console/presence": true,
	"POST /console/tickets/{number}/writing": true, "POST /console/tickets/{number}/spent": true,
	"GET /console/figures": true, "GET /console/fragment/figures": true, "GET /console/audit": true, "/": true,
}

// keepAudit keeps who saw or did what: one write for each request. A look of the page's script
// that shows nothing new shows nothing, and is not noted. A view whose note fails is given
// all the same, and logged.
func (v *visit) keepAudit(status int) {
	if v.noted || unaudited[v.r.Pattern] || status == http.StatusNotModified {
		return
	}
	e := access.Audited(v.by, v.r, v.s, v.now)
	e.Status = status
	e.Ticket, _ = desk.ParseNumber(v.r.PathValue("number"))
	if strings.Contains(v.r.Pattern, " /console/customers/{id}") && status < http.StatusBadRequest {
		e.Customer = v.customerID()
	}
	if err := v.Store.PutAudit(v.r.Context(), e); err != nil {
		slog.ErrorContext(v.r.Context(), "console: not noted in the audit", "route", v.r.Pattern, "who", v.agent.ID, "err", err)
	}
}

type auditPage struct {
	frame
	Day, Before, After string
	Rows               []auditRow
	Older              string
	Agents             []choice
	Polls              bool   // what open pages looked up by themselves is shown, too
	Others             choice // the page with those, or without
}

type auditRow struct {
	store.Audited
	Number, TicketURL, CustomerURL string
	RoleName, Deed, Fault          string
	ByAPI                          bool
}

// roleName says what somebody was to the desk when they did it.
func roleName(f frame, role string) string {
	switch allow.Role(role) {
	case allow.Agent:
		return f.L("客服", "agent")
	case allow.Lead:
		return f.L("组长", "lead")
	case allow.Admin:
		return f.L("管理员", "admin")
	}
	return role
}

// auditShown is how many rows a page has, and auditPages how often it reads as many where
// most are left out: one read unit for each 4 kB, some 20 rows.
const (
	auditShown = 100
	auditPages = 5
)

// audit lists who saw and did what on a day of UTC, by which the rows lie. What open pages
// looked up by themselves is left out unless it is asked for: it would hide the rest.
func (v *visit) audit() error {
	if !v.mayRead(allow.Audit, "") {
		return errNotYours
	}
	q := v.r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("day"))
	if err != nil {
		day, _ = time.Parse(time.DateOnly, v.now.Format(time.DateOnly))
	}
	p := auditPage{frame: v.frame("audit", "访问记录", "Audit", "day", "agent", "polls"), Day: day.Format(time.DateOnly), Polls: q.Get("polls") != ""}
	p.auditLinks(day, q)
	for _, a := range v.s.Agents {
		p.Agents = append(p.Agents, choice{ID: a.ID, Name: a.Name, Chosen: a.ID == q.Get("agent")})
	}
	cursor := q.Get("older")
	for range auditPages {
		rows, next, err := v.Store.Audit(v.r.Context(), p.Day, cursor, auditShown)
		if err != nil {
			return err
		}
		for _, a := range rows {
			if of := q.Get("agent"); (of == "" || a.By.ID == of) && (p.Polls || !polled(a.What)) {
				p.Rows = append(p.Rows, p.auditRow(a))
			}
		}
		if cursor = next; cursor == "" || len(p.Rows) >= auditShown/2 {
			break
		}
	}
	if cursor != "" {
		p.Older = auditURL(q, p.Day, "older", cursor)
	}
	return v.write("audit", p)
}

// polled says whether a page's script looked for news of a list. A ticket's own news is read
// like its page: it has all that its customer wrote, and may be all that somebody ever asks for.
func polled(what string) bool { return strings.Contains(what, "/console/fragment/") }

// auditURL is the page of a day with what is chosen on this one.
func auditURL(q url.Values, day string, kv ...string) string {
	to := url.Values{"day": {day}}
	for _, name := range []string{"agent", "polls"} {
		if q.Get(name) != "" {
			to.Set(name, q.Get(name))
		}
	}
	for i := 0; i+1 < len(kv); i += 2 {
		to.Set(kv[i], kv[i+1])
	}
	return "?" + to.Encode()
}

func (p *auditPage) auditLinks(day time.Time, q url.Values) {
	p.Before = auditURL(q, day.AddDate(0, 0, -1).Format(time.DateOnly))
	if next := day.AddDate(0, 0, 1); !next.After(p.Now) {
		p.After = auditURL(q, next.Format(time.DateOnly))
	}
	if p.Polls {
		p.Others = choice{Name: p.L("不显示页面自动刷新", "Without what pages look up by themselves"), URL: auditURL(url.Values{"agent": q["agent"]}, p.Day)}
	} else {
		p.Others = choice{Name: p.L("也显示页面自动刷新", "Also what pages look up by themselves"), URL: auditURL(q, p.Day, "polls", "1")}
	}
}

func (p *auditPage) auditRow(a store.Audited) auditRow {
	row := auditRow{Audited: a, RoleName: roleName(p.frame, a.Role), Deed: p.deed(a.What), Fault: p.outcomeOf(a.Status),
		ByAPI: strings.Contains(a.What, " /v1/")}
	if a.Ticket != "" {
		row.Number, row.TicketURL = a.Ticket.Number(), "/console/tickets/"+a.Ticket.Number()
	}
	if a.Customer != "" {
		row.CustomerURL = "/console/customers/" + url.PathEscape(string(a.Customer))
	}
	return row
}

// hide masks what a page shows of customers' addresses, where the settings have agents
// see them in part only.
func (v *visit) hide(page []byte) []byte {
	if !v.masked() {
		return page
	}
	return []byte(allow.Mask(string(page)))
}
