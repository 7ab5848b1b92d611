package season

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/table"
)

// Bug is planted between the desk and its table, to prove that the judges can fail.
type Bug string

// The bugs that can be planted.
const (
	CapOffByOne    Bug = "one asking more than the cap"
	DeskQuiet      Bug = "quiet hours in the desk's zone"
	RemindTwice    Bug = "a reminder goes twice"
	RemindAnswered Bug = "a reminder after the answer"
	SkipUntold     Bug = "a skip without its reason"
	LostSum        Bug = "a sum is not added"
	NotTakenBack   Bug = "a changed score is not taken back"
	LostRecovery   Bug = "no follow-up of a second answer"
	EscalateTwice  Bug = "an overdue follow-up escalates again"
	AskOptedOut    Bug = "surveys after an opt-out"
	ForgetAsked    Bug = "an asking is not noted with the customer"
)

// Bugs lists them.
var Bugs = []Bug{CapOffByOne, DeskQuiet, RemindTwice, RemindAnswered, SkipUntold, LostSum, NotTakenBack, LostRecovery, EscalateTwice, AskOptedOut, ForgetAsked}

// bugged is a table that a bug lies in.
type bugged struct {
	table.Table
	bug Bug
	n   int
	did map[table.Key]bool
}

// Get hides the customer's zone from a desk that doesn't care.
func (t *bugged) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	items, err := t.Table.Get(ctx, keys...)
	if t.bug == DeskQuiet {
		for i := range items {
			if strings.HasPrefix(items[i].PK, "C#") {
				items[i].Doc = bytes.Replace(items[i].Doc, []byte(`"tz":`), []byte(`"tzz":`), 1)
			}
		}
	}
	return items, err
}

// Write changes what is written, or leaves a part of it out.
func (t *bugged) Write(ctx context.Context, ops ...table.Op) error {
	ops = slices.Clone(ops)
	switch t.bug {
	case RemindTwice:
		change(ops, "Q#", "Q", `"s":"reminded"`, t.once(remindAgain))
	case RemindAnswered:
		change(ops, "Q#", "Q", `"s":"answered"`, stillAsked)
	case SkipUntold:
		ops = without(ops, func(it table.Item) bool {
			return strings.HasPrefix(it.SK, "M#") && bytes.Contains(it.Doc, []byte(`"survey.skipped"`)) && t.each(20)
		})
	case LostSum:
		ops = without(ops, func(it table.Item) bool { return strings.HasPrefix(it.PK, "K#channel") && t.each(40) })
	case NotTakenBack:
		change(ops, "F#", "", `"was":`, func(d doc, _ *table.Item) { d["was"] = nil })
	case LostRecovery:
		if slices.ContainsFunc(ops, func(op table.Op) bool { return op.Item.SK == "A#0002" }) {
			ops = without(ops, func(it table.Item) bool { return strings.HasPrefix(it.SK, "V#") })
		}
	case EscalateTwice:
		change(ops, "T#", "V#", `"over":`, t.once(overAgain))
	case AskOptedOut:
		change(ops, "I#", "I", `"out":true`, func(d doc, _ *table.Item) { d["out"] = false })
	case ForgetAsked:
		change(ops, "C#", "C", `"askedby":`, func(d doc, _ *table.Item) { delete(d, "asked") })
	}
	return t.Table.Write(ctx, ops...)
}

// each is true once in n times.
func (t *bugged) each(n int) bool { t.n++; return t.n%n == 0 }

// once does something to each row once.
func (t *bugged) once(do func(doc, *table.Item)) func(doc, *table.Item) {
	return func(d doc, it *table.Item) {
		if !t.did[it.Key] {
			t.did[it.Key] = true
			do(d, it)
		}
	}
}

func without(ops []table.Op, which func(table.Item) bool) []table.Op {
	return slices.DeleteFunc(ops, func(op table.Op) bool { return which(op.Item) })
}

type doc map[string]any

// change alters the documents of some rows that hold certain bytes.
func change(ops []table.Op, pk, sk, holds string, do func(doc, *table.Item)) {
	for i := range ops {
		it := &ops[i].Item
		if !strings.HasPrefix(it.PK, pk) || !strings.HasPrefix(it.SK, sk) || !bytes.Contains(it.Doc, []byte(holds)) {
			continue
		}
		var d doc
		if json.Unmarshal(it.Doc, &d) == nil {
			do(d, it)
			it.Doc, _ = json.Marshal(d)
		}
	}
}

// remindAgain lets a survey that was reminded of be as if it weren't, when its cooldown is
// over.
func remindAgain(d doc, it *table.Item) {
	if asked, ok := timeOf(d, "t1"); ok {
		due := asked.Add(5*day + day/2)
		d["s"], d["t3"], d["due"] = "asked", stamp(due), stamp(due)
		arm(it, due)
	}
}

// stillAsked lets an early answer leave the reminder's timer as it was, and the state
// with it.
func stillAsked(d doc, it *table.Item) {
	asked, ok := timeOf(d, "t1")
	answered, ok2 := timeOf(d, "t2")
	if !ok || !ok2 || !answered.Before(asked.Add(day)) {
		return
	}
	due := asked.Add(2 * day)
	d["s"], d["t3"], d["due"] = "asked", stamp(due), stamp(due)
	delete(d, "score")
	arm(it, due)
}

// overAgain lets a follow-up that escalated do so again.
func overAgain(d doc, it *table.Item) {
	if over, ok := timeOf(d, "over"); ok {
		d["due"] = stamp(over.Add(time.Hour))
		arm(it, over.Add(time.Hour))
	}
}

func timeOf(d doc, name string) (time.Time, bool) {
	s, _ := d[name].(string)
	at, err := time.Parse(time.RFC3339Nano, s)
	return at, err == nil
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// arm puts a row into the index of timers; which shard it is in matters to nobody.
func arm(it *table.Item, at time.Time) {
	if it.Index == nil {
		it.Index = map[table.Index]table.IndexKey{}
	}
	it.Index[table.Due] = table.IndexKey{PK: "due#00", SK: at.UTC().Format("2006-01-02T15:04:05.000Z") + "#" + it.PK + "|" + it.SK}
}
