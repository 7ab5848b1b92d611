package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/lcs"

	"github.com/deskhook/deskhook/shared/config"
)

// Diff is how one text becomes another, as unified diffs tell it, with three lines around
// each change; "" where they are the same. Beyond a hundred changed lines it may show more
// than there is, and never less.
func Diff(from, to, before, after string) string {
	if before == after {
		return ""
	}
	old := strings.SplitAfter(before, "\n")
	a, b := asRunes(old, strings.SplitAfter(after, "\n"))
	starts := make([]int, len(old)+1)
	for i, line := range old {
		starts[i+1] = starts[i] + len(line)
	}
	lines := strings.SplitAfter(after, "\n")
	var edits []udiff.Edit
	for _, d := range lcs.DiffRunes(a, b) {
		edits = append(edits, udiff.Edit{Start: starts[d.Start], End: starts[d.End], New: strings.Join(lines[d.ReplStart:d.ReplEnd], "")})
	}
	out, err := udiff.ToUnified(from, to, before, edits, 3)
	if err != nil { // the edits were made from these very texts
		return ""
	}
	return out
}

// asRunes gives each different line a letter of its own, so that lines are compared and
// not what is in them.
func asRunes(a, b []string) (x, y []rune) {
	letters := map[string]rune{}
	spell := func(lines []string) []rune {
		out := make([]rune, len(lines))
		for i, line := range lines {
			if _, ok := letters[line]; !ok {
				letters[line] = rune(len(letters))
			}
			out[i] = letters[line]
		}
		return out
	}
	return spell(a), spell(b)
}

// Section is what changes in one part of the settings. Of a list the entries are named by
// their ids, of anything else its fields.
type Section struct {
	Name    string   `json:"name"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
	Moved   bool     `json:"moved"` // entries stand in another order
}

// Sections tells what changes between two settings, whatever the text did: comments and
// the order of keys are no change. was may be nil.
func Sections(was, now *config.Settings) ([]Section, error) {
	a, err := parts(was)
	if err != nil {
		return nil, err
	}
	b, err := parts(now)
	if err != nil {
		return nil, err
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	out := []Section{}
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if name == "version" || bytes.Equal(a[name], b[name]) {
			continue
		}
		// An empty list may be written as none at all.
		if s := section(name, a[name], b[name]); s.Moved || len(s.Added)+len(s.Removed)+len(s.Changed) > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

func parts(s *config.Settings) (map[string]json.RawMessage, error) {
	if s == nil {
		return map[string]json.RawMessage{}, nil
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	return m, json.Unmarshal(doc, &m)
}

func section(name string, was, now json.RawMessage) Section {
	a, orderA := entries(was)
	b, orderB := entries(now)
	s := Section{Name: name, Added: []string{}, Removed: []string{}, Changed: []string{}}
	for _, id := range orderA {
		switch {
		case b[id] == nil:
			s.Removed = append(s.Removed, id)
		case !bytes.Equal(a[id], b[id]):
			s.Changed = append(s.Changed, id)
		}
	}
	for _, id := range orderB {
		if a[id] == nil {
			s.Added = append(s.Added, id)
		}
	}
	s.Moved = len(s.Added)+len(s.Removed) == 0 && !slices.Equal(orderA, orderB)
	return s
}

// entries are what a part consists of, by name and in order: of a list its items, of an
// object its fields.
func entries(doc json.RawMessage) (map[string]json.RawMessage, []string) {
	all, order := map[string]json.RawMessage{}, []string{}
	var list []json.RawMessage
	if json.Unmarshal(doc, &list) == nil && list != nil {
		for i, item := range list {
			id := idOf(item, i)
			all[id] = item
			order = append(order, id)
		}
		return all, order
	}
	if json.Unmarshal(doc, &all) != nil || all == nil {
		return map[string]json.RawMessage{}, order
	}
	return all, slices.Sorted(maps.Keys(all))
}

// idOf is what an item is called: accounts by channel and name, all else by id or name.
func idOf(item json.RawMessage, i int) string {
	var named struct{ Channel, ID, Name any }
	_ = json.Unmarshal(item, &named) // what has none of them counts by its place
	id, _ := named.ID.(string)
	name, _ := named.Name.(string)
	channel, _ := named.Channel.(string)
	switch {
	case channel != "" && name != "":
		return channel + "/" + name
	case id != "":
		return id
	case name != "":
		return name
	}
	return fmt.Sprintf("%d", i+1)
}
