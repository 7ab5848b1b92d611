package generic

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/deskhook/deskhook/shared/desk"
)

// The scale of a rating whose ends are left out, and what either end may be.
const (
	worstRating = 1
	bestRating  = 5
	mostRating  = 100
	maxVersion  = 1e15
)

// review reads what a review has beside its words.
func (r *reader) review(in *desk.Inbound, b json.RawMessage) {
	if in.Kind != desk.InReview {
		if b != nil {
			r.fault("review", "is for a review only")
		}
		return
	}
	if b == nil {
		r.fault("review", "is missing")
		return
	}
	m := r.object("review", b, "id", "version", "rating", "worst", "best", "kind")
	g := &desk.Given{ID: r.text("review.id", m["id"], maxFrom)}
	if !isID(g.ID) {
		r.fault("review.id", "should be a text of 1 to 200 characters")
	}
	g.Version = r.number("review.version", m["version"], 1, maxVersion, 0)
	g.Type = desk.Type(r.oneOf("review.kind", m["kind"], string(desk.Complaint), string(desk.Suggestion), string(desk.Praise)))
	if m["rating"] == nil {
		r.fault("review.rating", "is missing")
	}
	rating := int(r.number("review.rating", m["rating"], 0, mostRating, 0))
	g.Min = int(r.number("review.worst", m["worst"], 0, mostRating-1, worstRating))
	g.Max = int(r.number("review.best", m["best"], 1, mostRating, bestRating))
	if g.Min >= g.Max {
		r.fault("review.best", "should be more than worst")
	} else if rating < g.Min || rating > g.Max {
		r.fault("review.rating", "should be from "+strconv.Itoa(g.Min)+" to "+strconv.Itoa(g.Max))
	}
	g.Rating = &rating
	in.Given = g
}

// number reads a whole number; without where the key is absent.
func (r *reader) number(path string, b json.RawMessage, least, most, without int64) int64 {
	if b == nil {
		return without
	}
	var n *float64 // 3.0 is a whole number in JSON Schema, and what some languages write; the bounds lie within what it holds exactly
	if json.Unmarshal(b, &n) != nil || n == nil || *n != math.Trunc(*n) || *n < float64(least) || *n > float64(most) {
		r.fault(path, "should be a whole number from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10))
		return without
	}
	return int64(*n)
}
