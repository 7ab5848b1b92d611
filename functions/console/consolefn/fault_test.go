package consolefn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// unmet are faults that nobody meets in the console, with the reason.
var unmet = map[string]string{
	"is missing: a ticket begun twice would be sent twice":        "the console's forms have a key",
	"is missing: who asks again must find the customer they made": "the API's alone",
	"is missing: a task opened twice would be done twice":         "the console's forms have a key",
	"was used for another request":                                "the key holds what was asked",
	"the idempotency key was used for something else":             "the key holds what was asked",
	"it reports on a message that this desk doesn't know":         "a provider's report",
	"%s":    "the words of another fault",
	"%q %s": "one of TagFault's, which TestFaultsWithNumbers looks at",
}

// places are where what the console does can fail, with whoever else's faults lie there.
var places = []string{"../../../shared/ticketing", "../../../shared/policy", "../../../shared/desk", "../../../shared/store", "."}

// Every fault that a person can meet in the console has words in Chinese: whoever adds one
// finds it here.
func TestEveryFaultHasChineseWords(t *testing.T) {
	found := map[string]string{}
	for _, root := range places {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.Contains(path, "policy/questions/") || strings.Contains(path, "ticketing/import.go") { // the survey's page; the API
				return err
			}
			return faultsOf(path, found)
		})
		require.NoError(t, err)
	}
	require.Greater(t, len(found), 60, "the sources were not read")
	for text, where := range found {
		if _, ok := unmet[text]; ok {
			continue
		}
		sample := strings.NewReplacer("%d", "7", "%q", `"x"`, "%s", "DH-7K3Q-9W").Replace(text)
		zh := inChinese(sample)
		if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %q has no words in Chinese: add it to fault_forms.go", where, text)
		}
		require.NotContains(t, zh, "$", text)
	}
	for text := range unmet {
		require.Contains(t, found, text, "nothing says this any more")
	}
}

// faultsOf reads the texts of FieldError and Errorf, and what must() says is missing.
func faultsOf(path string, found map[string]string) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		text, at := "", 1
		switch name := called(call.Fun); name {
		case "FieldError", "Errorf":
		case "must":
			text, at = "no such ", len(call.Args)-1
		default:
			return true
		}
		if lit, ok := call.Args[at].(*ast.BasicLit); ok {
			if s, err := strconv.Unquote(lit.Value); err == nil && text+s != "no such %s" {
				found[text+s] = set.Position(lit.Pos()).String()
			}
		}
		return true
	})
	return nil
}

func called(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "desk" {
			return f.Sel.Name
		}
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// Every kind of job has words where one lies among the letters.
func TestEveryJobHasWords(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../../../shared/work/work.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		if c, ok := node.(*ast.ValueSpec); ok && strings.HasPrefix(c.Names[0].Name, "Job") {
			kind, err := strconv.Unquote(c.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			require.Contains(t, deadKinds, kind)
			n++
		}
		return true
	})
	require.Greater(t, n, 10)
}

// No text fits two forms, or which one is read would be chance.
func TestFormsAreApart(t *testing.T) {
	for en := range chineseForms {
		sample, fit := strings.NewReplacer("%d", "7", "%q", `"x"`, "%s", "x").Replace(en), 0
		for _, f := range forms() {
			if f.en.MatchString(sample) {
				fit++
			}
		}
		require.Equal(t, 1, fit, en)
	}
}

// What differs each time is kept in the words.
func TestFaultsWithNumbers(t *testing.T) {
	for en, zh := range map[string]string{
		"the ticket was merged into DH-7K3Q-9W already": "工单已合并到 DH-7K3Q-9W",
		"may have one line of at most 60 characters":    "限一行，最多 60 个字",
		`there is no agent "bo"`:                        "没有客服“bo”",
		"must be one of pro, free":                      "请选择以下之一：pro, free",
		"must be one of zh-CN, en":                      "请选择列表中的语言",
		"something new":                                 "something new",
		`"a b" ` + desk.TagFault("a b"):                 "“a b”只能用文字、数字和 - _ . : /",
		`"x" ` + desk.TagFault(strings.Repeat("x", 41)): "“x”超过 40 个字",
		`"" ` + desk.TagFault(""):                       "标签不能为空",
	} {
		require.Equal(t, zh, inChinese(en))
	}
}

// Every fault of the settings has words in Chinese, which keep what differs each time.
func TestSettingsFaultsInChinese(t *testing.T) {
	found := map[string]bool{}
	paths, err := filepath.Glob("../../../shared/config/*.go")
	require.NoError(t, err)
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || strings.HasSuffix(path, "_test.go") {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"at", "fault", "warn"}, sel.Sel.Name) {
				for _, a := range call.Args {
					if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if s, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(s, " ") {
							found[s] = true
						}
					}
				}
			}
			return true
		})
	}
	require.Greater(t, len(found), 150, "the sources were not read")
	for text := range found {
		if text == "is %v" { // what the calendar's file says of itself
			continue
		}
		var args []string
		sample := regexp.MustCompile(`%[dsqv]`).ReplaceAllStringFunc(text, func(verb string) string {
			arg := strconv.Itoa(70 + len(args))
			args = append(args, arg)
			if verb == "%q" {
				return `"` + arg + `"`
			}
			return arg
		})
		zh := settingInChinese(sample)
		require.True(t, strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }), "%q has no words in Chinese: add it to fault_settings.go", text)
		for _, arg := range args {
			require.Contains(t, zh, arg, text)
		}
	}
	for en, zh := range map[string]string{
		"should be zh-CN or en":                       "应为 zh-CN 或 en",
		"should be agent, lead or admin":              "应为 agent、lead 或 admin",
		"should be one of low, normal, high, urgent":  "应为以下之一：low、normal、high、urgent",
		"should be a time of day such as 21:00":       "应为时刻，如 21:00",
		"no such setting; did you mean teams?":        "没有这一项，是不是 teams？",
		"something new":                               "something new",
		`there is no event "x"; there are a, b`:       "没有事件“x”，可用的有：a, b",
		"should be a time of day such as 10:00, or 9": "应为时刻，如 10:00, or 9",
	} {
		require.Equal(t, zh, settingInChinese(en))
	}
}
