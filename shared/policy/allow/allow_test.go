package allow_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

func who(role allow.Role, teams ...string) allow.Principal {
	return allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, Role: role, Teams: teams}
}

func TestMay(t *testing.T) {
	agent, lead, admin := who(allow.Agent, "support"), who(allow.Lead, "support"), who(allow.Admin, "support")
	reader := agent
	reader.ReadOnly = true
	ours := allow.Object{Kind: allow.Ticket, Team: "support"}
	theirs := allow.Object{Kind: allow.Ticket, Team: "sales", Assignee: "li"}
	mine := allow.Object{Kind: allow.Ticket, Team: "sales", Assignee: "amy"}
	nobodys := allow.Object{Kind: allow.Ticket, Team: "sales"}
	of := func(k allow.Kind, team string) allow.Object { return allow.Object{Kind: k, Team: team} }
	for _, c := range []struct {
		name string
		who  allow.Principal
		do   allow.Action
		what allow.Object
		want allow.Verdict
	}{
		{"agent, own team", agent, allow.Change, ours, allow.Yes},
		{"agent, other team, followed", agent, allow.Change, allow.Object{Kind: allow.Ticket, Team: "sales", Followers: []string{"li", "amy"}}, allow.Yes},
		{"agent, other team, followed by others", agent, allow.Read, allow.Object{Kind: allow.Ticket, Team: "sales", Followers: []string{"li"}}, allow.Hidden},
		{"agent, other team", agent, allow.Read, theirs, allow.Hidden},
		{"agent, other team, change", agent, allow.Change, theirs, allow.Hidden},
		{"agent, other team, nobody's", agent, allow.Read, nobodys, allow.Hidden},
		{"somebody without id, nobody's", allow.Principal{Role: allow.Agent, Teams: []string{"x"}}, allow.Read, nobodys, allow.Hidden},
		{"agent, assigned to them", agent, allow.Change, mine, allow.Yes},
		{"agent without teams", who(allow.Agent), allow.Change, theirs, allow.Yes},
		{"lead, other team", lead, allow.Read, theirs, allow.Hidden},
		{"admin, other team", admin, allow.Change, theirs, allow.Yes},
		{"reader, own team", reader, allow.Read, ours, allow.Yes},
		{"reader, own team, change", reader, allow.Change, ours, allow.Refused},
		{"reader, other team, change", reader, allow.Change, theirs, allow.Hidden},
		{"no role", who(""), allow.Read, ours, allow.Hidden},
		{"no role, customer", who(""), allow.Read, of(allow.Customer, ""), allow.Refused},
		{"no role, no kind", who(""), allow.Read, of("", ""), allow.Refused},
		{"agent, customer", agent, allow.Change, of(allow.Customer, ""), allow.Yes},
		{"agent, figures of the team", agent, allow.Read, of(allow.Figures, "support"), allow.Yes},
		{"agent, figures of another team", agent, allow.Read, of(allow.Figures, "sales"), allow.Refused},
		{"agent, figures of the desk", agent, allow.Read, of(allow.Figures, ""), allow.Refused},
		{"agent without teams, figures", who(allow.Agent), allow.Read, of(allow.Figures, ""), allow.Yes},
		{"lead, figures of the desk", lead, allow.Read, of(allow.Figures, ""), allow.Yes},
		{"agent, feedback of the desk", agent, allow.Read, of(allow.Feedback, ""), allow.Refused},
		{"lead, feedback of another team", lead, allow.Read, of(allow.Feedback, "sales"), allow.Yes},
		{"admin changes no feedback", admin, allow.Change, of(allow.Feedback, ""), allow.Refused},
		{"agent, quarantine", agent, allow.Read, of(allow.Quarantine, ""), allow.Refused},
		{"lead, quarantine", lead, allow.Read, of(allow.Quarantine, ""), allow.Yes},
		{"agent, audit", agent, allow.Read, of(allow.Audit, ""), allow.Refused},
		{"lead, audit", lead, allow.Read, of(allow.Audit, ""), allow.Yes},
		{"lead, keys", lead, allow.Read, of(allow.Keys, ""), allow.Refused},
		{"admin, keys", admin, allow.Change, of(allow.Keys, ""), allow.Yes},
		{"lead, operations", lead, allow.Read, of(allow.Operations, ""), allow.Refused},
		{"admin, operations", admin, allow.Change, of(allow.Operations, ""), allow.Yes},
		{"agent, texts", agent, allow.Read, of(allow.Texts, ""), allow.Yes},
	} {
		require.Equal(t, c.want, allow.May(c.who, c.do, c.what), c.name)
	}
}

// A higher role never may less, and reading is never refused where changing isn't.
func TestRolesOnlyAdd(t *testing.T) {
	kinds := []allow.Kind{allow.Ticket, allow.Customer, allow.Texts, allow.Feedback, allow.Figures, allow.Quarantine, allow.Audit, allow.Keys, allow.Operations}
	teams := rapid.SampledFrom([]string{"", "a", "b"})
	rapid.Check(t, func(t *rapid.T) {
		o := allow.Object{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Team: teams.Draw(t, "team"), Assignee: rapid.SampledFrom([]string{"", "amy", "li"}).Draw(t, "assignee")}
		in := rapid.SliceOfN(teams, 0, 2).Draw(t, "teams")
		before := allow.Refused
		for _, r := range allow.Roles {
			p := who(r, in...)
			read := allow.May(p, allow.Read, o)
			require.GreaterOrEqual(t, read, allow.May(p, allow.Change, o))
			require.GreaterOrEqual(t, read, before)
			before = read
		}
	})
}
