package kpi

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Arm is one variant of a survey in one version of its questions.
type Arm struct {
	Version  string // the first eight digits
	Variant  string // "" = the survey has none
	Sent     int64
	Answered int64
	Scored   int64 // answers that the mean is of
	Rate     *Interval
	Mean     *Interval
}

// Interval is a value and where the true one lies with 95 % confidence.
type Interval struct{ Value, Low, High float64 }

// z is the 97.5th percentile of the normal distribution: 95 % lie between -z and z.
const z = 1.959963984540054

// armName names a counter of one arm. Versions are hexadecimal; variants are [a-z0-9]+.
func armName(version, variant, what string) string {
	return "q" + version[:min(8, len(version))] + "_" + variant + "_" + what
}

// armCounters are what a fact adds to its survey's arm.
func armCounters(f desk.Fact, counters map[string]int64) map[string]int64 {
	out := map[string]int64{}
	if f.Def == "" {
		return out // never asked, or of before versions were noted
	}
	kind, _, _ := strings.Cut(scoreName(f.Survey, 0), "_")
	for name, n := range counters {
		score, isScore := strings.CutPrefix(name, kind+"_")
		switch {
		case name == surveySent:
			out[armName(f.Def, f.Variant, "sent")] = n
		case name == answered:
			out[armName(f.Def, f.Variant, "answered")] = n
		case isScore:
			out[armName(f.Def, f.Variant, score)] = n
		}
	}
	return out
}

// Arms reads the sums of a SurveyCut by version and variant, in their order.
func Arms(sums ...map[string]int64) []Arm {
	all := map[string]int64{}
	for _, s := range sums {
		Merge(all, s)
	}
	type key struct{ version, variant string }
	arms, scores := map[key]*Arm{}, map[key]map[int]int64{}
	for name, n := range all {
		parts := strings.Split(name, "_")
		if len(parts) != 3 || !strings.HasPrefix(name, "q") {
			continue
		}
		k := key{parts[0][1:], parts[1]}
		if arms[k] == nil {
			arms[k], scores[k] = &Arm{Version: k.version, Variant: k.variant}, map[int]int64{}
		}
		switch score, err := strconv.Atoi(parts[2]); {
		case parts[2] == "sent":
			arms[k].Sent = n
		case parts[2] == "answered":
			arms[k].Answered = n
		case err == nil:
			scores[k][score] = max(0, n)
		}
	}
	var out []Arm
	for k, a := range arms {
		a.Rate = wilson(a.Answered, a.Sent)
		a.Mean, a.Scored = mean(scores[k])
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Arm) int {
		return cmp.Or(strings.Compare(a.Version, b.Version), strings.Compare(a.Variant, b.Variant))
	})
	return out
}

// wilson is the share of k in n with Wilson's score interval, which stays within 0 and 1
// and is honest for few and for extreme shares (Wilson 1927; Brown, Cai, DasGupta 2001).
// More answers than askings in a range of days count as all.
func wilson(k, n int64) *Interval {
	if n <= 0 {
		return nil
	}
	p, m := float64(min(max(k, 0), n))/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return &Interval{p, max(0, middle-half), min(1, middle+half)}
}

// mean is the mean of scores with the normal interval of it. One score alone says nothing
// of how much scores differ: its interval is unbounded, told as nil.
func mean(counts map[int]int64) (*Interval, int64) {
	var n, sum, squares int64
	for score, c := range counts {
		n += c
		sum += c * int64(score)
		squares += c * int64(score) * int64(score)
	}
	if n < 2 {
		return nil, n
	}
	m := float64(sum) / float64(n)
	variance := max(0, (float64(squares)-float64(n)*m*m)/float64(n-1))
	half := z * math.Sqrt(variance/float64(n))
	return &Interval{m, m - half, m + half}, n
}

// Better names the variant whose mean is surely higher than that of all others of its
// version: their intervals don't meet. "", false where there is none, or where one of
// them has fewer answers than least.
func Better(arms []Arm, least int) (variant string, ok bool) {
	best := -1
	for i, a := range arms {
		if a.Mean == nil || a.Scored < int64(least) {
			return "", false
		}
		if best < 0 || a.Mean.Value > arms[best].Mean.Value {
			best = i
		}
	}
	if len(arms) < 2 {
		return "", false
	}
	for i, a := range arms {
		if i != best && a.Mean.High >= arms[best].Mean.Low {
			return "", false
		}
	}
	return arms[best].Variant, true
}
