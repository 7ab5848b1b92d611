package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// MaxTerms is how many of a query's terms are looked up in segments. A message must have
// all that was asked for, but these are enough to find the few that may.
const MaxTerms = 6

// Query is what somebody looks for: chunks, each of which must stand in a text as its
// atoms in a row.
type Query struct{ chunks [][]Atom }

// Parse reads a query. Chunks end at spaces; between straight or curly quotes they don't.
func Parse(q string) Query {
	var out Query
	for _, chunk := range split(q) {
		if atoms := Atoms(chunk); len(atoms) > 0 {
			out.chunks = append(out.chunks, atoms)
		}
	}
	return out
}

func split(q string) []string {
	quoted := false
	return strings.FieldsFunc(q, func(r rune) bool {
		if r == '"' || r == '“' || r == '”' || r == '＂' {
			quoted = !quoted
			return true
		}
		return !quoted && (unicode.IsSpace(r) || r == '\u3000')
	})
}

// Empty says that the query asks for no word.
func (q Query) Empty() bool { return len(q.chunks) == 0 }

// Terms are those to look up, what is likely the rarest first, MaxTerms at most. A
// character that is part of a pair is not looked up by itself.
func (q Query) Terms() []string {
	var out []string
	for _, chunk := range q.chunks {
		for i, a := range chunk {
			alone := !a.Solid || (i == 0 || !chunk[i-1].Solid) && (i == len(chunk)-1 || !chunk[i+1].Solid)
			if alone {
				out = append(out, a.Text)
			} else if i > 0 && chunk[i-1].Solid {
				out = append(out, chunk[i-1].Text+a.Text)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(t string) bool { was := seen[t]; seen[t] = true; return was })
	return out[:min(len(out), MaxTerms)]
}

// Match says whether a text has all that the query asks for.
func (q Query) Match(text string) bool {
	atoms := Atoms(text)
	for _, chunk := range q.chunks {
		if find(atoms, chunk) < 0 {
			return false
		}
	}
	return len(q.chunks) > 0
}

// find is where chunk begins in atoms; -1 where it nowhere does.
func find(atoms, chunk []Atom) int {
	for i := 0; i+len(chunk) <= len(atoms); i++ {
		if slices.EqualFunc(atoms[i:i+len(chunk)], chunk, func(a, b Atom) bool { return a.Text == b.Text }) {
			return i
		}
	}
	return -1
}

// Part is a piece of a snippet; Hit where it is what was looked for.
type Part struct {
	Text string
	Hit  bool
}

// Sizes of a snippet, in bytes: what stands before the first hit, and all of it.
const (
	snippetBefore = 60
	snippetBytes  = 240
)

// Snippet is the piece of a text around the first of the query's chunks, with all hits
// in it marked; where there is none, the text's beginning. Line breaks are spaces.
func (q Query) Snippet(text string) []Part {
	atoms := Atoms(text)
	var hits []Atom
	for _, chunk := range q.chunks {
		for at, i := 0, find(atoms, chunk); i >= 0; i = find(atoms[at:], chunk) {
			hits = append(hits, Atom{Start: atoms[at+i].Start, End: atoms[at+i+len(chunk)-1].End})
			at += i + len(chunk)
		}
	}
	slices.SortFunc(hits, func(a, b Atom) int { return cmp.Compare(a.Start, b.Start) })
	from := 0
	if len(hits) > 0 && hits[0].Start > snippetBefore {
		from = len(clip(text, hits[0].Start-snippetBefore))
		if i := strings.IndexAny(text[from:hits[0].Start], " \n"); i >= 0 {
			from += i + 1
		}
	}
	to := from + len(clip(text[from:], snippetBytes))
	return parts(text, from, to, hits)
}

var lines = strings.NewReplacer("\r\n", " ", "\n", " ")

func parts(text string, from, to int, hits []Atom) []Part {
	var out []Part
	add := func(s string, hit bool) {
		if s != "" {
			out = append(out, Part{lines.Replace(s), hit})
		}
	}
	if from > 0 {
		add("…", false)
	}
	at := from
	for _, h := range hits {
		if h.Start < at || h.End > to {
			continue
		}
		add(text[at:h.Start], false)
		add(text[h.Start:h.End], true)
		at = h.End
	}
	add(text[at:to], false)
	if to < len(text) {
		add("…", false)
	}
	return out
}

// Text is a snippet without its marks.
func Text(parts []Part) string {
	var out strings.Builder
	for _, p := range parts {
		out.WriteString(p.Text)
	}
	return out.String()
}
