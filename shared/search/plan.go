package search

import (
	"cmp"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Standing is what is known of a segment without reading it.
type Standing struct {
	ID     string `json:"id"` // names its bytes: the same bytes have the same id
	Docs   int    `json:"n"`
	Size   int    `json:"b"`  // bytes
	Footer int    `json:"f"`  // bytes of its footer, at its end
	Min    string `json:"lo"` // id of its oldest message
	Max    string `json:"hi"` // and of its newest
}

// Fan is how many segments of one size are merged into one of the next.
const Fan = 8

// full is from how many docs on a segment is merged no more: two such may not fit in one.
const full = MaxDocs / 2

// tier is a segment's size class: each eight times the one before.
func tier(docs int) int {
	n := 0
	for size := 64; docs >= size && n < 4; size *= Fan {
		n++
	}
	return n
}

// Plan chooses segments to merge into one: of the smallest class that has Fan of them,
// the oldest that fit. None where no class has. By it there are at most Fan-1 segments in
// each of four classes, and those that are full, of half MaxDocs and more.
func Plan(all []Standing) []Standing {
	classes := map[int][]Standing{}
	for _, s := range all {
		if s.Docs < full {
			classes[tier(s.Docs)] = append(classes[tier(s.Docs)], s)
		}
	}
	for class := range 5 {
		in := classes[class]
		if len(in) < Fan {
			continue
		}
		slices.SortFunc(in, func(a, b Standing) int { return cmp.Or(cmp.Compare(a.Max, b.Max), cmp.Compare(a.ID, b.ID)) })
		docs, n := 0, 0
		for n < Fan && docs+in[n].Docs <= MaxDocs {
			docs += in[n].Docs
			n++
		}
		return in[:n]
	}
	return nil
}

// idTime is how message ids begin.
const idTime = "20060102T150405.000"

// IDAt is what the ids of messages of a time and later are not below.
func IDAt(t time.Time) string {
	s := t.UTC().Format(idTime)
	return s[:15] + s[16:]
}

// TimeOf is when a message was recorded, by its id; zero where it is no id.
func TimeOf(m desk.MessageID) time.Time {
	if len(m) < 18 {
		return time.Time{}
	}
	t, err := time.Parse(idTime, string(m[:15])+"."+string(m[15:18]))
	if err != nil {
		return time.Time{}
	}
	return t
}
