package apifn

import (
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// unaudited are the paths that tell nothing of any customer. All others are noted, so
// that a new route is unless somebody decides otherwise.
var unaudited = []string{
	"/v1/health", "/v1/openapi.json", "/v1/canned-replies", "/v1/macros", "/v1/teams", "/v1/agents", "/v1/agents/{id}",
	"/v1/agents/{id}/presence", "/v1/surveys", "/v1/figures", "/v1/audit", "/v1/uploads",
}

// note keeps who saw or did what: one write for each request, after its answer is made
// and before it leaves the function. A view whose note fails is given all the same, and
// logged; what gives out data in bulk must call Store.PutAudit itself and fail with it.
func (a *api) note(c *call, path string) {
	if c.who.Role == "" || slices.Contains(unaudited, path) {
		return
	}
	s, err := a.Settings(c.ctx)
	if err == nil {
		e := access.Audited(c.who, c.r, s, c.at)
		e.Status = c.watch.Status
		e.Ticket, _ = desk.ParseNumber(c.r.PathValue("number"))
		if len(path) > len("/v1/customers/") && path[:len("/v1/customers/")] == "/v1/customers/" && e.Status < http.StatusBadRequest {
			e.Customer = desk.CustomerID(c.r.PathValue("id"))
		}
		err = a.Store.PutAudit(c.ctx, e)
	}
	if err != nil && a.Log != nil {
		a.Log.ErrorContext(c.ctx, "api: not noted in the audit", "method", c.r.Method, "route", c.r.Pattern, "who", c.by.ID, "err", err)
	}
}

type auditView struct {
	At         time.Time  `json:"at"`
	By         authorView `json:"by"`
	Role       string     `json:"role"`
	Action     string     `json:"action"`
	Status     int        `json:"status"`
	Ticket     *string    `json:"ticket"`
	CustomerID *string    `json:"customer_id"`
	Network    *string    `json:"network"`
}

func viewAudit(a store.Audited) auditView {
	return auditView{a.At, authorView{string(a.By.Kind), a.By.ID, a.By.Name}, a.Role, a.What, a.Status,
		orNull(a.Ticket.Number()), orNull(string(a.Customer)), orNull(a.Network)}
}

func (a *api) listAudit(c *call) error {
	q, err := c.daily()
	if err != nil {
		return err
	}
	rows, next, err := a.Store.Audit(c.ctx, q.period, q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, viewAudit)
}
