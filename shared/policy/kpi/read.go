package kpi

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Times describes lengths of time. All are nil where there were none: zero is a value.
type Times struct {
	Mean   *time.Duration // of whole seconds, exact
	Median *time.Duration // within HistogramError
	P90    *time.Duration // within HistogramError
}

// Figures are what sums mean. A rate or mean is nil where there is nothing to divide
// by: zero is a value, no value is none.
type Figures struct {
	Opened        int64
	FirstAnswered int64
	Resolved      int64
	Reopened      int64
	Closed        int64
	OneTouch      int64
	SurveySent    int64
	SurveySkipped int64
	Answered      int64
	MessagesIn    int64
	MessagesOut   int64
	Notes         int64

	RecoveriesOpened int64
	RecoveriesDone   int64
	Recovered        int64 // one day alone may be below zero, as of Scores

	// Handled is the time that agents had tickets open and were at work on them.
	Handled time.Duration
	// Scores counts answers by score, 1 first. One day alone may be below zero: a
	// customer took an earlier day's score back.
	Scores [scoreMax]int64

	NPSScores [11]int64 // 0 first
	CESScores [7]int64  // 1 first

	FirstResponse Times
	Resolution    Times
	AnswerTime    Times    // from asking to the first answer
	CSAT          *float64 // share of good scores, 0 to 1
	NPS           *float64 // promoters less detractors, -100 to 100
	CES           *float64 // mean, 1 to 7
	CSATMean      *float64 // 1 to 5
	ResponseRate  *float64 // answered of sent
	OneTouchRate  *float64 // of resolved
	ReopenRate    *float64 // reopened for each resolved; may be above 1

	SLAFirstResponse *float64 // met of met and missed
	SLANextResponse  *float64
	SLAResolution    *float64
}

// Read gives the figures of the sum of all sums: of days, of cuts that don't overlap.
// A nil map is a day without anything.
// Scores of 4 and 5 are good.
func Read(sums ...map[string]int64) Figures { return ReadGood(GoodScore, sums...) }

// ReadGood does so with another least score that counts as satisfied.
func ReadGood(good int, sums ...map[string]int64) Figures {
	all := map[string]int64{}
	for _, s := range sums {
		Merge(all, s)
	}
	f := Figures{
		Opened: all[opened], FirstAnswered: all[firstAnswered], Resolved: all[resolved],
		Reopened: all[reopened], Closed: all[closed], OneTouch: all[oneTouch],
		SurveySent: all[surveySent], SurveySkipped: all[surveySkipped], Answered: all[answered],
		MessagesIn: all[messagesIn], MessagesOut: all[messagesOut], Notes: all[notes],

		RecoveriesOpened: all[recoveriesOpened], RecoveriesDone: all[recoveriesDone], Recovered: all[recovered],

		Handled:       time.Duration(all[handled]) * time.Second,
		FirstResponse: times(all, firstResponse, all[firstAnswered]),
		Resolution:    times(all, resolution, all[resolved]),
		AnswerTime:    times(all, answerTime, histogramTotal(all, answerTime)),
		ResponseRate:  ratio(all[answered], all[surveySent]),
		OneTouchRate:  ratio(all[oneTouch], all[resolved]),
		ReopenRate:    ratio(all[reopened], all[resolved]),

		SLAFirstResponse: kept(all, desk.FirstResponse),
		SLANextResponse:  kept(all, desk.NextResponse),
		SLAResolution:    kept(all, desk.Resolution),
	}
	var csat, nps, ces tally
	for i := range f.Scores {
		f.Scores[i] = csat.add(all, desk.CSAT, i+scoreMin)
	}
	for i := range f.NPSScores {
		f.NPSScores[i] = nps.add(all, desk.NPS, i)
	}
	for i := range f.CESScores {
		f.CESScores[i] = ces.add(all, desk.CES, i+1)
	}
	f.CSAT, f.CSATMean, f.CES = ratio(csat.from(good), csat.n), csat.mean(), ces.mean()
	if nps.n > 0 {
		v := 100 * float64(nps.from(promoter)-(nps.n-nps.from(passive))) / float64(nps.n)
		f.NPS = &v
	}
	return f
}

// tally leaves scores below zero out of shares and means, which would else lie outside
// their ranges for the day of a correction. Over a range of days that holds both the
// answer and its correction nothing is below zero and all are exact.
type tally struct {
	n, sum int64
	counts [11]int64 // by score
}

// add gives the count as it stands in the sums.
func (t *tally) add(all map[string]int64, k desk.SurveyKind, score int) int64 {
	n := all[scoreName(k, score)]
	count := max(0, n)
	t.counts[score] = count
	t.n += count
	t.sum += count * int64(score)
	return n
}

// from counts the scores that are no less than one.
func (t *tally) from(score int) (n int64) {
	for _, c := range t.counts[score:] {
		n += c
	}
	return n
}

func (t *tally) mean() *float64 { return ratio(t.sum, t.n) }

const (
	// GoodScore is the least CSAT score that counts as satisfied where nobody says
	// otherwise.
	GoodScore = 4
	promoter  = 9 // NPS from here on
	passive   = 7 // NPS from here on; less is a detractor
)

// kept is the share of targets met.
func kept(all map[string]int64, t desk.Target) *float64 {
	met := all[targetName(t, true)]
	return ratio(met, met+all[targetName(t, false)])
}

func ratio(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	r := float64(part) / float64(whole)
	return &r
}

func times(all map[string]int64, prefix string, n int64) Times {
	var t Times
	if n > 0 {
		mean := time.Duration(float64(all[sumName(prefix)]) / float64(n) * float64(time.Second))
		t.Mean = &mean
	}
	if median, ok := percentile(all, prefix, 0.5); ok {
		t.Median = &median
	}
	if p90, ok := percentile(all, prefix, 0.9); ok {
		t.P90 = &p90
	}
	return t
}
