package journal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever a channel says of a message that can't be sent or can't be read, an agent reads
// in Chinese: whoever adds a reason finds it here.
func TestEveryReasonOfAChannelHasChineseWords(t *testing.T) {
	var s saidBy
	for _, root := range []string{"../channel", "../receive", "../../functions/tickets"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && (d.Name() == "channeltest" || d.Name() == "captcha" || d.Name() == "tnef") {
				return or(err, fs.SkipDir)
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, s.look)
			return nil
		}))
	}
	require.Greater(t, len(s.sending), 60, "the sources were not read")
	require.Greater(t, len(s.reading), 30, "the sources were not read")
	for _, why := range s.sending {
		if _, isCode := codes[why]; !isCode {
			if !chinese(Why(why, Chinese)) {
				t.Errorf("senders.go has no words for %q", why)
			}
			require.Equal(t, why, Why(why, "en"))
		}
	}
	for _, why := range s.reading {
		zh := Unapplied(why, Chinese)
		if !chinese(zh) {
			t.Errorf("unapplied.go has no words for %q", why)
		}
		require.NotContains(t, zh, "$")
	}
}

func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// saidBy collects the reasons from the sources: of an outcome, and of what is unreadable.
type saidBy struct{ sending, reading []string }

func (s *saidBy) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Reason" {
			s.sending = said(s.sending, n.Value)
		}
		if lit, ok := n.Value.(*ast.CompositeLit); ok && len(lit.Elts) == 2 { // errcode.go's table
			if kind, ok := lit.Elts[0].(*ast.SelectorExpr); ok && strings.HasPrefix(kind.Sel.Name, "Outcome") {
				s.sending = said(s.sending, lit.Elts[1])
			}
		}
	case *ast.AssignStmt:
		if sel, ok := n.Lhs[len(n.Lhs)-1].(*ast.SelectorExpr); ok && sel.Sel.Name == "Reason" && n.Tok == token.ASSIGN {
			s.sending = said(s.sending, n.Rhs[len(n.Rhs)-1])
		}
	case *ast.CallExpr:
		s.call(n)
	}
	return true
}

func (s *saidBy) call(n *ast.CallExpr) {
	last := n.Args
	if len(last) == 0 {
		return
	}
	switch name(n.Fun) {
	case "refuse", "refused", "unknown":
		s.sending = said(s.sending, n.Args[0])
	case "outcome":
		s.sending = said(s.sending, n.Args[len(n.Args)-1])
	case "fault":
		for _, why := range said(nil, n.Args[len(n.Args)-1]) {
			s.reading = append(s.reading, "review.rating "+why)
		}
	case "Errorf":
		if name(n.Args[min(1, len(n.Args)-1)]) == "ErrUnreadable" || name(n.Args[0]) == "Unreadable" {
			for _, arg := range n.Args[:2] {
				s.reading = said(s.reading, arg)
			}
		}
	}
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// said adds a text with something in the places that are filled in later; what is
// wholly another's is left out.
func said(to []string, e ast.Expr) []string {
	text, ok := sample(e)
	if !ok || text == "%w: %s %s" || text == "%w: wechat: %w" {
		return to
	}
	text = strings.TrimPrefix(text, "%w: ")
	return append(to, strings.NewReplacer("%q", `"x"`, "%s", "MsgType", ": %w", ": channel: unreadable", "%d", "7").Replace(text))
}

// sample is a text of which at least a part stands in the source.
func sample(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, okX := sample(e.X)
		y, okY := sample(e.Y)
		return x + y, okX || okY
	}
	return "7", false
}
