package consolefn_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A colleague of another team who is named in a note may read the ticket and leave it again.
func TestFollow(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("1", "hello")
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), "备注里用 @ 提到同事即可")
	require.Equal(t, http.StatusSeeOther, w.press(id, "followers").StatusCode)
	require.Equal(t, []string{"lin"}, w.ticket(id).Followers)
	page := w.page("/console/tickets/" + id.Number() + "?lang=en")
	require.Contains(t, page, "Stop following: Lin")
	require.NotContains(t, page, "Follow it")
	require.Contains(t, page, "Lin follows the ticket")

	w.s.Agents[0].Teams = []string{"repairs"}
	w.page("/console/tickets/" + id.Number())
	resp := w.press(id, "followers", "agent", "lin", "off", "1")
	require.Equal(t, "/console", resp.Header.Get("Location"), "they see it no longer")
	require.Empty(t, w.ticket(id).Followers)
	require.Equal(t, http.StatusNotFound, w.do("GET", "/console/tickets/"+id.Number(), nil).StatusCode)

	amy := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: w.tick()}
	_, err := w.desk.Note(t.Context(), amy, id, "@Lin please look")
	require.NoError(t, err)
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=en"), "Names Lin")
	require.Equal(t, []string{"lin"}, w.ticket(id).Followers)
	require.Equal(t, desk.StatusNew, w.ticket(id).Status)
}
