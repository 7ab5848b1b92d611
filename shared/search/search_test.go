package search_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/search"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		q, text string
		want    bool
	}{
		{"订单", "您好，我的订单呢", true},
		{"订单 退款", "要退款，订单号 12", true},
		{"订单退款", "要退款，订单号 12", false},
		{"单", "订单", true},
		{"退", "订单", false},
		{"refund", "Refund!", true},
		{"refund", "refunded", false},
		{"REFUND order", "my order: a refund, please", true},
		{`"refund order"`, "order a refund", false},
		{"“a refund”", "order a refund", true},
		{"A-17", "about a-17.", true},
		{"A-17", "about 17 a", false},
		{"ＡＢＣ　１２", "abc 12", true},
		{"café", "Cafe\u0301 CAFE", true},
		{"Straße", "strasse", true},
		{"iPhone手机", "IPHONE 手机壳", true},
		{"...", "...", false},
		{"", "anything", false},
		{"환불", "환불해 주세요", true},
		{"คืนเงิน", "ขอคืนเงินด้วย", true},
	} {
		require.Equal(t, c.want, search.Parse(c.q).Match(c.text), "%q in %q", c.q, c.text)
	}
}

func TestSnippet(t *testing.T) {
	q := search.Parse("退款 order")
	long := strings.Repeat("很久以前的事。", 40) + "我要退款，Order\n17，谢谢"
	parts := q.Snippet(long)
	require.True(t, strings.HasPrefix(search.Text(parts), "…"))
	var hits []string
	for _, p := range parts {
		if p.Hit {
			hits = append(hits, p.Text)
		}
	}
	require.Equal(t, []string{"退款", "Order"}, hits)
	require.Contains(t, search.Text(parts), "Order 17")
	require.Equal(t, "nothing", search.Text(q.Snippet("nothing")))
	require.Less(t, len(search.Text(q.Snippet(strings.Repeat("长", 1000)))), 300)
}

func TestWords(t *testing.T) {
	m := desk.Message{Kind: desk.FromCustomer, Subject: "S", Text: "T", Fields: []desk.Field{{Value: "F"}}, Attachments: []desk.Attachment{{Name: "A.pdf"}}}
	require.Equal(t, "T\nS\nF\nA.pdf", search.Words(m))
	for _, not := range []desk.Message{
		{Kind: desk.Journal, Text: "T"},
		{Kind: desk.FromCustomer, Text: "T", Gone: "7K3Q9W"},
		{Kind: desk.ToCustomer, Text: "T", By: desk.Actor{Kind: desk.ByDesk}},
	} {
		require.Empty(t, search.Words(not))
	}
}

// alphabet makes texts in which things happen: few words, few characters, separators.
func texts() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"退", "款", "订", "单", "订单", "退款", "refund", "Order", "ORDER", "a", "17", "Ａ", "é", " ", " ", "，", "-", "\n", ". "})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "") })
}

// grep is the oracle: each chunk as a regular expression over the folded text, whose
// atoms may have anything that is no letter between them.
func grep(chunks []string, text string) bool {
	const sep = `[^\p{L}\p{N}]*`
	text = " " + search.Fold(strings.ReplaceAll(text, "\n", " ")) + " "
	found := false
	for _, c := range chunks {
		var want []string
		for _, w := range regexp.MustCompile(`\p{Han}|[a-z0-9]+`).FindAllString(search.Fold(c), -1) {
			if w[0] < 0x80 {
				w = `\b` + w + `\b`
			}
			want = append(want, w)
		}
		if len(want) == 0 {
			continue
		}
		if !regexp.MustCompile(strings.Join(want, sep)).MatchString(text) {
			return false
		}
		found = true
	}
	return found
}

// What segments find, held against the texts, is what grep finds: however the documents
// are spread over segments, merged, and changed or taken away since.
func TestFindsWhatGrepFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := map[search.Doc]string{}
		var segments [][]byte
		for s := range rapid.IntRange(1, 4).Draw(t, "segments") {
			var entries []search.Entry
			for i := range rapid.IntRange(1, 6).Draw(t, "docs") {
				n := i
				if rapid.Bool().Draw(t, "new") {
					n += 10 * s
				}
				d := doc(n)
				all[d] = texts().Draw(t, "text")
				entries = append(entries, search.Entry{Doc: d, Terms: search.Terms(all[d])})
			}
			segments = append(segments, search.Build(entries))
		}
		if rapid.Bool().Draw(t, "merged") {
			merged, err := search.Merge(segments, nil)
			require.NoError(t, err)
			segments = [][]byte{merged}
		}
		if gone := doc(rapid.IntRange(0, 40).Draw(t, "gone")); all[gone] != "" {
			for i := range segments {
				left, err := search.Merge(segments[i:i+1], func(d search.Doc) bool { return d == gone })
				require.NoError(t, err)
				segments[i] = left
			}
			delete(all, gone)
		}
		chunks := rapid.SliceOfN(texts(), 1, 2).Draw(t, "chunks")
		q := search.Parse(`"` + strings.Join(chunks, `" "`) + `"`)
		var want, got []search.Doc
		for d, text := range all {
			if grep(chunks, text) {
				want = append(want, d)
			}
		}
		for _, raw := range segments {
			for _, d := range candidates(t, raw, q.Terms()) {
				if text, ok := all[d]; ok && q.Match(text) {
					got = append(got, d)
				}
			}
		}
		slices.SortFunc(want, search.Doc.Compare)
		slices.SortFunc(got, search.Doc.Compare)
		require.Equal(t, want, slices.Compact(got))
	})
}

func doc(n int) search.Doc {
	return search.Doc{Ticket: "7K3Q9W", Message: desk.MessageID(fmt.Sprintf("20260302T0930%05d-0123456789", n))}
}

func open(t require.TestingT, raw []byte) (*search.Segment, search.Source) {
	n, err := search.FooterBytes(raw)
	require.NoError(t, err)
	s, err := search.Open(len(raw), raw[len(raw)-n:])
	require.NoError(t, err)
	return s, func(at, n int) ([]byte, error) { return raw[at : at+n], nil }
}

func candidates(t require.TestingT, raw []byte, terms []string) (out []search.Doc) {
	if raw == nil {
		return nil
	}
	s, from := open(t, raw)
	numbers, err := s.All(from, terms)
	require.NoError(t, err)
	for _, n := range numbers {
		docs, err := s.Read(from, search.Block(n))
		require.NoError(t, err)
		out = append(out, docs[n%128])
	}
	return out
}

// A word in one segment of many documents costs one read, and its documents come newest
// first.
func TestOneReadATerm(t *testing.T) {
	var entries []search.Entry
	for i := range 3000 {
		entries = append(entries, search.Entry{Doc: doc(i), Terms: []string{"all", fmt.Sprintf("word%d", i), fmt.Sprintf("mod%d", i%7)}})
	}
	raw := search.Build(entries)
	s, from := open(t, raw)
	reads, bytes := 0, 0
	counted := func(at, n int) ([]byte, error) { reads, bytes = reads+1, bytes+n; return from(at, n) }
	got, err := s.All(counted, []string{"word2900", "mod2", "all"})
	require.NoError(t, err)
	require.Equal(t, []uint32{99}, got)
	require.Equal(t, 3, reads)
	require.Less(t, bytes, 40*1024)
	docs, err := s.Read(from, search.Block(99))
	require.NoError(t, err)
	require.Equal(t, doc(2900), docs[99])
	require.LessOrEqual(t, s.First(string(doc(1500).Message)), uint32(1499))
	require.Greater(t, s.First(string(doc(1500).Message)), uint32(1499-256))
	none, err := s.All(counted, []string{"missing", "all"})
	require.NoError(t, err)
	require.Empty(t, none)
	require.Equal(t, 4, reads)
}

func TestMergeKeepsToItsBound(t *testing.T) {
	big := make([]search.Entry, search.MaxDocs)
	for i := range big {
		big[i] = search.Entry{Doc: doc(i), Terms: []string{"x"}}
	}
	one := search.Build([]search.Entry{{Doc: doc(70000), Terms: []string{"y"}}})
	_, err := search.Merge([][]byte{search.Build(big), one}, nil)
	require.ErrorIs(t, err, search.ErrTooMany)
	none, err := search.Merge([][]byte{one}, func(search.Doc) bool { return true })
	require.NoError(t, err)
	require.Empty(t, none)
}

// However messages come, segments stay few, and merging comes to an end.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []search.Standing
		docs, n := 0, 0
		for range rapid.IntRange(1, 400).Draw(t, "runs") {
			size := rapid.SampledFrom([]int{1, 3, 40, 500, 4096}).Draw(t, "size")
			docs, n = docs+size, n+1
			all = append(all, search.Standing{ID: fmt.Sprint(n), Docs: size, Max: fmt.Sprintf("%06d", n)})
			for merge := search.Plan(all); len(merge) > 0; merge = search.Plan(all) {
				require.GreaterOrEqual(t, len(merge), 2)
				n++
				into := search.Standing{ID: fmt.Sprint(n)}
				for _, s := range merge {
					into.Docs, into.Max = into.Docs+s.Docs, max(into.Max, s.Max)
				}
				require.LessOrEqual(t, into.Docs, search.MaxDocs)
				all = slices.DeleteFunc(all, func(s search.Standing) bool { return slices.Contains(merge, s) })
				all = append(all, into)
			}
			require.LessOrEqual(t, len(all), 4*(search.Fan-1)+docs*2/search.MaxDocs+1)
		}
	})
}

func TestIDAt(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)
	id := string(desk.NewMessageID(at, "x"))
	require.LessOrEqual(t, search.IDAt(at), id)
	require.Greater(t, search.IDAt(at.Add(time.Millisecond)), id)
}
