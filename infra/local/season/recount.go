package season

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// judgeFigures: every figure of every cut and day is what a recount of the people's own
// books gives.
func (s *season) judgeFigures() []string {
	s.recount()
	var cuts []string
	for key := range s.sums {
		_, cut, _ := strings.Cut(key, " ")
		cuts = append(cuts, cut)
	}
	slices.Sort(cuts)
	days := s.days()
	for _, cut := range slices.Compact(cuts) {
		var all []map[string]int64
		for chunk := range slices.Chunk(days, 100) {
			sums, err := s.w.store.Figures(context.Background(), cut, chunk...)
			s.must(err)
			for i, got := range sums {
				s.judgeDay(chunk[i], cut, got)
			}
			all = append(all, sums...)
		}
		s.judgeCut(cut, days, all)
	}
	return s.shares(days)
}

// days are all of the season and of what came after it, in the desk's zone.
func (s *season) days() (out []string) {
	for at := start.In(berlin); !at.After(s.w.now.Add(day)); at = at.AddDate(0, 0, 1) {
		out = append(out, at.Format(time.DateOnly))
	}
	return out
}

// judged says whether the recount knows a counter.
func judged(name string) bool {
	switch name {
	case "opened", "resolved", "reopened", "first_answered", "survey_sent", "survey_skipped", "answered":
		return true
	}
	kind, score, ok := strings.Cut(name, "_")
	_, err := strconv.Atoi(score)
	return ok && err == nil && (kind == "csat" || kind == "nps" || kind == "ces") || name[0] == 'q' && strings.Count(name, "_") == 2
}

func (s *season) judgeDay(date, cut string, got map[string]int64) {
	want := s.sums[date+" "+cut]
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range got {
		names[name] = judged(name)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] && want[name] != got[name] {
			s.breaks("%s of %s on %s: %d, and %d were counted by hand", name, cut, date, got[name], want[name])
		}
	}
}

// recount adds up what concerns surveys; the rest was noted as it happened.
func (s *season) recount() {
	for _, a := range s.asked {
		r := s.w.seen.surveys[a.id]
		if r == nil || len(r.Version) < 8 {
			continue // told already
		}
		cuts := a.ticket.surveyCuts(r.Planned, a.tier, a.of)
		arm := "q" + r.Version[:8] + "_" + a.variant + "_"
		tell := func(at time.Time, names ...string) {
			s.counted(at, cuts, names...)
			for _, name := range names {
				less := strings.HasPrefix(name, "-")
				name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "-"), "survey_"), surveys[a.of].kind+"_")
				if name = arm + name; less {
					name = "-" + name
				}
				s.counted(at, []string{"survey#" + a.of}, name)
			}
		}
		tell(a.at, "survey_sent")
		answers := a.answers
		if s.countedAlready(a) {
			answers = nil
		}
		for i, x := range answers {
			score := func(v int) string { return surveys[a.of].kind + "_" + strconv.Itoa(v) }
			if i == 0 {
				tell(x.at, "answered", score(x.value))
			} else {
				tell(x.at, score(x.value), "-"+score(a.answers[i-1].value))
			}
		}
	}
	s.recountSkips()
	s.judgeVersions()
}

// countedAlready says whether the same round of a scheduled survey was answered before by
// who turned out by then to be the same person.
func (s *season) countedAlready(a *asking) bool {
	p := a.ticket.from.who
	if a.of != "nps" || len(a.answers) == 0 || !valueAt(p.one, a.first) {
		return false
	}
	for _, x := range p.addrs {
		for _, d := range x.got {
			same := d.a != a && d.of == a.of && d.at.Sub(a.at).Abs() < 3*day && !d.remind
			if same && !d.a.first.IsZero() && d.a.first.Before(a.first) {
				return true
			}
		}
	}
	return false
}

func (s *season) recountSkips() {
	for _, r := range s.w.seen.order {
		if t := s.tickets[r.Ticket]; t != nil && r.State == "skipped" {
			s.counted(r.skipped, t.surveyCuts(r.Planned, valueAt(t.from.who.tiers, r.skipped), r.Of), "survey_skipped")
		}
	}
	for _, l := range s.w.seen.lines {
		t := s.tickets[l.ticket]
		if t == nil || l.code != "survey.skipped" || l.why != "survey.not_sampled" && l.why != "survey.auto_closed" {
			continue
		}
		of := "csat" // the one survey that samples
		s.counted(l.at, t.surveyCuts(l.at, valueAt(t.from.who.tiers, l.at), of), "survey_skipped")
	}
}

// judgeVersions: what was asked in the same words has the same version, and nothing else
// has it.
func (s *season) judgeVersions() {
	words, versions := map[string]string{}, map[string]string{}
	for _, a := range s.asked {
		r := s.w.seen.surveys[a.id]
		if r == nil {
			continue
		}
		said := a.of + " " + a.version + " " + a.variant
		if a.of == "nps" && a.variant == "chat" {
			said = a.of
		}
		if words[r.Version] == "" && versions[said] == "" {
			words[r.Version], versions[said] = said, r.Version
		}
		if words[r.Version] != said || versions[said] != r.Version {
			s.breaks("survey %s: version %s was %q, and is %q", a.id, r.Version, words[r.Version], said)
		}
	}
}

// judgeCut: shares and means over the whole season, as dashboards show them.
func (s *season) judgeCut(cut string, days []string, sums []map[string]int64) {
	mine := s.total(cut, days)
	got := kpi.Read(sums...)
	s.equal(cut+": CSAT", got.CSAT, share(mine, "csat", 4, 5))
	s.equal(cut+": CSAT mean", got.CSATMean, mean(mine, "csat", 1, 5))
	s.equal(cut+": CES", got.CES, mean(mine, "ces", 1, 7))
	s.equal(cut+": response rate", got.ResponseRate, part(mine["answered"], mine["survey_sent"]))
	var nps *float64
	if up, down := share(mine, "nps", 9, 10), share(mine, "nps", 0, 6); up != nil {
		v := 100 * (*up - *down)
		nps = &v
	}
	s.equal(cut+": NPS", got.NPS, nps)
	for _, arm := range kpi.Arms(sums...) {
		name := "q" + arm.Version + "_" + arm.Variant + "_"
		var rate, middle *float64
		if arm.Rate != nil {
			rate = &arm.Rate.Value
		}
		s.equal(cut+": response rate of "+name, rate, part(mine[name+"answered"], mine[name+"sent"]))
		if arm.Mean != nil {
			middle = &arm.Mean.Value
			s.equal(cut+": mean of "+name, middle, mean(mine, strings.TrimSuffix(name, "_"), 0, 10))
		}
	}
}

func (s *season) total(cut string, days []string) map[string]int64 {
	all := map[string]int64{}
	for _, d := range days {
		for name, n := range s.sums[d+" "+cut] {
			all[name] += n
		}
	}
	return all
}

func (s *season) equal(what string, got, want *float64) {
	if (got == nil) != (want == nil) || got != nil && math.Abs(*got-*want) > 1e-9 {
		s.breaks("%s: %s, by hand %s", what, said(got), said(want))
	}
}

func said(v *float64) string {
	if v == nil {
		return "none"
	}
	return strconv.FormatFloat(*v, 'f', 4, 64)
}

func part(of, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	v := float64(of) / float64(whole)
	return &v
}

// share is how many of all answers of a kind lie from one score to another.
func share(all map[string]int64, kind string, from, to int) *float64 {
	var in, whole int64
	for v := 0; v <= 10; v++ {
		n := all[kind+"_"+strconv.Itoa(v)]
		if whole += n; v >= from && v <= to {
			in += n
		}
	}
	return part(in, whole)
}

func mean(all map[string]int64, kind string, from, to int) *float64 {
	var sum, whole int64
	for v := from; v <= to; v++ {
		n := all[kind+"_"+strconv.Itoa(v)]
		sum, whole = sum+n*int64(v), whole+n
	}
	return part(sum, whole)
}

// shares are the season's figures in words.
func (s *season) shares(days []string) (out []string) {
	for _, cut := range []string{"all", "channel#wechat", "channel#email", "channel#sms", "channel#webform", "tier#vip", "survey#csat"} {
		all := s.total(cut, days)
		nps := "none"
		if up, down := share(all, "nps", 9, 10), share(all, "nps", 0, 6); up != nil {
			nps = fmt.Sprintf("%.1f", 100*(*up-*down))
		}
		out = append(out, fmt.Sprintf("%-16s asked %6d, skipped %6d, answered %5d (%s), CSAT %s, mean %s, CES %s, NPS %s", cut,
			all["survey_sent"], all["survey_skipped"], all["answered"], said(part(all["answered"], all["survey_sent"])),
			said(share(all, "csat", 4, 5)), said(mean(all, "csat", 1, 5)), said(mean(all, "ces", 1, 7)), nps))
	}
	return out
}
