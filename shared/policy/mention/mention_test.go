package mention_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/mention"
)

var people = []mention.Person{{"amy", "Amy Chen"}, {"li", "李雷"}, {"lin", "李雷雷"}, {"max", "Max"}, {"maxine", "Maxine"}, {"zoë", "Zoë"}}

// A note names whom it means, and nobody by accident.
func TestFind(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		"nobody":                    nil,
		"@amy please look":          {"amy"},
		"ask @Amy Chen, then @max.": {"amy", "max"},
		"@AmyChen and @amy again":   {"amy"},
		"@AMY":                      {"amy"},
		"请@李雷看一下":                   {"li"},
		"请＠李雷看一下":                   {"li"},
		"@李雷雷":                      {"lin"},
		"@maxine":                   {"maxine"},
		"@maximum":                  nil,
		"@max_2":                    nil,
		"mail to sales@max.example": nil,
		"sales@amy":                 nil,
		"@ amy":                     nil,
		"@@amy":                     {"amy"},
		"(@max)":                    {"max"},
		"@max请看":                    {"max"},
		"@Zoë!":                     {"zoë"},
		"@am":                       nil,
		"@nobody @max":              {"max"},
		"@amy\n@li\n@max":           {"amy", "li", "max"},
		"\xff@max\xfe":              {"max"},
	} {
		require.Equal(t, want, mention.Find(text, people), "%q", text)
	}
}

// Whatever is written, only known people are named, each once.
func TestFindAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("@＠amyCchenli李雷 .x1")), 0, 60, -1).Draw(t, "text")
		seen := map[string]bool{}
		for _, id := range mention.Find(text, people) {
			require.False(t, seen[id])
			seen[id] = true
		}
		require.LessOrEqual(t, len(seen), len(people))
	})
}
