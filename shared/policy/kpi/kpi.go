// Package kpi defines the desk's figures, once: what each fact and each message adds to
// which sums, and what the sums mean. Whoever shows a figure reads it with Read, and
// whoever recounts one counts with Count, so that two pages can't differ.
//
// Sums are whole numbers and only ever added, so the sum of parts is the sum of the
// whole (promise 8). A day's figures are dated by record time in the desk's zone.
// Percentiles come from a fixed histogram; HistogramError is their error.
package kpi

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Names of the counters. Those of the histograms are made by bucketName.
const (
	opened        = "opened"
	firstAnswered = "first_answered"
	resolved      = "resolved"
	reopened      = "reopened"
	closed        = "closed"
	oneTouch      = "one_touch"
	surveySent    = "survey_sent"
	surveySkipped = "survey_skipped"
	answered      = "answered"
	messagesIn    = "msg_in"
	messagesOut   = "msg_out"
	notes         = "msg_note"
	handled       = "handled_s" // seconds

	recoveriesOpened = "recovery_opened"
	recoveriesDone   = "recovery_done"
	recovered        = "recovered"

	firstResponse = "frt" // prefix of first response times
	resolution    = "res" // prefix of resolution times
	answerTime    = "ans" // prefix of times from asking to the first answer
)

// All is the cut of the whole desk.
const All = "all"

// ChannelCut is the cut of one channel.
func ChannelCut(c desk.Channel) string { return "channel#" + string(c) }

// TeamCut is the cut of one team.
func TeamCut(team string) string { return "team#" + team }

// AgentCut is the cut of one agent: of surveys about them, and of their time.
func AgentCut(agent string) string { return "agent#" + agent }

// TierCut is the cut of a customer tier; of surveys only.
func TierCut(t desk.Tier) string { return "tier#" + string(t) }

// SurveyCut is the cut of one survey, by its id in the settings. It holds besides the
// sums of each version and variant: see Arms.
func SurveyCut(id string) string { return "survey#" + id }

// Sum is what is to be added to one day of one cut. Counters are named [a-z0-9_]+ and
// may be negative: a replaced answer takes its former score away.
type Sum struct {
	Cut      string
	Day      string // 2006-01-02 in the desk's zone
	Counters map[string]int64
}

// Count says what a fact adds, to at most six cuts: three, and three more for those of
// surveys. A kind of fact it doesn't know
// adds nothing.
func Count(f desk.Fact) []Sum {
	counters := countersOf(f)
	if len(counters) == 0 {
		return nil
	}
	sums := []Sum{{All, f.Day, counters}}
	if f.Channel != "" {
		sums = append(sums, Sum{ChannelCut(f.Channel), f.Day, counters})
	}
	if f.Team != "" {
		sums = append(sums, Sum{TeamCut(f.Team), f.Day, counters})
	}
	switch f.Kind {
	case desk.FactHandled:
		return append(sums, Sum{AgentCut(f.Assignee), f.Day, counters})
	case desk.FactSurveySent, desk.FactSurveySkipped, desk.FactAnswered:
		return append(sums, surveySums(f, counters)...)
	}
	return sums
}

func surveySums(f desk.Fact, counters map[string]int64) (sums []Sum) {
	if f.Assignee != "" {
		sums = append(sums, Sum{AgentCut(f.Assignee), f.Day, counters})
	}
	if f.Tier != "" {
		sums = append(sums, Sum{TierCut(f.Tier), f.Day, counters})
	}
	if f.Of == "" {
		return sums
	}
	both := armCounters(f, counters)
	Merge(both, counters)
	return append(sums, Sum{SurveyCut(f.Of), f.Day, both})
}

func countersOf(f desk.Fact) map[string]int64 {
	switch f.Kind {
	case desk.FactOpened:
		return map[string]int64{opened: 1}
	case desk.FactFirstAnswered:
		return took(map[string]int64{firstAnswered: 1}, firstResponse, f.Took)
	case desk.FactResolved:
		c := took(map[string]int64{resolved: 1}, resolution, f.Took)
		if f.OneTouch {
			c[oneTouch] = 1
		}
		return c
	case desk.FactReopened:
		return map[string]int64{reopened: 1}
	case desk.FactClosed:
		return map[string]int64{closed: 1}
	case desk.FactHandled:
		return map[string]int64{handled: seconds(f.Took)}
	case desk.FactSurveySent:
		return map[string]int64{surveySent: 1}
	case desk.FactSurveySkipped:
		return map[string]int64{surveySkipped: 1}
	case desk.FactRecoveryOpened:
		return map[string]int64{recoveriesOpened: 1}
	case desk.FactRecoveryDone:
		return map[string]int64{recoveriesDone: 1}
	case desk.FactRecovered:
		return map[string]int64{recovered: 1}
	case desk.FactUnrecovered:
		return map[string]int64{recovered: -1}
	case desk.FactSLAMet, desk.FactSLAMissed:
		return target(f)
	case desk.FactAnswered:
		return scored(f)
	}
	return nil
}

// target counts a promise kept or not.
func target(f desk.Fact) map[string]int64 {
	if f.Target == "" {
		return nil
	}
	return map[string]int64{targetName(f.Target, f.Kind == desk.FactSLAMet): 1}
}

func targetName(t desk.Target, met bool) string {
	if met {
		return "sla_" + string(t) + "_met"
	}
	return "sla_" + string(t) + "_missed"
}

// took adds a length of time: its sum in whole seconds, and its place in the histogram.
func took(c map[string]int64, prefix string, d time.Duration) map[string]int64 {
	s := seconds(d)
	c[sumName(prefix)] = s
	c[bucketName(prefix, bucketOf(s))] = 1
	return c
}

// seconds cuts off fractions. A clock that went backwards gives zero, not a debt.
func seconds(d time.Duration) int64 { return max(0, int64(d/time.Second)) }

func sumName(prefix string) string { return prefix + "_sum_s" }

// Bounds of a CSAT score.
const (
	scoreMin = 1
	scoreMax = 5
)

// scoreName names the counter of a score of a kind of survey.
func scoreName(k desk.SurveyKind, score int) string {
	if k == "" {
		k = desk.CSAT
	}
	return fmt.Sprintf("%s_%d", k, score)
}

func validScore(k desk.SurveyKind, s *int) bool {
	least, most := k.Bounds()
	return s != nil && *s >= least && *s <= most
}

// scored counts an answer. One that replaces another isn't one more answer; the score
// it replaces is taken back on the day of the correction, for a closed day never
// changes. Zero is a score.
func scored(f desk.Fact) map[string]int64 {
	if !validScore(f.Survey, f.Score) {
		return nil
	}
	c := map[string]int64{scoreName(f.Survey, *f.Score): 1}
	if !validScore(f.Survey, f.Was) {
		c[answered] = 1
		if f.Took > 0 { // unknown of answers of before it was noted
			took(c, answerTime, f.Took)
		}
		return c
	}
	was := scoreName(f.Survey, *f.Was)
	if c[was]--; c[was] == 0 {
		delete(c, was)
	}
	return c
}

// CountMessage says what a new row of a timeline adds. Messages know no team, so they
// count for the whole desk and for their channel; notes for the whole desk alone. The
// day is that of record in the zone.
func CountMessage(m desk.Message, zone *time.Location) []Sum {
	name, channel := volumeOf(m)
	if name == "" {
		return nil
	}
	day := m.At.In(zone).Format(time.DateOnly)
	counters := map[string]int64{name: 1}
	sums := []Sum{{All, day, counters}}
	if channel != "" {
		sums = append(sums, Sum{ChannelCut(channel), day, counters})
	}
	return sums
}

// Volume says whether a counter is one of CountMessage's.
func Volume(counter string) bool {
	return counter == messagesIn || counter == messagesOut || counter == notes
}

func volumeOf(m desk.Message) (name string, c desk.Channel) {
	if m.Moved != "" { // counted where it was split off from, by the row that stayed there
		return "", ""
	}
	switch m.Kind {
	case desk.FromCustomer:
		return messagesIn, m.From.Channel
	case desk.ToCustomer:
		if m.From.Channel == "" {
			return messagesOut, desk.WebForm // only a form's submitter may have no address: read on the status page
		}
		return messagesOut, m.From.Channel
	case desk.Note:
		return notes, ""
	}
	return "", ""
}

// Merge adds counters to a sum. A counter that comes to zero is kept: whoever writes
// sums may leave it out, no reader may tell the difference.
func Merge(into, add map[string]int64) {
	for name, n := range add {
		into[name] += n
	}
}
