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

// auditShown is how many rows a page has: one read unit for each 4 kB, some 20 rows.
const auditShown = 100

// audit lists who saw and did what on a day of UTC.
func (v *visit) audit() error {
	if !v.mayRead(allow.Audit, "") {
		return errNotYours
	}
	q := v.r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("day"))
	if err != nil {
		day, _ = time.Parse(time.DateOnly, v.now.Format(time.DateOnly))
	}
	p := auditPage{frame: v.frame("audit", "访问记录", "Audit", "day"), Day: day.Format(time.DateOnly), Before: day.AddDate(0, 0, -1).Format(time.DateOnly)}
	if next := day.AddDate(0, 0, 1); !next.After(v.now) {
		p.After = next.Format(time.DateOnly)
	}
	rows, next, err := v.Store.Audit(v.r.Context(), p.Day, q.Get("older"), auditShown)
	if err != nil {
		return err
	}
	if next != "" {
		p.Older = "?" + url.Values{"day": {p.Day}, "older": {next}}.Encode()
	}
	for _, a := range rows {
		row := auditRow{Audited: a, RoleName: roleName(p.frame, a.Role), Deed: p.deed(a.What), Fault: p.outcomeOf(a.Status),
			ByAPI: strings.Contains(a.What, " /v1/")}
		if a.Ticket != "" {
			row.Number, row.TicketURL = a.Ticket.Number(), "/console/tickets/"+a.Ticket.Number()
		}
		if a.Customer != "" {
			row.CustomerURL = "/console/customers/" + url.PathEscape(string(a.Customer))
		}
		p.Rows = append(p.Rows, row)
	}
	return v.write("audit", p)
}

// hide masks what a page shows of customers' addresses, where the settings have agents
// see them in part only.
func (v *visit) hide(page []byte) []byte {
	if !v.masked() {
		return page
	}
	return []byte(allow.Mask(string(page)))
}
