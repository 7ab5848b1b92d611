package consolefn

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// readTicket reads a ticket that the agent may see; any other is as if there were none.
// No page reads a ticket by its number otherwise.
func (v *visit) readTicket(id desk.TicketID) (store.Row[desk.Ticket], error) {
	if v.read.Exists() && v.read.Value.ID == id {
		return v.read, nil
	}
	row, err := v.Store.Ticket(v.r.Context(), id)
	if err == nil && !v.shows(row.Value) {
		row, err = store.Row[desk.Ticket]{}, desk.Errorf(desk.NotFound, "no such ticket")
	}
	return row, err
}

// admit holds the ticket in the address against what the agent may see, before anything
// is shown of it or done to it: one read unit, none for who sees every team.
func (v *visit) admit() error {
	if v.r.PathValue("number") == "" || v.by.Everywhere() {
		return nil
	}
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	v.read, err = v.readTicket(id)
	return err
}

// shows says whether a ticket may stand in a list for the agent.
func (v *visit) shows(t desk.Ticket) bool {
	return allow.May(v.by, allow.Read, allow.OfTicket(t)) == allow.Yes
}

func (v *visit) mayRead(kind allow.Kind, team string) bool {
	return allow.May(v.by, allow.Read, allow.Object{Kind: kind, Team: team}) == allow.Yes
}

var errNotYours = desk.Errorf(desk.Forbidden, "your role doesn't allow this")

// teams are those whose tickets the agent sees.
func (v *visit) teams() []string {
	return slices.DeleteFunc(teams(v.s), func(t string) bool { return !v.by.Team(t) })
}

// MayQuarantine and MayAudit say which pages the menu names.
func (f frame) MayQuarantine() bool { return f.visit.mayRead(allow.Quarantine, "") }

// MayAudit says whether the agent may read the audit.
func (f frame) MayAudit() bool { return f.visit.mayRead(allow.Audit, "") }
