package kpi_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/table"
)

func ptr[T any](v T) *T { return &v }

// sumOf adds up what facts count for one cut, as a recount does.
func sumOf(cut string, fs ...desk.Fact) map[string]int64 {
	all := map[string]int64{}
	for _, f := range fs {
		for _, s := range kpi.Count(f) {
			if s.Cut == cut {
				kpi.Merge(all, s.Counters)
			}
		}
	}
	return all
}

// TestCount: which counters a fact adds to, and that all its cuts get the same.
func TestCount(t *testing.T) {
	for name, tt := range map[string]struct {
		fact desk.Fact
		want map[string]int64
	}{
		"opened": {desk.Fact{Kind: desk.FactOpened}, map[string]int64{"opened": 1}},
		// 512 = 2^(36/4) ≤ 600 < 2^(37/4) = 608.9, which is bucket 37.
		"first answered": {desk.Fact{Kind: desk.FactFirstAnswered, Took: 10 * time.Minute},
			map[string]int64{"first_answered": 1, "frt_sum_s": 600, "frt_h37": 1}},
		"answered at once": {desk.Fact{Kind: desk.FactFirstAnswered},
			map[string]int64{"first_answered": 1, "frt_sum_s": 0, "frt_h00": 1}},
		"clock went back": {desk.Fact{Kind: desk.FactFirstAnswered, Took: -time.Second},
			map[string]int64{"first_answered": 1, "frt_sum_s": 0, "frt_h00": 1}},
		"resolved": {desk.Fact{Kind: desk.FactResolved, Took: time.Second, OneTouch: true},
			map[string]int64{"resolved": 1, "one_touch": 1, "res_sum_s": 1, "res_h01": 1}},
		"resolved after years": {desk.Fact{Kind: desk.FactResolved, Took: 30000 * time.Hour},
			map[string]int64{"resolved": 1, "res_sum_s": 108_000_000, "res_h99": 1}},
		"reopened":        {desk.Fact{Kind: desk.FactReopened}, map[string]int64{"reopened": 1}},
		"closed":          {desk.Fact{Kind: desk.FactClosed}, map[string]int64{"closed": 1}},
		"survey sent":     {desk.Fact{Kind: desk.FactSurveySent}, map[string]int64{"survey_sent": 1}},
		"survey skipped":  {desk.Fact{Kind: desk.FactSurveySkipped}, map[string]int64{"survey_skipped": 1}},
		"answered":        {desk.Fact{Kind: desk.FactAnswered, Score: ptr(5)}, map[string]int64{"answered": 1, "csat_5": 1}},
		"answer changed":  {desk.Fact{Kind: desk.FactAnswered, Score: ptr(4), Was: ptr(1)}, map[string]int64{"csat_4": 1, "csat_1": -1}},
		"comment changed": {desk.Fact{Kind: desk.FactAnswered, Score: ptr(4), Was: ptr(4)}, nil},
		"no score":        {desk.Fact{Kind: desk.FactAnswered}, nil},
		"no such score":   {desk.Fact{Kind: desk.FactAnswered, Score: ptr(0)}, nil},
		"target met":      {desk.Fact{Kind: desk.FactSLAMet, Target: desk.NextResponse}, map[string]int64{"sla_next_response_met": 1}},
		"target missed":   {desk.Fact{Kind: desk.FactSLAMissed, Target: desk.Resolution}, map[string]int64{"sla_resolution_missed": 1}},
		"unknown kind":    {desk.Fact{Kind: "moved"}, nil},
	} {
		f := tt.fact
		f.Day, f.Channel, f.Team = "2026-03-01", desk.WeChat, "support"
		sums := kpi.Count(f)
		if tt.want == nil {
			require.Empty(t, sums, name)
			continue
		}
		require.Equal(t, []kpi.Sum{
			{Cut: "all", Day: f.Day, Counters: tt.want},
			{Cut: "channel#wechat", Day: f.Day, Counters: tt.want},
			{Cut: "team#support", Day: f.Day, Counters: tt.want},
		}, sums, name)
	}
}

// TestCountFitsTable: whatever is counted, the table takes it as counters.
func TestCountFitsTable(t *testing.T) {
	for _, f := range everyFact() {
		for _, s := range kpi.Count(f) {
			require.NoError(t, table.Validate([]table.Op{table.Add(table.Key{PK: "K#" + s.Cut, SK: s.Day}, s.Counters)}))
		}
	}
}

func everyFact() []desk.Fact {
	var out []desk.Fact
	for _, k := range []desk.FactKind{
		desk.FactOpened, desk.FactFirstAnswered, desk.FactResolved, desk.FactReopened,
		desk.FactClosed, desk.FactSurveySent, desk.FactSurveySkipped, desk.FactAnswered, desk.FactSLAMet, desk.FactSLAMissed,
	} {
		out = append(out, desk.Fact{Kind: k, Day: "2026-03-01", Channel: desk.SMS, Team: "x", Took: time.Hour, Score: ptr(3), Target: desk.FirstResponse})
	}
	return out
}

// TestCountMessage: volumes, dated by record time in the desk's zone.
func TestCountMessage(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	at := time.Date(2026, 3, 1, 16, 30, 0, 0, time.UTC) // half past midnight in Shanghai
	mail := desk.Address{Channel: desk.Email, Account: "support", ID: "a@b.example"}
	for name, tt := range map[string]struct {
		m    desk.Message
		want []kpi.Sum
	}{
		"in": {desk.Message{Kind: desk.FromCustomer, From: mail}, []kpi.Sum{
			{Cut: "all", Day: "2026-03-02", Counters: map[string]int64{"msg_in": 1}},
			{Cut: "channel#email", Day: "2026-03-02", Counters: map[string]int64{"msg_in": 1}}}},
		"out": {desk.Message{Kind: desk.ToCustomer, From: mail}, []kpi.Sum{
			{Cut: "all", Day: "2026-03-02", Counters: map[string]int64{"msg_out": 1}},
			{Cut: "channel#email", Day: "2026-03-02", Counters: map[string]int64{"msg_out": 1}}}},
		"on the status page": {desk.Message{Kind: desk.ToCustomer}, []kpi.Sum{
			{Cut: "all", Day: "2026-03-02", Counters: map[string]int64{"msg_out": 1}},
			{Cut: "channel#webform", Day: "2026-03-02", Counters: map[string]int64{"msg_out": 1}}}},
		"note": {desk.Message{Kind: desk.Note}, []kpi.Sum{
			{Cut: "all", Day: "2026-03-02", Counters: map[string]int64{"msg_note": 1}}}},
		"split off": {desk.Message{Kind: desk.FromCustomer, From: mail, Moved: "AAAAAA"}, nil},
		"its stub": {desk.Message{Kind: desk.FromCustomer, From: mail, Gone: "BBBBBB"}, []kpi.Sum{
			{Cut: "all", Day: "2026-03-02", Counters: map[string]int64{"msg_in": 1}},
			{Cut: "channel#email", Day: "2026-03-02", Counters: map[string]int64{"msg_in": 1}}}},
		"journal": {desk.Message{Kind: desk.Journal}, nil},
	} {
		tt.m.At = at
		require.Equal(t, tt.want, kpi.CountMessage(tt.m, zone), name)
	}
}

// TestShareOfTargetsMet: missed ones count in the whole.
func TestShareOfTargetsMet(t *testing.T) {
	require.Nil(t, kpi.Read().SLAFirstResponse)
	f := kpi.Read(map[string]int64{"sla_first_response_met": 3}, map[string]int64{"sla_first_response_missed": 1, "sla_resolution_missed": 2})
	require.Equal(t, ptr(0.75), f.SLAFirstResponse)
	require.Equal(t, ptr(0.0), f.SLAResolution)
	require.Nil(t, f.SLANextResponse)
}

// TestZeroIsAValue: nothing to divide by gives no figure, a figure of zero gives zero.
func TestZeroIsAValue(t *testing.T) {
	none := kpi.Read()
	require.Zero(t, none.Opened)
	require.Nil(t, none.FirstResponse.Mean)
	require.Nil(t, none.FirstResponse.Median)
	require.Nil(t, none.CSAT)
	require.Nil(t, none.CSATMean)
	require.Nil(t, none.ResponseRate)
	require.Nil(t, none.ReopenRate)
	require.Equal(t, none, kpi.Read(nil, map[string]int64{}, nil))

	f := kpi.Read(sumOf(kpi.All,
		desk.Fact{Kind: desk.FactFirstAnswered}, desk.Fact{Kind: desk.FactResolved},
		desk.Fact{Kind: desk.FactSurveySent}, desk.Fact{Kind: desk.FactAnswered, Score: ptr(1)},
	))
	require.Equal(t, ptr(time.Duration(0)), f.FirstResponse.Mean)
	require.Equal(t, ptr(time.Duration(0)), f.FirstResponse.Median)
	require.Equal(t, ptr(time.Duration(0)), f.FirstResponse.P90)
	require.Equal(t, ptr(0.0), f.CSAT)
	require.Equal(t, ptr(1.0), f.CSATMean)
	require.Equal(t, ptr(0.0), f.OneTouchRate)
	require.Equal(t, ptr(0.0), f.ReopenRate)
	require.Equal(t, ptr(1.0), f.ResponseRate)
}

// TestScores: 4 and 5 are satisfied; a replaced answer counts once, with its last score.
func TestScores(t *testing.T) {
	answer := func(score int, was *int) desk.Fact {
		return desk.Fact{Kind: desk.FactAnswered, Score: &score, Was: was}
	}
	f := kpi.Read(sumOf(kpi.All, answer(5, nil), answer(4, nil), answer(3, nil), answer(1, nil), answer(5, ptr(1))))
	require.Equal(t, int64(4), f.Answered)
	require.Equal(t, [5]int64{0, 0, 1, 1, 2}, f.Scores)
	require.Equal(t, ptr(0.75), f.CSAT)
	require.Equal(t, ptr(4.25), f.CSATMean)

	// The day of the correction alone: still within the ranges.
	alone := kpi.Read(sumOf(kpi.All, answer(5, ptr(1)), answer(4, nil)))
	require.Equal(t, int64(-1), alone.Scores[0])
	require.Equal(t, ptr(1.0), alone.CSAT)
	require.Equal(t, ptr(4.5), alone.CSATMean)
}

// TestPercentilesKeepTheirError: median and p90 are within HistogramError of the
// nearest-rank percentile of the values themselves, the mean is exact (promise 8).
func TestPercentilesKeepTheirError(t *testing.T) {
	require.InDelta(t, math.Pow(2, 1.0/8)-1, kpi.HistogramError, 0.0001)
	rapid.Check(t, func(t *rapid.T) {
		took := rapid.SliceOfN(rapid.Int64Range(0, 200*24*3600), 1, 60).Draw(t, "took")
		var facts []desk.Fact
		var sum int64
		for _, s := range took {
			facts = append(facts, desk.Fact{Kind: desk.FactResolved, Took: time.Duration(s) * time.Second})
			sum += s
		}
		got := kpi.Read(sumOf(kpi.All, facts...)).Resolution
		slices.Sort(took)
		within(t, nearestRank(took, 0.5), *got.Median)
		within(t, nearestRank(took, 0.9), *got.P90)
		require.InDelta(t, float64(sum)/float64(len(took)), got.Mean.Seconds(), 0.001)
	})
}

func nearestRank(sorted []int64, p float64) float64 {
	return float64(sorted[int(math.Ceil(p*float64(len(sorted))))-1])
}

func within(t *rapid.T, want float64, got time.Duration) {
	require.InDelta(t, want, got.Seconds(), want*kpi.HistogramError+1e-6)
}

// TestReadOfPartsIsReadOfTheWhole: however facts are spread over sums, the figures are
// those of a recount (promise 8).
func TestReadOfPartsIsReadOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOf(factGen()).Draw(t, "facts")
		parts := make([]map[string]int64, rapid.IntRange(1, 5).Draw(t, "parts"))
		for _, f := range facts {
			i := rapid.IntRange(0, len(parts)-1).Draw(t, "part")
			if parts[i] == nil {
				parts[i] = map[string]int64{}
			}
			kpi.Merge(parts[i], sumOf(kpi.All, f))
		}
		require.Equal(t, kpi.Read(sumOf(kpi.All, facts...)), kpi.Read(parts...))
	})
}

func factGen() *rapid.Generator[desk.Fact] {
	return rapid.Custom(func(t *rapid.T) desk.Fact {
		f := rapid.SampledFrom(everyFact()).Draw(t, "fact")
		f.Took = time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "s")) * time.Second
		f.OneTouch = rapid.Bool().Draw(t, "one")
		f.Score = ptr(rapid.IntRange(1, 5).Draw(t, "score"))
		if rapid.Bool().Draw(t, "again") {
			f.Was = ptr(rapid.IntRange(1, 5).Draw(t, "was"))
		}
		return f
	})
}

// TestEveryFigureIsDefined: each figure has words in both languages, and no words
// stand for a figure that is gone.
func TestEveryFigureIsDefined(t *testing.T) {
	var fields []string
	for i := range reflect.TypeFor[kpi.Figures]().NumField() {
		fields = append(fields, reflect.TypeFor[kpi.Figures]().Field(i).Name)
	}
	var defined []string
	for _, name := range kpi.Names() {
		defined = append(defined, strings.ReplaceAll(name, "_", ""))
		zh, en := kpi.Definition(name, "zh-CN"), kpi.Definition(name, "en")
		require.NotEmpty(t, zh, name)
		require.NotEmpty(t, en, name)
		require.NotEqual(t, zh, en, name)
		if strings.Contains(en, "histogram") {
			require.Contains(t, en, fmt.Sprintf("%.1f %%", kpi.HistogramError*100), name)
			require.Contains(t, zh, fmt.Sprintf("%.1f%%", kpi.HistogramError*100), name)
		}
	}
	for i, f := range fields {
		fields[i] = strings.ToLower(f)
	}
	require.ElementsMatch(t, fields, defined)
	require.Empty(t, kpi.Definition("nothing", "en"))
	require.Equal(t, kpi.Definition("csat", "en"), kpi.Definition("csat", "fr"))
}

// Time spent is added up for the desk, the channel, the team and the agent.
func TestHandled(t *testing.T) {
	f := desk.Fact{Kind: desk.FactHandled, Day: "2026-03-02", Channel: desk.SMS, Team: "support", Assignee: "amy", Took: 90*time.Second + 300*time.Millisecond}
	sums := kpi.Count(f)
	var cuts []string
	for _, s := range sums {
		cuts = append(cuts, s.Cut)
		require.Equal(t, 90*time.Second, kpi.Read(s.Counters).Handled)
		require.Equal(t, 180*time.Second, kpi.Read(s.Counters, s.Counters).Handled)
	}
	require.Equal(t, []string{kpi.All, kpi.ChannelCut(desk.SMS), kpi.TeamCut("support"), kpi.AgentCut("amy")}, cuts)
}
