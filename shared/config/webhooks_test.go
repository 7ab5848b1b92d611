package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Faults of subscriptions name the field and what is allowed.
func TestWebhooks(t *testing.T) {
	const head = `
desk: {name: Desk}
teams: [{id: support, name: Support}]
webhooks:
`
	for text, want := range map[string]string{
		`  - {name: erp, url: "https://erp.test/in", events: ["*"], teams: [support]}`:                  "",
		`  - {name: erp, url: "http://127.0.0.1:9/in", events: [ticket.created], allow_loopback: true}`: "",
		`  - {name: Erp, url: "https://erp.test/in", events: ["*"]}`:                                    "webhooks[0].name",
		`  - {name: erp, url: "http://erp.test/in", events: ["*"]}`:                                     "should begin with https://",
		`  - {name: erp, url: "http://erp.test/in", events: ["*"], allow_loopback: true}`:               "should begin with https://",
		`  - {name: erp, url: "https://u:p@erp.test/in", events: ["*"]}`:                                "without user",
		`  - {name: erp, url: "https://erp.test/in"}`:                                                   "webhooks[0].events",
		`  - {name: erp, url: "https://erp.test/in", events: [ticket.made]}`:                            "there is no event \"ticket.made\"; there are ticket.created",
		`  - {name: erp, url: "https://erp.test/in", events: ["*"], teams: [sales]}`:                    "there is no team \"sales\"",
		`  - {name: erp, events: ["*"]}`:                                                                "webhooks[0].url",
	} {
		s, _, err := Load([]byte(head+text), "desk.yaml")
		if want == "" {
			require.NoError(t, err, text)
			w, ok := s.Webhook("erp")
			require.True(t, ok)
			require.NotEmpty(t, w.URL)
			continue
		}
		require.ErrorContains(t, err, want, text)
	}
}
