package consolefn

import (
	"fmt"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

type surveyFiguresPage struct {
	frame
	Days    int
	Defs    []definition
	Whole   surveyLine
	Chart   chart
	Groups  []surveyGroup
	Surveys []surveyArms
	Least   int // answers each variant needs
}

type definition struct{ Name, Text string }

// surveyGroup is one way to cut the figures.
type surveyGroup struct {
	Name  string
	Lines []surveyLine
}

// surveyLine is the figures of one cut, in words.
type surveyLine struct {
	Name                             string
	Sent, Answered                   int64
	CSAT, Mean, NPS, CES, Rate, Took string

	Opened, Done, Recovered int64 // recoveries
}

type surveyArms struct {
	Name   string
	Rows   []armRow
	Better string
}

type armRow struct {
	kpi.Arm
	Rate, Mean string
}

const surveyDays = 30

// surveyFigures shows the last thirty days of all surveys: whole, by team, channel, tier
// and agent, and each survey's variants. Who sees their teams alone gets those and their
// sum, for the other cuts are of the whole desk. A read unit a day and cut.
func (v *visit) surveyFigures() error {
	page := surveyFiguresPage{frame: v.frame("figures", "满意度数据", "Survey figures"), Days: surveyDays, Least: max(v.s.Asking.MinSample, 10)}
	days := make([]string, surveyDays)
	for i := range days {
		days[i] = v.now.In(page.Zone).AddDate(0, 0, i+1-surveyDays).Format(time.DateOnly)
	}
	for _, name := range []string{"csat", "csat_mean", "nps", "ces", "response_rate", "answer_time", "recoveries_opened", "recoveries_done", "recovered"} {
		page.Defs = append(page.Defs, definition{page.figureName(name), kpi.Definition(name, v.lang)})
	}
	ask := figuresAsk{days: days}
	v.whose(page.frame, &ask, "")
	read := map[string][]map[string]int64{}
	byDay, err := v.sumsOnce(read, ask)
	if err != nil {
		return err
	}
	page.Whole = v.surveyLine(page.frame, page.L("全部", "All"), slices.Concat(byDay...))
	page.Chart = v.draw(page.frame, page.satisfied(), binsOf(days, byDay))
	for _, g := range v.surveyCuts(page.frame) {
		group := surveyGroup{Name: g.name}
		for _, c := range g.cuts {
			if _, err := v.sumsOnce(read, figuresAsk{days: days, cuts: []string{c.ID}}); err != nil {
				return err
			}
			if line := v.surveyLine(page.frame, c.Name, read[c.ID]); line.Sent+line.Answered > 0 {
				group.Lines = append(group.Lines, line)
			}
		}
		if len(group.Lines) > 0 {
			page.Groups = append(page.Groups, group)
		}
	}
	if !v.mayRead(allow.Figures, "") {
		return v.write("survey-figures", page)
	}
	for _, def := range v.s.Surveys {
		sums, err := v.Store.Figures(v.r.Context(), kpi.SurveyCut(def.ID), days...)
		if err != nil {
			return err
		}
		page.Surveys = append(page.Surveys, v.arms(page, def, sums))
	}
	return v.write("survey-figures", page)
}

type cuts struct {
	name string
	cuts []choice
}

// mostCuts bounds how many cuts of one kind the page reads.
const mostCuts = 20

func (v *visit) surveyCuts(f frame) []cuts {
	teams, channels := cuts{name: f.L("按小组", "By team")}, cuts{name: f.L("按渠道", "By channel")}
	tiers, agents := cuts{name: f.L("按客户等级", "By tier")}, cuts{name: f.L("按客服", "By agent")}
	own := v.teams()
	for _, t := range own[:min(mostCuts, len(own))] {
		teams.cuts = append(teams.cuts, choice{ID: kpi.TeamCut(t), Name: v.teamName(t)})
	}
	if !v.mayRead(allow.Figures, "") {
		return []cuts{teams}
	}
	for _, c := range []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.WebForm, desk.Generic} {
		channels.cuts = append(channels.cuts, choice{ID: kpi.ChannelCut(c), Name: journal.Channel(c, v.lang)})
	}
	for _, t := range tierNames {
		if t.id != "" {
			tiers.cuts = append(tiers.cuts, choice{ID: kpi.TierCut(t.id), Name: f.L(t.zh, t.en)})
		}
	}
	for _, a := range v.s.Agents[:min(mostCuts, len(v.s.Agents))] {
		agents.cuts = append(agents.cuts, choice{ID: kpi.AgentCut(a.ID), Name: a.Name})
	}
	return []cuts{teams, channels, tiers, agents}
}

func (f frame) figureName(name string) string {
	return map[string]string{
		"csat": f.L("满意率", "Satisfied"), "csat_mean": f.L("均分", "Mean"), "nps": "NPS", "ces": "CES",
		"response_rate": f.L("回收率", "Response rate"), "answer_time": f.L("答复用时", "Time to answer"),
		"recoveries_opened": f.L("回访", "Recoveries opened"), "recoveries_done": f.L("已处理的回访", "Recoveries done"), "recovered": f.L("挽回客户", "Customers won back"),
	}[name]
}

func (v *visit) good() int {
	if v.s.Asking.GoodScore == 0 {
		return kpi.GoodScore
	}
	return v.s.Asking.GoodScore
}

func (v *visit) surveyLine(f frame, name string, sums []map[string]int64) surveyLine {
	x := kpi.ReadGood(v.good(), sums...)
	line := surveyLine{
		Name: name, Sent: x.SurveySent, Answered: x.Answered, CSAT: percent(x.CSAT), Mean: figure("%.2f", x.CSATMean),
		NPS: figure("%+.0f", x.NPS), CES: figure("%.2f", x.CES), Rate: percent(x.ResponseRate), Took: "—",
		Opened: x.RecoveriesOpened, Done: x.RecoveriesDone, Recovered: x.Recovered,
	}
	if x.AnswerTime.Median != nil {
		line.Took = f.duration(*x.AnswerTime.Median)
	}
	return line
}

func percent(p *float64) string {
	if p == nil {
		return "—"
	}
	return fmt.Sprintf("%.0f%%", *p*100)
}

func figure(format string, n *float64) string {
	if n == nil {
		return "—"
	}
	return fmt.Sprintf(format, *n)
}

func (v *visit) arms(page surveyFiguresPage, def config.Survey, sums []map[string]int64) surveyArms {
	out := surveyArms{Name: def.ID}
	arms := kpi.Arms(sums...)
	for _, a := range arms {
		row := armRow{Arm: a, Rate: "—", Mean: "—"}
		if a.Rate != nil {
			row.Rate = fmt.Sprintf("%.1f%% (%.1f–%.1f%%)", a.Rate.Value*100, a.Rate.Low*100, a.Rate.High*100)
		}
		if a.Mean != nil {
			least, most := def.Kind.Bounds() // no mean lies beyond the scale
			row.Mean = fmt.Sprintf("%.2f (%.2f–%.2f)", a.Mean.Value, max(float64(least), a.Mean.Low), min(float64(most), a.Mean.High))
		}
		out.Rows = append(out.Rows, row)
	}
	if better, ok := kpi.Better(arms, page.Least); ok {
		out.Better = better
	}
	return out
}
