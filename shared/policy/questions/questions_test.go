package questions_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/questions"
)

func ptr(n int) *int { return &n }

func form() desk.Questionnaire {
	return desk.Questionnaire{Survey: "nps", Kind: desk.NPS, More: []desk.MoreQuestion{
		{ID: "why", Type: desk.AskChoices, Choices: []desk.AnswerChoice{{Value: "slow"}, {Value: "dear"}}, If: &desk.AnswerCondition{Question: "score", From: 0, To: 6}},
		{ID: "how-slow", Type: desk.AskScale, Min: 0, Max: 4, Required: true, If: &desk.AnswerCondition{Question: "why", Is: []string{"slow"}}},
		{ID: "tell", Type: desk.AskText, If: &desk.AnswerCondition{Question: "how-slow", From: 3, To: 4}},
		{ID: "plan", Type: desk.AskChoice, Choices: []desk.AnswerChoice{{Value: "a"}, {Value: "b"}}},
	}}
}

func ids(ms []desk.MoreQuestion) []string {
	out := []string{}
	for _, m := range ms {
		out = append(out, m.ID)
	}
	return out
}

func TestShown(t *testing.T) {
	slow := desk.Answer{Question: "why", Chosen: []string{"dear", "slow"}}
	for name, c := range map[string]struct {
		score desk.Score
		want  []string
	}{
		"a promoter":                           {desk.Score{Value: 9}, []string{"plan"}},
		"zero is a score":                      {desk.Score{Value: 0}, []string{"why", "plan"}},
		"one of those chosen":                  {desk.Score{Value: 6, Answers: []desk.Answer{slow}}, []string{"why", "how-slow", "plan"}},
		"a chain":                              {desk.Score{Value: 6, Answers: []desk.Answer{slow, {Question: "how-slow", Number: ptr(3)}}}, []string{"why", "how-slow", "tell", "plan"}},
		"zero is no answer yet":                {desk.Score{Value: 6, Answers: []desk.Answer{slow, {Question: "how-slow", Number: ptr(0)}}}, []string{"why", "how-slow", "plan"}},
		"what hangs on a hidden one is hidden": {desk.Score{Value: 7, Answers: []desk.Answer{slow}}, []string{"plan"}},
	} {
		require.Equal(t, c.want, ids(questions.Shown(form(), c.score)), name)
	}
	m, missing := questions.Missing(form(), desk.Score{Value: 1, Answers: []desk.Answer{slow}})
	require.True(t, missing)
	require.Equal(t, "how-slow", m.ID)
	_, missing = questions.Missing(form(), desk.Score{Value: 9, Answers: []desk.Answer{slow}})
	require.False(t, missing)
}

// What is wrong with an answer names the field and the range.
func TestCheck(t *testing.T) {
	for want, s := range map[string]desk.Score{
		"":                                          {Value: 0},
		"score: must be between 0 and 10":           {Value: 11},
		"how-slow: must be between 0 and 4":         {Value: 1, Answers: []desk.Answer{{Question: "how-slow", Number: ptr(5)}}},
		"plan: takes from 1 to 1 choices":           {Value: 1, Answers: []desk.Answer{{Question: "plan", Chosen: []string{"a", "b"}}}},
		"plan: has no such choice":                  {Value: 1, Answers: []desk.Answer{{Question: "plan", Chosen: []string{"c"}}}},
		"tell: must have from 1 to 2000 characters": {Value: 1, Answers: []desk.Answer{{Question: "tell"}}},
		"x: is no question of this survey, or answered twice": {Value: 1, Answers: []desk.Answer{{Question: "x", Text: "y"}}},
	} {
		err := questions.Check(form(), s)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, desk.Invalid, desk.KindOf(err), want)
		require.ErrorContains(t, err, want)
	}
}

func TestRead(t *testing.T) {
	m := form().More
	a, ok := questions.Read(m[1], []string{" 0 "})
	require.True(t, ok)
	require.Equal(t, 0, *a.Number)
	a, _ = questions.Read(m[1], []string{"many"})
	require.Error(t, questions.One(m[1], a))
	_, ok = questions.Read(m[2], []string{"  "})
	require.False(t, ok)
}

func TestDigits(t *testing.T) {
	for text, want := range map[string]int{"10": 10, " １０ ": 10, "0": 0, "7分": 7, "11": -1, "07": -1, "-1": -1, "+5": -1, "5 stars": -1, "": -1} {
		n, ok := questions.Digits(desk.NPS, text)
		require.Equal(t, want >= 0, ok, text)
		if ok {
			require.Equal(t, want, n, text)
		}
	}
	_, ok := questions.Digits(desk.CSAT, "0")
	require.False(t, ok)
}

// A score with words is one only where the words leave no doubt.
func TestWorded(t *testing.T) {
	labels := []string{"5 非常满意", "4", "3", "2", "1 很不满意", "1 Not at all"}
	for text, want := range map[string]struct {
		n       int
		comment string
	}{
		"1 很不满意":        {1, ""},
		"１很不满意":         {1, ""},
		"1 not at all":  {1, ""},
		"1分，还是没解决":      {1, "还是没解决"},
		"5 分 很好\n谢谢":    {5, "很好\n谢谢"},
		"5分钟后给我回电":      {-1, ""},
		"2 more things": {-1, ""},
		"3. 我的订单":       {-1, ""},
		"9分，好":          {-1, ""},
		"4 非常满意":        {-1, ""},
		"很不满意":          {-1, ""},
	} {
		n, comment, ok := questions.Worded(desk.CSAT, text, labels)
		require.Equal(t, want.n > 0, ok, text)
		if ok {
			require.Equal(t, want.n, n, text)
			require.Equal(t, want.comment, comment, text)
		}
	}
	require.True(t, questions.MayBeWorded(" ５ 非常满意"))
	require.False(t, questions.MayBeWorded("很不满意"))
}

// The version is of the words alone, and changes with any of them.
func TestVersion(t *testing.T) {
	require.Equal(t, questions.Version(form()), questions.Version(form()))
	other := form()
	other.More[0].If.To = 5
	require.NotEqual(t, questions.Version(form()), questions.Version(other))
	require.Len(t, questions.Version(form()), 16)
}

// What is kept of an answer concerns the customer: keeping again changes nothing, and
// all that is kept is shown.
func TestKeepProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := desk.Score{Value: rapid.IntRange(0, 10).Draw(t, "score")}
		if rapid.Bool().Draw(t, "why?") {
			s.Answers = append(s.Answers, desk.Answer{Question: "why", Chosen: []string{rapid.SampledFrom([]string{"slow", "dear"}).Draw(t, "why")}})
		}
		if rapid.Bool().Draw(t, "how?") {
			s.Answers = append(s.Answers, desk.Answer{Question: "how-slow", Number: ptr(rapid.IntRange(0, 4).Draw(t, "how"))})
		}
		if rapid.Bool().Draw(t, "tell?") {
			s.Answers = append(s.Answers, desk.Answer{Question: "tell", Text: "x"})
		}
		before := ids(questions.Shown(form(), s))
		s.Answers = questions.Keep(form(), s)
		require.Equal(t, before, ids(questions.Shown(form(), s)))
		require.Equal(t, s.Answers, questions.Keep(form(), s))
		for _, a := range s.Answers {
			require.Contains(t, before, a.Question)
		}
	})
}
