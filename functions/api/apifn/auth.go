package apifn

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// admit finds out who calls, by the bearer token (RFC 6750), and whether their role, and
// their key, may do what the route does at all. What they may do with one object is
// asked where it is read: see may.
func (a *api) admit(c *call, roles []allow.Role) error {
	if roles == nil {
		return nil
	}
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook"`)
		return problem{Status: http.StatusUnauthorized, Detail: "Give a token: Authorization: Bearer …"}
	}
	who, err := a.Tokens(c.ctx, strings.TrimSpace(token))
	if errors.Is(err, access.ErrUnknown) {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook", error="invalid_token"`)
		return problem{Status: http.StatusUnauthorized, Detail: "The token is not good."}
	}
	if err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	c.who, c.by, c.masked = who, who.Actor, who.Masked(s.Access.MaskContacts)
	if err := a.within(c, s.Access.PerMinute()); err != nil {
		return err
	}
	switch {
	case !slices.Contains(roles, who.Role):
		return c.insufficient("This needs one of the roles " + rolesText(roles) + ".")
	case c.action() == allow.Change && who.ReadOnly:
		return c.insufficient("This key may only read.")
	}
	return nil
}

func rolesText(roles []allow.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

func (c *call) insufficient(detail string) problem {
	c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook", error="insufficient_scope"`)
	return problem{Status: http.StatusForbidden, Detail: detail}
}

// harmless are operations that bring a body to be looked at and change nothing: a key that
// may only read may call them.
var harmless = []string{"POST /v1/tickets/{number}/messages/preview", "POST /v1/settings/validate", "POST /v1/settings/diff"}

// action is what the method does to what the path names.
func (c *call) action() allow.Action {
	reads := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || slices.Contains(harmless, c.r.Pattern)
	return allow.Action(!reads)
}

// may holds an object against what the caller may. What is hidden from them is not
// found: a refusal would confirm that it exists.
func (c *call) may(o allow.Object) error {
	switch allow.May(c.who, c.action(), o) {
	case allow.Yes:
		return nil
	case allow.Hidden:
		return desk.Errorf(desk.NotFound, "no such %s", o.Kind)
	}
	return c.insufficient("Your role or your teams don't allow this.")
}

// mayList refuses the list of a team that isn't the caller's; "" is no team.
func (c *call) mayList(team string) error {
	if team != "" && !c.who.Team(team) {
		return c.insufficient("You see the tickets of your teams only.")
	}
	return nil
}

// shows says whether a ticket may stand in a list for the caller.
func (c *call) shows(t desk.Ticket) bool {
	return allow.May(c.who, allow.Read, allow.OfTicket(t)) == allow.Yes
}
