package consolefn

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

type figuresPage struct {
	frame
	Spans []span
	Days  []dayFigures
}

// span is the figures of some days together.
type span struct {
	Name   string
	F      kpi.Figures
	Median string
	CSAT   string
	Mean   string
}

type dayFigures struct {
	Day string
	F   kpi.Figures
}

const figureDays = 7

// figures shows today and the last seven days, today included, of the desk, or of the
// agent's teams: see sums.
func (v *visit) figures() error {
	page := figuresPage{frame: v.frame("figures", "数据", "Figures")}
	days := make([]string, figureDays)
	for i := range days {
		days[i] = v.now.In(page.Zone).AddDate(0, 0, -i).Format(time.DateOnly)
	}
	byDay, all, err := v.sums(days)
	if err != nil {
		return err
	}
	page.Spans = []span{
		spanOf(page.frame, page.L("今天", "Today"), kpi.ReadGood(v.good(), byDay[0]...)),
		spanOf(page.frame, page.L("最近 7 天", "Last 7 days"), kpi.ReadGood(v.good(), all...)),
	}
	for i, day := range days {
		page.Days = append(page.Days, dayFigures{day, kpi.ReadGood(v.good(), byDay[i]...)})
	}
	return v.write("figures", page)
}

// sums reads the days' sums of the desk, or of the agent's teams where that is what they
// may see: one read unit for each day and team.
func (v *visit) sums(days []string) (byDay [][]map[string]int64, all []map[string]int64, err error) {
	cuts := []string{kpi.All}
	if !v.mayRead(allow.Figures, "") {
		cuts = nil
		for _, t := range v.teams() {
			cuts = append(cuts, kpi.TeamCut(t))
		}
	}
	byDay = make([][]map[string]int64, len(days))
	for _, cut := range cuts {
		sums, err := v.Store.Figures(v.r.Context(), cut, days...)
		if err != nil {
			return nil, nil, err
		}
		for i, s := range sums {
			byDay[i] = append(byDay[i], s)
		}
		all = append(all, sums...)
	}
	return byDay, all, nil
}

func spanOf(p frame, name string, f kpi.Figures) span {
	s := span{Name: name, F: f, Median: "—", CSAT: "—", Mean: "—"}
	if f.FirstResponse.Median != nil {
		s.Median = p.duration(*f.FirstResponse.Median)
	}
	if f.CSAT != nil {
		s.CSAT = fmt.Sprintf("%.0f%%", *f.CSAT*100)
	}
	if f.CSATMean != nil {
		s.Mean = fmt.Sprintf("%.1f", *f.CSATMean)
	}
	return s
}

// duration says a length of time in its largest unit that gives at least one.
func (f frame) duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf(f.L("%d 秒", "%d s"), int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf(f.L("%d 分钟", "%d min"), int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf(f.L("%.1f 小时", "%.1f h"), d.Hours())
	}
	return fmt.Sprintf(f.L("%.1f 天", "%.1f days"), d.Hours()/24)
}
