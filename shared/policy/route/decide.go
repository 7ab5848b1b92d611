package route

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Decide goes through the rules once, in order, so that it ends whatever they say.
func Decide(rules []Rule, q Question) Verdict {
	v := Verdict{Then: Then{Type: q.Type, Priority: q.Priority, Team: q.Team, Tags: slices.Clone(q.Tags)}}
	var set Then
	for _, r := range rules {
		why := r.If.fails(q, v.Then)
		v.Steps = append(v.Steps, Step{Rule: r.Name, Matched: why == "", Why: why})
		if why != "" {
			continue
		}
		v.take(&set, r.Then)
		v.Decisions = append(v.Decisions, desk.Decision{Code: "route.rule", Args: map[string]string{"rule": r.Name}})
		if !r.Continue {
			break
		}
	}
	return v
}

// take sets what a rule sets and no earlier one has.
func (v *Verdict) take(set *Then, t Then) {
	first(&v.Team, &set.Team, t.Team)
	first(&v.Type, &set.Type, t.Type)
	first(&v.Priority, &set.Priority, t.Priority)
	first(&v.SLA, &set.SLA, t.SLA)
	first(&v.Acknowledge, &set.Acknowledge, t.Acknowledge)
	v.Tags = add(v.Tags, t.Tags)
	v.Skills = add(v.Skills, t.Skills)
}

func first[T ~string](v, set *T, to T) {
	if to != "" && *set == "" {
		*v, *set = to, to
	}
}

func add(to, more []string) []string {
	for _, s := range more {
		if !slices.Contains(to, s) && len(to) < MaxTags {
			to = append(to, s)
		}
	}
	return to
}

// fails names the first condition that does not hold; "" where all do. sofar is what
// the rules above have set.
func (w When) fails(q Question, sofar Then) string {
	text := fold(q.Subject + "\n" + q.Text)
	for _, c := range []struct {
		name string
		ok   bool
	}{
		{"channels", among(w.Channels, q.Channel)},
		{"accounts", among(w.Accounts, q.Account) || slices.Contains(w.Accounts, string(q.Channel)+"/"+q.Account)},
		{"forms", among(w.Forms, q.Form)},
		{"languages", among(w.Languages, q.Language)},
		{"types", among(w.Types, sofar.Type)},
		{"tiers", among(w.Tiers, q.Tier)},
		{"scenes", among(w.Scenes, q.Scene)},
		{"tags", len(w.Tags) == 0 || slices.ContainsFunc(w.Tags, func(t string) bool { return slices.Contains(sofar.Tags, t) })},
		{"inside_hours", w.Inside == "" || q.InHours != nil && q.InHours(w.Inside, q.At)},
		{"outside_hours", w.Outside == "" || q.InHours != nil && !q.InHours(w.Outside, q.At)},
		{"any_words", len(w.AnyWords) == 0 || slices.ContainsFunc(w.AnyWords, func(x string) bool { return contains(text, fold(x)) })},
		{"all_words", !slices.ContainsFunc(w.AllWords, func(x string) bool { return !contains(text, fold(x)) })},
	} {
		if !c.ok {
			return c.name
		}
	}
	return ""
}

func among[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
