package local_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// report is what the API says of the days and of whom the dashboard shows.
type report struct {
	Total dayReport
	Days  []dayReport
}

type dayReport struct {
	Day              string
	Opened, Resolved int
	In               int `json:"messages_in"`
	Out              int `json:"messages_out"`
}

func (l *life) report(t *testing.T, query string) (out report) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.base+"/v1/figures"+query, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+l.World.APIToken)
	require.NoError(t, json.Unmarshal([]byte(ask(t, http.StatusOK, req, nil)), &out))
	return out
}

// tableOf are the rows below a chart; none where the page has no such chart.
func tableOf(b *browsertest.Tab, chart string) [][]string {
	return browsertest.JS[[][]string](b, `[...document.querySelectorAll("#table-`+chart+` tbody tr")].map((r) => [...r.children].map((c) => c.textContent))`)
}

// The dashboard changes by itself when something has happened, and its numbers are those
// of the API: the tiles, and each row of a chart's table.
func TestDashboardChangesByItself(t *testing.T) {
	b := browsertest.Open(t, browser.Wide)
	l := begin(t)
	require.NoError(t, b.SignIn(l.base, "li", l.World.LocalPassword))
	b.Open(l.base + "/console/figures?lang=en")
	require.Equal(t, "0", browsertest.JS[string](b, `document.querySelector(".tile strong").textContent`))
	tw, err := l.Twilio(l.base)
	require.NoError(t, err)
	for i := range 3 {
		req, err := tw.Message(fmt.Sprintf("+1415555070%d", i), fmt.Sprintf("SMdash%027d", i), "Is the shop open?")
		call(t, req, err)
	}
	for _, tk := range tickets(t, l.Desk, 3)[:2] {
		l.reply(t, tk.ID, "It is.")
		require.NoError(t, l.agent.SetStatus(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: l.clock.Now().UTC()}, tk.ID, desk.StatusResolved, time.Time{}))
	}
	l.later(t, time.Minute, func() bool { return l.report(t, "").Total.Resolved == 2 }) // the feed's window
	b.Say(`document.getElementById("live").dataset.every = "1"`)                        // the test waits no quarter of a minute
	b.Say(`document.dispatchEvent(new Event("visibilitychange"))`)
	b.Until(`document.querySelector(".tile strong").textContent === "3"`)

	for query, of := range map[string]string{"": "", "?cut=team%23support": "team:support", "?cut=channel%23sms": "channel:sms", "?cut=channel%23email": "channel:email"} {
		says := l.report(t, query)
		b.Open(l.base + "/console/figures?lang=en&of=" + of)
		tile := func(n int) string {
			return browsertest.JS[string](b, fmt.Sprintf(`document.querySelectorAll(".tile strong")[%d].textContent`, n))
		}
		require.Equal(t, fmt.Sprint(says.Total.Opened), tile(0), query)
		require.Equal(t, fmt.Sprint(says.Total.Resolved), tile(1), query)
		var tickets, messages [][]string
		for _, d := range says.Days {
			tickets = append(tickets, []string{d.Day, fmt.Sprint(d.Opened), fmt.Sprint(d.Resolved)})
			messages = append(messages, []string{d.Day, fmt.Sprint(d.In), fmt.Sprint(d.Out)})
		}
		require.Equal(t, tickets, tableOf(b, "tickets"), query)
		if !strings.Contains(query, "team") {
			require.Equal(t, messages, tableOf(b, "messages"), query)
		}
	}
	require.Empty(t, b.Complaints())
}
