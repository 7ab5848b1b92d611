package apifn

import (
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// armView is one variant of a survey in one version of its questions.
type armView struct {
	Version  string        `json:"version"`
	Variant  string        `json:"variant"`
	Sent     int64         `json:"sent"`
	Answered int64         `json:"answered"`
	Rate     *intervalView `json:"response_rate"`
	Mean     *intervalView `json:"mean"`
}

type intervalView struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func viewInterval(i *kpi.Interval) *intervalView {
	if i == nil {
		return nil
	}
	return &intervalView{i.Value, i.Low, i.High}
}

// goodScore is the least CSAT score that counts as satisfied.
func goodScore(s *config.Settings) int {
	if s.Asking.GoodScore == 0 {
		return kpi.GoodScore
	}
	return s.Asking.GoodScore
}

func viewArms(s *config.Settings, sums []map[string]int64) ([]armView, *string) {
	arms := kpi.Arms(sums...)
	out := []armView{}
	for _, a := range arms {
		out = append(out, armView{a.Version, a.Variant, a.Sent, a.Answered, viewInterval(a.Rate), viewInterval(a.Mean)})
	}
	if better, ok := kpi.Better(arms, max(s.Asking.MinSample, 10)); ok {
		return out, &better
	}
	return out, nil
}
