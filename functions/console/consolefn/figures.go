package consolefn

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// figuresPage is the desk's figures over some days, with a chart for each.
//
// What it costs: a read unit for each day and cut. The page looks for news every fifteen
// seconds while it is seen: a week of the whole desk, open for eight hours, is 13,000
// units, less than a fifth of a cent.
type figuresPage struct {
	frame
	Ask    figuresAsk
	Tiles  []tile
	Charts []chart
	Source string
	Still  bool // its last day is over: nothing in it changes
}

// figuresAsk is what the page shows: which days, of whom.
type figuresAsk struct {
	From, To string // 2006-01-02, both included
	Ranges   []choice
	Of       []choiceGroup
	Whose    string // the choice's id: "", team:… or channel:…
	days     []string
	cuts     []string // that don't overlap
}

type choiceGroup struct {
	Name    string
	Choices []choice
}

// tile is one figure of the whole range.
type tile struct {
	Name, Value, More string
	Says              string // its definition
}

// Bounds of a range, in days; the API's are the same.
const (
	figureDays     = 7
	figureDaysMost = 100
)

func (v *visit) figures() error { return whole(v, "figures", v.figuresPage) }

// figuresPart gives only what changes, for the page's script.
func (v *visit) figuresPart() error { return news(v, "figureslive", v.figuresPage) }

func (v *visit) figuresPage() (figuresPage, error) {
	p := figuresPage{frame: v.frame("figures", "数据", "Figures", "days", "from", "to", "of")}
	p.Ask = v.figuresAsk(p.frame)
	q := v.r.URL.Query()
	q.Set("lang", v.lang)
	p.Source, p.Still = "/console/fragment/figures?"+q.Encode(), p.Ask.To < v.now.In(p.Zone).Format(time.DateOnly)
	byDay, err := v.sums(p.Ask)
	if err != nil {
		return p, err
	}
	p.Tiles = v.tiles(p.frame, kpi.ReadGood(v.good(), slices.Concat(byDay...)...))
	p.Charts = v.charts(p.frame, p.Ask, byDay)
	return p, nil
}

// figuresAsk reads the question; what it can't read is as if it weren't there.
func (v *visit) figuresAsk(f frame) figuresAsk {
	q := v.r.URL.Query()
	var ask figuresAsk
	ask.days = v.askedDays(f, q)
	ask.From, ask.To = ask.days[0], ask.days[len(ask.days)-1]
	today := v.now.In(f.Zone).Format(time.DateOnly)
	v.whose(f, &ask, q.Get("of"))
	for _, n := range []int{figureDays, 28, 90} {
		u := url.Values{"days": {fmt.Sprint(n)}}
		if ask.Whose != "" {
			u.Set("of", ask.Whose)
		}
		ask.Ranges = append(ask.Ranges, choice{Name: fmt.Sprintf(f.L("%d 天", "%d days"), n), URL: "?" + u.Encode(), Chosen: ask.To == today && len(ask.days) == n})
	}
	return ask
}

func (v *visit) askedDays(f frame, q url.Values) []string {
	to := v.now.In(f.Zone)
	n := figureDays
	if x := q.Get("days"); x == "28" || x == "90" {
		_, _ = fmt.Sscan(x, &n)
	}
	from, err1 := time.Parse(time.DateOnly, q.Get("from"))
	until, err2 := time.Parse(time.DateOnly, q.Get("to"))
	if err1 == nil && err2 == nil && !until.Before(from) {
		to, n = until, min(figureDaysMost, int(until.Sub(from)/(24*time.Hour))+1)
	}
	days := make([]string, n)
	for i := range days { // at noon no change of the clocks can skip a day
		days[i] = time.Date(to.Year(), to.Month(), to.Day()-n+1+i, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return days
}

// whose offers the desk, its teams and its channels, as far as the agent may see them.
// Figures are kept by team and by channel, not by both: one of them can be asked for.
func (v *visit) whose(f frame, ask *figuresAsk, of string) {
	all := v.mayRead(allow.Figures, "")
	whole, teams, channels := choice{Name: f.L("我的小组", "My teams")}, choiceGroup{Name: f.L("小组", "Teams")}, choiceGroup{Name: f.L("渠道", "Channels")}
	var own []string
	for _, t := range v.teams() {
		own = append(own, kpi.TeamCut(t))
		teams.Choices = append(teams.Choices, choice{ID: "team:" + t, Name: v.teamName(t)})
	}
	ask.cuts = own
	if all {
		whole.Name, ask.cuts = f.L("整个客服台", "The whole desk"), []string{kpi.All}
		for _, c := range v.s.Channels() {
			channels.Choices = append(channels.Choices, choice{ID: "channel:" + string(c), Name: journal.Channel(c, v.lang)})
		}
	}
	ask.Of = []choiceGroup{{Choices: []choice{whole}}, teams, channels}
	for _, g := range ask.Of[1:] {
		for i, c := range g.Choices {
			if kind, id, _ := strings.Cut(c.ID, ":"); c.ID == of {
				g.Choices[i].Chosen, ask.Whose, ask.cuts = true, of, []string{kind + "#" + id}
			}
		}
	}
}

// sums reads the days' sums of each cut: one read unit for each day and cut.
func (v *visit) sums(ask figuresAsk) ([][]map[string]int64, error) {
	return v.sumsOnce(map[string][]map[string]int64{}, ask)
}

// sumsOnce is sums, but for the cuts that were read for the page before.
func (v *visit) sumsOnce(read map[string][]map[string]int64, ask figuresAsk) ([][]map[string]int64, error) {
	byDay := make([][]map[string]int64, len(ask.days))
	for _, cut := range ask.cuts {
		if read[cut] == nil {
			sums, err := v.Store.Figures(v.r.Context(), cut, ask.days...)
			if err != nil {
				return nil, err
			}
			read[cut] = sums
		}
		for i, s := range read[cut] {
			byDay[i] = append(byDay[i], s)
		}
	}
	return byDay, nil
}

func (v *visit) tiles(f frame, x kpi.Figures) []tile {
	define := func(t tile, name string) tile {
		t.Says = kpi.Definition(name, v.lang)
		return t
	}
	return []tile{
		define(tile{Name: f.L("新建工单", "Opened"), Value: fmt.Sprint(x.Opened)}, "opened"),
		define(tile{Name: f.L("已解决", "Resolved"), Value: fmt.Sprint(x.Resolved), More: f.L("重开率 ", "reopened ") + percent(x.ReopenRate)}, "resolved"),
		define(tile{Name: f.L("首次响应（中位数）", "First response (median)"), Value: f.took(x.FirstResponse.Median), More: f.L("九成不超过 ", "9 of 10 within ") + f.took(x.FirstResponse.P90)}, "first_response"),
		define(tile{Name: f.L("首次响应达标", "First response in time"), Value: percent(x.SLAFirstResponse)}, "sla_first_response"),
		define(tile{Name: f.L("满意率", "Satisfied"), Value: percent(x.CSAT), More: f.answers(x)}, "csat"),
		define(tile{Name: f.L("一次解决", "Solved at once"), Value: percent(x.OneTouchRate)}, "one_touch_rate"),
		define(tile{Name: f.L("处理用时", "Time spent"), Value: f.spent(x.Handled), More: f.each(x)}, "handled"),
	}
}

// answers are the mean of the scores that satisfaction is told from, and how many there are
// of each kind: those of another are no part of the mean.
func (f frame) answers(x kpi.Figures) string {
	sum := func(counts []int64) (n int64) {
		for _, c := range counts {
			n += c
		}
		return n
	}
	out := fmt.Sprintf(f.L("均分 %s · %d 份评价", "mean %s · %d answers"), figure("%.1f", x.CSATMean), sum(x.Scores[:]))
	for _, k := range []struct {
		kind   string
		counts []int64
	}{{"NPS", x.NPSScores[:]}, {"CES", x.CESScores[:]}} {
		if n := sum(k.counts); n != 0 {
			out += fmt.Sprintf(" · %s %d", k.kind, n)
		}
	}
	return out
}

// spent says time that may have been none.
func (f frame) spent(d time.Duration) string {
	if d == 0 {
		return "—"
	}
	return f.duration(d)
}

// each is the time spent for each ticket resolved.
func (f frame) each(x kpi.Figures) string {
	if x.Handled == 0 || x.Resolved == 0 {
		return ""
	}
	return fmt.Sprintf(f.L("每次解决 %s", "%s a resolution"), f.duration(x.Handled/time.Duration(x.Resolved)))
}

// took says a length of time, or that there is none.
func (f frame) took(d *time.Duration) string {
	if d == nil {
		return "—"
	}
	return f.duration(*d)
}

// tenths says a number to one place, and none where that is zero.
func tenths(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

// duration says a length of time in its largest unit that gives at least one.
func (f frame) duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf(f.L("%d 秒", "%d s"), int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf(f.L("%d 分钟", "%d min"), int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf(f.L("%s 小时", "%s h"), tenths(d.Hours()))
	}
	return fmt.Sprintf(f.L("%s 天", "%s days"), tenths(d.Hours()/24))
}
