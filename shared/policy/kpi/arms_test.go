package kpi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

func asked(variant string) desk.Fact {
	return desk.Fact{Kind: desk.FactSurveySent, Day: "2026-03-01", Of: "csat", Def: "0a1b2c3d4e5f6071", Variant: variant}
}

func scoreOf(variant string, score int, was *int) desk.Fact {
	f := asked(variant)
	f.Kind, f.Score, f.Was = desk.FactAnswered, &score, was
	return f
}

// Each arm has its own counts and intervals; no winner below the sample, nor where the
// intervals meet.
func TestArms(t *testing.T) {
	var fs []desk.Fact
	for i := range 200 {
		fs = append(fs, asked("a"), asked("b"))
		if i < 100 {
			fs = append(fs, scoreOf("a", 4+i%2, nil), scoreOf("b", 2+i%2, nil))
		}
	}
	fs = append(fs, scoreOf("b", 5, ptr(2)))
	arms := kpi.Arms(sumOf(kpi.SurveyCut("csat"), fs...))
	require.Len(t, arms, 2)
	require.Equal(t, "0a1b2c3d", arms[0].Version)
	require.Equal(t, int64(200), arms[0].Sent)
	require.Equal(t, int64(100), arms[1].Answered)
	require.InDelta(t, 0.5, arms[0].Rate.Value, 1e-9)
	require.InDelta(t, 0.4314, arms[0].Rate.Low, 1e-4) // Wilson's interval of 100 in 200
	require.InDelta(t, 0.5686, arms[0].Rate.High, 1e-4)
	require.InDelta(t, 4.5, arms[0].Mean.Value, 1e-9)
	require.InDelta(t, 4.5-1.96*0.50252/10, arms[0].Mean.Low, 1e-3)
	require.InDelta(t, 2.53, arms[1].Mean.Value, 1e-9)
	win, ok := kpi.Better(arms, 100)
	require.True(t, ok)
	require.Equal(t, "a", win)
	_, ok = kpi.Better(arms, 101)
	require.False(t, ok, "too few answers")
	_, ok = kpi.Better(arms[:1], 10)
	require.False(t, ok, "nothing to compare with")
	near := kpi.Arms(sumOf(kpi.SurveyCut("csat"), scoreOf("a", 4, nil), scoreOf("a", 5, nil), scoreOf("b", 4, nil), scoreOf("b", 4, nil)))
	_, ok = kpi.Better(near, 2)
	require.False(t, ok, "the intervals meet")
	require.Empty(t, kpi.Arms(map[string]int64{"opened": 3, "sla_next_response_met": 1}))
}

// NPS counts zero, and changed answers once.
func TestNPSAndCES(t *testing.T) {
	answer := func(k desk.SurveyKind, score int, was *int) desk.Fact {
		return desk.Fact{Kind: desk.FactAnswered, Survey: k, Score: &score, Was: was, Took: time.Minute}
	}
	f := kpi.Read(sumOf(kpi.All, answer(desk.NPS, 0, nil), answer(desk.NPS, 10, nil), answer(desk.NPS, 9, nil), answer(desk.NPS, 8, nil),
		answer(desk.NPS, 10, ptr(8)), answer(desk.CES, 7, nil), answer(desk.CES, 4, nil), answer(desk.CES, 6, ptr(4))))
	require.Equal(t, ptr(50.0), f.NPS)
	require.Equal(t, int64(1), f.NPSScores[0])
	require.Equal(t, ptr(6.5), f.CES)
	require.Equal(t, int64(6), f.Answered)
	require.Nil(t, f.CSAT)
	require.Equal(t, time.Minute, *f.AnswerTime.Mean)
	require.Equal(t, ptr(0.5), kpi.ReadGood(5, map[string]int64{"csat_5": 1, "csat_4": 1}).CSAT)
}

// However answers of all kinds are given and changed, over days and cuts: what the cuts
// count adds up to a recount from the last answers alone (promise 8).
func TestRecountOfAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last, kinds := map[int]int{}, map[int]desk.SurveyKind{}
		sums := map[string]map[string]int64{}
		for range rapid.IntRange(0, 60).Draw(t, "answers") {
			who := rapid.IntRange(0, 20).Draw(t, "who")
			k := desk.SurveyKinds[who%3]
			least, most := k.Bounds()
			score := rapid.IntRange(least, most).Draw(t, "score")
			f := scoreOf([]string{"a", "b"}[who%2], score, nil)
			f.Survey, f.Of, f.Channel, f.Tier, f.Assignee = k, string(k), desk.SMS, desk.Gold, "amy"
			f.Day = rapid.SampledFrom([]string{"2026-03-01", "2026-03-02"}).Draw(t, "day")
			if was, again := last[who]; again {
				if was == score {
					continue // the desk tells no fact of it
				}
				f.Was = &was
			}
			last[who], kinds[who] = score, k
			got := kpi.Count(f)
			require.LessOrEqual(t, len(got), 6)
			for _, s := range got {
				if sums[s.Cut] == nil {
					sums[s.Cut] = map[string]int64{}
				}
				kpi.Merge(sums[s.Cut], s.Counters)
			}
		}
		var once []desk.Fact
		for who, score := range last {
			f := scoreOf([]string{"a", "b"}[who%2], score, nil)
			f.Survey, f.Of = kinds[who], string(kinds[who])
			once = append(once, f)
		}
		want := kpi.Read(sumOf(kpi.All, once...))
		for _, cut := range []string{kpi.All, kpi.ChannelCut(desk.SMS), kpi.TierCut(desk.Gold), kpi.AgentCut("amy")} {
			require.Equal(t, want, kpi.Read(sums[cut]), cut)
		}
		for _, k := range desk.SurveyKinds {
			cut := kpi.SurveyCut(string(k))
			require.Equal(t, kpi.Arms(sumOf(cut, once...)), kpi.Arms(sums[cut]), cut)
		}
	})
}
