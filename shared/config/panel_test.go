package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The panel is another site's page, over https; faults name the field.
func TestPanel(t *testing.T) {
	const head = "desk: {name: Desk, public_url: 'https://desk.test'}\nteams: [{id: support, name: Support}]\n"
	for text, want := range map[string]string{
		"": "",
		`panel: {url: "https://orders.test/of?shop=1", title: {zh-CN: 订单, en: Orders}}`: "",
		`panel: {url: "http://127.0.0.1:9/of"}`:                                         "",
		`panel: {url: "http://orders.test/of"}`:                                         "panel.url: should begin with https://",
		`panel: {url: "https://u@orders.test/"}`:                                        "panel.url: should be an address",
		`panel: {url: "orders.test"}`:                                                   "panel.url: should be an address",
		`panel: {url: "https://desk.test/of"}`:                                          "panel.url: must not be the desk itself",
		`panel: {title: Orders}`:                                                        "panel.url: is missing",
	} {
		s, _, err := Load([]byte(head+text), "desk.yaml")
		if want != "" {
			require.ErrorContains(t, err, want, text)
			continue
		}
		require.NoError(t, err, text)
		require.NotContains(t, s.Panel.Origin(), "/of")
	}
}
