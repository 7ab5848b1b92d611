package apifn

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
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
// logged; what gives out data in bulk calls putNote itself, before, and fails with it.
func (a *api) note(c *call, path string) {
	if c.noted || c.who.Role == "" || slices.Contains(unaudited, path) {
		return
	}
	s, err := a.Settings(c.ctx)
	if err == nil {
		err = a.putNote(c, s, c.watch.Status)
	}
	if err != nil && a.Log != nil {
		a.Log.ErrorContext(c.ctx, "api: not noted in the audit", "method", c.r.Method, "route", c.r.Pattern, "who", c.by.ID, "err", err)
	}
}

// putNote writes the note of a request, once.
func (a *api) putNote(c *call, s *config.Settings, status int) error {
	e := access.Audited(c.who, c.r, s, c.at)
	e.Status = status
	e.Ticket, _ = desk.ParseNumber(c.r.PathValue("number"))
	if strings.Contains(c.r.Pattern, " /v1/customers/{id}") && status < http.StatusBadRequest {
		e.Customer = desk.CustomerID(c.r.PathValue("id"))
	}
	err := a.Store.PutAudit(c.ctx, e)
	c.noted = err == nil
	return err
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
