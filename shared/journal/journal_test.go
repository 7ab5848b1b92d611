package journal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// codeShape is what a code looks like: a group that the words know, a dot, a word.
var codeShape = regexp.MustCompile(`^([a-z]+)\.[a-z_]+( %[svd])?$`)

// groups are the first parts of the codes that have words: a new group is known by its
// first code.
func groups() map[string]bool {
	out := map[string]bool{}
	for code := range codes {
		group, _, _ := strings.Cut(code, ".")
		out[group] = true
	}
	return out
}

// usedCodes reads the sources for every literal that has the shape of a code, and where
// each stands. The names of events out and of canned texts' variables have the same shape
// and are no codes.
func usedCodes(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range []string{"../../shared", "../../functions"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.Contains(path, "shared/journal/") || strings.Contains(path, "policy/canned/") || strings.HasSuffix(path, "desk/event.go") || strings.HasSuffix(path, "config/feedback.go") || strings.Contains(path, "policy/tell/") ||
				strings.HasSuffix(path, "wechat/notice.go") || strings.HasSuffix(path, "config/account_keys.go") {
				return err
			}
			return codesOf(path, found)
		})
		require.NoError(t, err)
	}
	return found
}

func codesOf(path string, found map[string]string) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	known := groups()
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		if s, err := strconv.Unquote(lit.Value); err == nil && codeShape.MatchString(s) && known[codeShape.FindStringSubmatch(s)[1]] {
			code, _, _ := strings.Cut(s, " ")
			found[code] = set.Position(lit.Pos()).String()
		}
		return true
	})
	return nil
}

// Promise 12: each decision stands in the journal in words an agent understands.
func TestEveryCodeInTheSourcesHasWords(t *testing.T) {
	used := usedCodes(t)
	require.Greater(t, len(used), 30, "the sources were not read")
	for code, where := range used {
		_, ok := codes[code]
		require.True(t, ok, "%s is used at %s and has no words", code, where)
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestAllWordsExistInBothLanguages(t *testing.T) {
	check := func(name string, w words) {
		require.True(t, chinese(w.zh), "%s has no Chinese words", name)
		require.NotEmpty(t, w.en, name)
		require.False(t, chinese(w.en), "%s: the English words are Chinese", name)
		require.NotRegexp(t, `[,;:?!]`, w.zh, "%s: Chinese is written with full-width punctuation", name)
		require.Equal(t, placeholders(w.zh), placeholders(w.en), name)
	}
	for name, w := range codes {
		check(name, w)
	}
	each(check, statuses)
	each(check, customerStatuses)
	each(check, priorities)
	each(check, types)
	each(check, targets)
	each(check, sendStates)
	each(check, channels)
	each(check, purposes)
	each(check, sources)
	each(check, reasons)
}

func each[K ~string](check func(string, words), m map[K]words) {
	for k, w := range m {
		check(string(k), w)
	}
}

func placeholders(s string) map[string]bool {
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`{[a-z]+}`).FindAllString(s, -1) {
		out[m] = true
	}
	return out
}

func TestEveryValueOfTheDomainHasALabel(t *testing.T) {
	for _, s := range desk.Statuses {
		require.Contains(t, statuses, s)
		require.Contains(t, customerStatuses, s)
	}
	for _, p := range desk.Priorities {
		require.Contains(t, priorities, p)
	}
}

func TestWords(t *testing.T) {
	d := func(code string, kv ...string) desk.Decision {
		args := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			args[kv[i]] = kv[i+1]
		}
		return desk.Decision{Code: code, Args: args}
	}
	for name, c := range map[string]struct {
		said   desk.Decision
		zh, en string
	}{
		"a status in words": {
			d("status.changed", "from", "open", "to", "resolved"),
			"状态由“处理中”改为“已解决”", "Status changed from Open to Resolved",
		},
		"nobody before": {
			d("assign.changed", "from", "", "to", "lin"), "分配给lin", "Assigned to lin",
		},
		"nobody after": {
			d("assign.changed", "from", "lin", "to", ""), "不再由lin处理", "No longer assigned to lin",
		},
		"a reason that is a code itself": {
			d("survey.skipped", "why", "survey.cooldown"),
			"没有邀请评价：近期已邀请过该客户", "No survey: the customer was asked not long ago",
		},
		"how it was found": {
			d("thread.joined", "how", "reply_address", "ticket", "DH-7K3Q-9W"),
			"归入工单 DH-7K3Q-9W：回复到了工单专属地址", "Joined DH-7K3Q-9W: sent to the ticket's own address",
		},
		"braces that somebody else wrote stay": {
			d("auto.recognised", "why", "{code} {"), "不是真人所写：{code} {", "Not written by a person: {code} {",
		},
		"a robot": {
			d("spam.marked", "why", "honeypot"),
			"判为垃圾信息：填写了真人看不到的字段", "Held to be spam: a field was filled in that people never see",
		},
		"an unknown code is not hidden": {d("new.code"), "new.code", "new.code"},
		"the channel of an answer":      {d("survey.answered", "score", "5", "most", "5", "by", "wechat"), "客户评价：5 分（满分 5 分，微信）", "The customer's score: 5 of 5 (WeChat)"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.zh, Words(c.said, "zh-CN"))
			require.Equal(t, c.en, Words(c.said, "en"))
		})
	}
}

func TestWhy(t *testing.T) {
	require.Equal(t, "客户已退订", Why("send.opted_out", "zh-CN"))
	require.Equal(t, "the provider says that it did not arrive (30003 the phone is off or out of reach)", Why("provider.failed 30003", "en"))
	require.Equal(t, "the provider says that it did not arrive (—)", Why("provider.failed", "en"))
	require.Equal(t, "mailbox full, says the provider", Why("mailbox full, says the provider", "zh-CN"))
	require.Equal(t, "the customer has opted out (21610)", Why("send.opted_out (21610)", "en"))
	require.Empty(t, Why("", "en"))
}

// What follows a bad score has one name; a ticket's own follow-up is another thing.
func TestRecoveriesHaveOneName(t *testing.T) {
	for code, w := range codes {
		if strings.HasPrefix(code, "recovery.") {
			require.NotContains(t, strings.ToLower(w.in("en")), "follow", code)
		}
	}
}
