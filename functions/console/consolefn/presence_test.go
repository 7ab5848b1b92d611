package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A lead turns the switch of an agent of their team on the live board; an agent only
// their own, and nobody that of another team's.
func TestLeadsSetPresence(t *testing.T) {
	w := newWorld(t).signIn()
	set := func(agent, state string) *http.Response {
		return w.do("POST", "/console/presence", url.Values{
			"csrf": {field(t, w.page("/console/board"), "csrf")}, "agent": {agent}, "state": {state}, "here": {"/console/board"},
		})
	}
	state := func(agent string) desk.Presence {
		rows, err := w.desk.Store.Presences(t.Context(), agent)
		require.NoError(t, err)
		return rows[0].Value
	}
	require.NotContains(t, w.page("/console/board?lang=en"), "Set for somebody else")
	require.Equal(t, http.StatusForbidden, set("amy", "online").StatusCode)
	require.Equal(t, desk.Away, state("amy").State)

	w.s.Agents[0].Role = "lead"
	require.Contains(t, w.page("/console/board?lang=en"), "Set for somebody else")
	resp := set("amy", "online")
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "/console/board", resp.Header.Get("Location"))
	require.Equal(t, desk.Online, state("amy").State)
	require.Equal(t, "lin", state("amy").By.ID)
	require.Equal(t, http.StatusUnprocessableEntity, set("amy", "asleep").StatusCode)

	w.s.Agents[0].Teams, w.s.Agents[1].Teams = []string{"service"}, []string{"repairs"}
	require.Equal(t, http.StatusForbidden, set("amy", "away").StatusCode)
	w.s.Agents[1].Teams = []string{"repairs", "service"}
	require.Equal(t, http.StatusSeeOther, set("amy", "away").StatusCode)
	require.Equal(t, desk.Away, state("amy").State)
}
