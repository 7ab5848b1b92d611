package route_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/route"
)

var monday = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func question() route.Question {
	return route.Question{
		Channel: desk.WeChat, Account: "main", Language: "zh-CN", Type: desk.Inquiry, Tier: desk.Gold, Priority: desk.Normal,
		Team: "support", Text: "我要退款，Refund please", Scene: "shop-12", At: monday,
		InHours: func(c string, _ time.Time) bool { return c == "open" },
	}
}

// Each condition matches what it names and nothing else, and says so where it doesn't.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name string
		hit  route.When
		miss route.When
	}{
		{"channels", route.When{Channels: []desk.Channel{desk.SMS, desk.WeChat}}, route.When{Channels: []desk.Channel{desk.SMS}}},
		{"accounts", route.When{Accounts: []string{"wechat/main"}}, route.When{Accounts: []string{"sms/main"}}},
		{"accounts", route.When{Accounts: []string{"main"}}, route.When{Accounts: []string{"other"}}},
		{"languages", route.When{Languages: []string{"zh-CN"}}, route.When{Languages: []string{"en"}}},
		{"types", route.When{Types: []desk.Type{desk.Inquiry}}, route.When{Types: []desk.Type{desk.Praise}}},
		{"tiers", route.When{Tiers: []desk.Tier{desk.VIP, desk.Gold}}, route.When{Tiers: []desk.Tier{desk.VIP}}},
		{"scenes", route.When{Scenes: []string{"shop-12"}}, route.When{Scenes: []string{"shop-1"}}},
		{"any_words", route.When{AnyWords: []string{"发票", "退款"}}, route.When{AnyWords: []string{"发票"}}},
		{"all_words", route.When{AllWords: []string{"退款", "refund"}}, route.When{AllWords: []string{"退款", "发票"}}},
		{"inside_hours", route.When{Inside: "open"}, route.When{Inside: "shut"}},
		{"outside_hours", route.When{Outside: "shut"}, route.When{Outside: "open"}},
		{"tags", route.When{}, route.When{Tags: []string{"late"}}},
		{"forms", route.When{}, route.When{Forms: []string{"contact"}}},
	} {
		v := route.Decide([]route.Rule{{Name: "r", If: c.hit, Then: route.Then{Team: "sales"}}}, question())
		require.Equal(t, []route.Step{{Rule: "r", Matched: true}}, v.Steps, c.name)
		require.Equal(t, "sales", v.Team, c.name)
		v = route.Decide([]route.Rule{{Name: "r", If: c.miss, Then: route.Then{Team: "sales"}}}, question())
		require.Equal(t, []route.Step{{Rule: "r", Why: c.name}}, v.Steps)
		require.Equal(t, "support", v.Team, c.name)
	}
}

// The first match ends it; with continue, rules below see what was set and may add, but
// not change it.
func TestContinue(t *testing.T) {
	rules := []route.Rule{
		{Name: "refunds", If: route.When{AnyWords: []string{"退款"}}, Then: route.Then{Type: desk.Complaint, Tags: []string{"refund"}, Skills: []string{"billing"}}, Continue: true},
		{Name: "complaints", If: route.When{Types: []desk.Type{desk.Complaint}, Tags: []string{"refund"}}, Then: route.Then{Team: "sales", Type: desk.Praise, Priority: desk.High, Tags: []string{"refund", "hot"}, SLA: "fast", Acknowledge: route.NoAcknowledgement}},
		{Name: "rest", Then: route.Then{Team: "support"}},
	}
	v := route.Decide(rules, question())
	require.Equal(t, route.Then{Team: "sales", Type: desk.Complaint, Priority: desk.High, Tags: []string{"refund", "hot"}, Skills: []string{"billing"}, SLA: "fast", Acknowledge: "none"}, v.Then)
	require.Equal(t, []desk.Decision{
		{Code: "route.rule", Args: map[string]string{"rule": "refunds"}},
		{Code: "route.rule", Args: map[string]string{"rule": "complaints"}},
	}, v.Decisions)
	require.Len(t, v.Steps, 2)
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"I want a REFUND!", "refund", true},
		{"ＲＥＦＵＮＤ", "refund", true},
		{"refunds", "refund", false},
		{"prerefund refund", "refund", true},
		{"party", "art", false},
		{"请退款吧", "退款", true},
		{"用iPhone拍的", "iphone", true},
		{"no  money\nback", "money back", true},
		{"", "x", false},
		{"x", "", false},
		{"aaa", "aa", false},
		{"c++ code", "c++", true},
	} {
		require.Equal(t, c.want, route.Contains(c.text, c.word), "%q in %q", c.word, c.text)
	}
}

func TestImpossible(t *testing.T) {
	require.NotEmpty(t, route.When{Forms: []string{"f"}, Channels: []desk.Channel{desk.SMS}}.Impossible())
	require.NotEmpty(t, route.When{Scenes: []string{"f"}, Channels: []desk.Channel{desk.SMS}}.Impossible())
	require.NotEmpty(t, route.When{Scenes: []string{"f"}, Forms: []string{"f"}}.Impossible())
	require.NotEmpty(t, route.When{Inside: "a", Outside: "a"}.Impossible())
	require.Empty(t, route.When{Inside: "a", Outside: "b", Forms: []string{"f"}}.Impossible())
}

func when(t *rapid.T, name string) route.When {
	some := func(what string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, name+what)
	}
	w := route.When{
		Accounts: some("accounts", "main", "other"), Languages: some("lang", "en", "zh-CN"),
		AnyWords: some("any", "a", "b", "c"), AllWords: some("all", "a", "b", "c"), Tags: some("tags", "x", "y"),
		Inside: rapid.SampledFrom([]string{"", "h", "i"}).Draw(t, name+"in"),
	}
	for _, c := range some("channel", "wechat", "sms") {
		w.Channels = append(w.Channels, desk.Channel(c))
	}
	return w
}

// A rule that is called shadowed never decides anything, whatever comes; and each field
// is set by the first matching rule that sets it, with at most one step a rule.
func TestShadowedNeverMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []route.Rule
		for i := range 4 {
			name := string(rune('0' + i))
			rules = append(rules, route.Rule{Name: name, If: when(t, name), Continue: rapid.Bool().Draw(t, "go"+name), Then: route.Then{Team: name, Tags: []string{"x"}}})
		}
		q := route.Question{
			Channel: rapid.SampledFrom([]desk.Channel{desk.WeChat, desk.SMS}).Draw(t, "ch"), Account: rapid.SampledFrom([]string{"main", "other"}).Draw(t, "ac"),
			Language: rapid.SampledFrom([]string{"en", "zh-CN"}).Draw(t, "l"), Team: "none",
			Text: strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "c"})).Draw(t, "text"), " "), At: monday,
			InHours: func(c string, _ time.Time) bool { return c == "h" },
		}
		v := route.Decide(rules, q)
		require.Equal(t, v, route.Decide(rules, q))
		require.LessOrEqual(t, len(v.Steps), len(rules))
		want := "none"
		for i, s := range v.Steps {
			if s.Matched {
				require.Equal(t, -1, route.Shadow(rules, i))
				if want == "none" {
					want = s.Rule
				}
			}
		}
		require.Equal(t, want, v.Team)
	})
}
