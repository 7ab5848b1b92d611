package canned_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/canned"
)

func TestRender(t *testing.T) {
	v := canned.Values{Customer: "王女士", Agent: "李明", Desk: "示例客服", Ticket: "DH-7K3Q-9W"}
	for name, c := range map[string]struct{ text, lang, want string }{
		"all known":             {"{{customer.name}}，您好！我是{{ desk.name }}的{{agent.name}}。", "zh-CN", "王女士，您好！我是示例客服的李明。"},
		"a hole, in Chinese":    {"关于{{ticket.subject}}", "zh-CN", "关于您的问题"},
		"a hole, in English":    {"About {{ticket.subject}}, {{team.name}} says:", "en", "About your question, our team says:"},
		"no variable":           {"{name} {{}", "en", "{name} {{}"},
		"an unknown one stays":  {"{{order.id}}", "en", "{{order.id}}"},
		"the same one twice":    {"{{ticket.number}} {{ticket.number}}", "en", "DH-7K3Q-9W DH-7K3Q-9W"},
		"other languages as en": {"Hi {{team.name}}", "fr", "Hi our team"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, canned.Render(c.text, c.lang, v)) })
	}
	require.Equal(t, "Hello there", canned.Render("Hello {{customer.name}}", "en", canned.Values{Customer: " "}))
}

// What a customer calls themselves is never taken for a variable.
func TestValuesAreNotRenderedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[!-~一-龥]{1,12}`).Draw(t, "name")
		require.Equal(t, "<"+name+">", canned.Render("<{{customer.name}}>", "en", canned.Values{Customer: name}))
	})
	require.Equal(t, "{{agent.name}}", canned.Render("{{customer.name}}", "en", canned.Values{Customer: "{{agent.name}}", Agent: "x"}))
}

func TestUnknown(t *testing.T) {
	require.Equal(t, []string{"order.id", "customer"}, canned.Unknown("{{order.id}} {{customer}} {{customer.name}} {{order.id}}", canned.Variables...))
	require.Empty(t, canned.Unknown("{{ ticket.number }}", canned.Variables...))
	require.Equal(t, []bool{true, true, true, false, false}, []bool{canned.Torn("{{customer.name"), canned.Torn("desk.name}}"), canned.Torn("{{a} b}}"), canned.Torn("{{a}} {b}"), canned.Torn("")})
	for _, v := range canned.Variables {
		require.NotContains(t, canned.Render("{{"+v+"}}", "zh-CN", canned.Values{}), "{")
	}
}
