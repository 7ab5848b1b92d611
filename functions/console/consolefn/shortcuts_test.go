package consolefn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Canned replies stand ready, filled in, for the agents of their teams; without a script
// a link begins the answer. A macro takes its steps; tags, type and team change.
func TestShortcuts(t *testing.T) {
	w := newWorld(t)
	w.s.Canned = []config.Canned{
		{ID: "hi", Name: config.Text{"en": "Greeting"}, Text: config.Text{"en": "Hello {{customer.name}} <3"}},
		{ID: "other", Name: config.Text{"en": "Not mine"}, Text: config.Text{"en": "x"}, Teams: []string{"repairs"}},
	}
	w.s.Macros = []config.Macro{{ID: "solved", Name: config.Text{"en": "Solve it"}, Status: desk.StatusResolved, Tags: []string{"done"}}}
	id := w.comes("1", "hello")
	w.signIn()
	path := "/console/tickets/" + id.Number()
	page := w.page(path)
	require.Contains(t, page, `data-text="Hello Mei &lt;3"`)
	require.NotContains(t, page, "Not mine")
	require.Contains(t, w.page(path+"?canned=hi"), "Hello Mei &lt;3</textarea>")

	w.post(id, "tags", "tags", "退款，VIP vip、late")
	w.post(id, "type", "type", "complaint")
	w.post(id, "team", "team", "repairs")
	row, err := w.desk.Store.Ticket(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"退款", "vip", "late"}, desk.Complaint, "repairs"}, []any{row.Value.Tags, row.Value.Type, row.Value.Team})
	page = w.page(path)
	require.Contains(t, page, "Moved from Service to Repairs")
	require.Contains(t, page, `<span class="badge tag">退款</span>`)

	w.post(id, "macros/solved", "nonce", "n1")
	w.post(id, "macros/solved", "nonce", "n1")
	row, err = w.desk.Store.Ticket(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, desk.StatusResolved, row.Value.Status)
	require.Contains(t, row.Value.Tags, "done")
	require.Contains(t, w.page(path), "Macro applied: Solve it")
}
