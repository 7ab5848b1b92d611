package figuresfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

const (
	// maxRows is how many figure rows a tally may touch before it is written. One
	// record adds six at most, so the transaction stays within the table's 100 ops
	// with the position among them.
	maxRows = 80
	// maxState bounds the sums in the window's state, in bytes. Lambda takes 1 MB for
	// each shard (AWS: "Using AWS Lambda with Amazon DynamoDB", tumbling windows), the
	// keys and the JSON around them included.
	maxState = 512 * 1024
	// counterBytes is what one counter takes in the state at most, about.
	counterBytes = table.MaxCounterName + 24
	// maxTouched is how many messages whose words changed a tally names before it is
	// written: 250 kB of the state, beside the sums.
	maxTouched = 4000
)

// ErrState: the window's state was not made by this function.
var ErrState = errors.New("figuresfn: state not understood")

// cell is one row of figures: a day of a cut.
type cell struct{ Cut, Day string }

// tally is what was counted and not yet written: the records from first to upto.
type tally struct {
	first string // sequence number of the first record in the sums; "" = none
	upto  string // up to here all records were counted or skipped
	sums  map[cell]map[string]int64
	names int // counters in all sums
	words touched
}

// touched are the messages whose words changed, for jobs to make findable.
type touched struct {
	At       time.Time // of the first change
	Messages map[search.Doc]store.Touched
}

// add notes one. What it was before the first change of these is what counts.
func (w *touched) add(m store.Touched, at time.Time) {
	key := search.Doc{Ticket: m.Ticket, Message: m.Message}
	if _, ok := w.Messages[key]; ok {
		return
	}
	if w.Messages == nil {
		w.At, w.Messages = at, map[search.Doc]store.Touched{}
	}
	w.Messages[key] = m
}

// row gives them in one order, whatever they came in.
func (w *touched) row() store.TouchedRow {
	keys := slices.SortedFunc(maps.Keys(w.Messages), search.Doc.Compare)
	r := store.TouchedRow{At: w.At}
	for _, k := range keys {
		r.Messages = append(r.Messages, w.Messages[k])
	}
	return r
}

// Keys of the state. All others begin with sumPrefix and hold the counters of one row.
const (
	stateFirst = "first"
	stateUpto  = "upto"
	stateWords = "words"
	sumPrefix  = "sum|"
)

// openTally reads the state, unless what it holds is written already.
func openTally(state map[string]string, written string) (*tally, error) {
	t := &tally{first: state[stateFirst], upto: state[stateUpto], sums: map[cell]map[string]int64{}}
	switch {
	case !table.SeqLess(written, t.upto): // nothing new in it
		return &tally{upto: written, sums: map[cell]map[string]int64{}}, nil
	case t.first != "" && !table.SeqLess(written, t.first):
		return nil, ErrOverlap
	}
	if err := t.openWords(state[stateWords]); err != nil {
		return nil, err
	}
	for key, value := range state {
		if rest, ok := strings.CutPrefix(key, sumPrefix); ok {
			if err := t.open(rest, value); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

func (t *tally) openWords(value string) error {
	if value == "" {
		return nil
	}
	var r store.TouchedRow
	if json.Unmarshal([]byte(value), &r) != nil {
		return ErrState
	}
	for _, m := range r.Messages {
		t.words.add(m, r.At)
	}
	return nil
}

func (t *tally) open(key, value string) error {
	day, cut, ok := strings.Cut(key, "|")
	var counters map[string]int64
	if !ok || json.Unmarshal([]byte(value), &counters) != nil {
		return ErrState
	}
	t.merge(cell{Cut: cut, Day: day}, counters)
	return nil
}

// state is the inverse of openTally: never nil, and empty where nothing was read.
func (t *tally) state() map[string]string {
	state := map[string]string{}
	if t.upto != "" {
		state[stateUpto] = t.upto
	}
	if t.first != "" {
		state[stateFirst] = t.first
	}
	if len(t.words.Messages) > 0 {
		raw, _ := json.Marshal(t.words.row()) // names and a time always marshal
		state[stateWords] = string(raw)
	}
	for c, counters := range t.sums {
		// A map of numbers always marshals.
		raw, _ := json.Marshal(counters)
		state[fmt.Sprintf("%s%s|%s", sumPrefix, c.Day, c.Cut)] = string(raw)
	}
	return state
}

// add counts a record, unless it is one that was counted before.
func (t *tally) add(c table.Change, zone *time.Location) {
	if !table.SeqLess(t.upto, c.Seq) {
		return
	}
	t.upto = c.Seq
	for _, s := range count(c, zone) {
		if t.first == "" {
			t.first = c.Seq
		}
		t.merge(cell{Cut: s.Cut, Day: s.Day}, s.Counters)
	}
	if m, ok := store.TouchedOf(c); ok {
		if t.first == "" {
			t.first = c.Seq
		}
		t.words.add(m, c.At.UTC())
	}
}

func count(c table.Change, zone *time.Location) []kpi.Sum {
	if f, ok := store.FactOf(c); ok {
		return kpi.Count(f)
	}
	if m, ok := store.MessageOf(c); ok {
		return kpi.CountMessage(m, zone)
	}
	return nil
}

func (t *tally) merge(c cell, counters map[string]int64) {
	into, ok := t.sums[c]
	if !ok {
		into = map[string]int64{}
		t.sums[c] = into
	}
	before := len(into)
	kpi.Merge(into, counters)
	t.names += len(into) - before
}

func (t *tally) full() bool {
	return len(t.sums) >= maxRows || t.names*counterBytes >= maxState || len(t.words.Messages) >= maxTouched
}

func (t *tally) clear() {
	t.first, t.sums, t.names, t.words = "", map[cell]map[string]int64{}, 0, touched{}
}
