package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Articles are found by their words in either language; faults name the field.
func TestHelp(t *testing.T) {
	const head = "desk: {name: Desk}\nteams: [{id: support, name: Support}]\nhelp:\n"
	s, _, err := Load([]byte(head+`
- {id: returns, title: {zh-CN: 怎样退货, en: Returns}, text: {zh-CN: 七天内可以退货。, en: Within seven days.}}
- {id: hours, title: {zh-CN: 工作时间, en: Hours}, text: {en: Nine to six, zh-CN: 九点到六点}}
`), "desk.yaml")
	require.NoError(t, err)
	found := func(words string) string {
		var ids []string
		for _, a := range s.Articles(words) {
			ids = append(ids, a.ID)
		}
		return strings.Join(ids, " ")
	}
	require.Equal(t, "returns hours", found(" "))
	require.Equal(t, "returns", found("退货"))
	require.Equal(t, "returns", found("SEVEN returns"))
	require.Empty(t, found("seven hours"))
	_, ok := s.Article("nothing")
	require.False(t, ok)

	for text, want := range map[string]string{
		"- {title: A, text: B}": "help[0].id",
		"- {id: a, text: B}":    "help[0].title",
		"- {id: a, title: A}":   "help[0].text",
		"- {id: a, title: A, text: B}\n- {id: a, title: A, text: B}":        "help[1].id",
		"- {id: a, title: A, text: " + strings.Repeat("x", 64*1024) + "}\n": "help: the articles have",
	} {
		_, _, err := Load([]byte(head+text), "desk.yaml")
		require.ErrorContains(t, err, want)
	}
}
