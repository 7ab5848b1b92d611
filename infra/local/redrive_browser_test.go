package local_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
)

// A message that was given up on is found on the page, tried again with one press, and is
// a ticket then; in both languages, on a desk's screen and on a phone.
func TestRedriveInABrowser(t *testing.T) {
	b := browsertest.Open(t, browser.Wide)
	f := newFailing(t)
	server := httptest.NewServer(f.Handler())
	t.Cleanup(server.Close)
	require.NoError(t, b.SignIn(server.URL, "li", f.World.LocalPassword))
	tw, err := f.Twilio("http://desk.test")
	require.NoError(t, err)
	for i, screen := range []browser.Screen{browser.Wide, browser.Phone} {
		b.Show(screen)
		f.down = true
		f.serve(tw.Message(fmt.Sprintf("+1415555060%d", i), fmt.Sprintf("SM%032x", 60+i), "Is the shop open?"))
		f.until(func() bool { return f.Queue.Depth(queue.Inbound.Dead()).Visible == 1 })
		f.sweep()
		f.down = false
		b.Open(browser.In(server.URL+"/console/dead-letters?queue=inbound.fifo", browser.Languages[i]))
		b.Fits(screen, "the dead letters")
		b.Click(".actions form button")
		b.Until(`!document.querySelector(".rows .actions")`)
		f.until(func() bool {
			rows, _, err := f.Store.MergeTickets(t.Context(), []store.List{{Team: "support", Status: desk.StatusNew}}, 10, true)
			require.NoError(t, err)
			return len(rows) == i+1
		})
	}
	b.Open(server.URL + "/console?view=unassigned")
	b.Until(`document.querySelectorAll("tr[data-id]").length === 2`)
	require.Empty(t, b.Complaints())
}
