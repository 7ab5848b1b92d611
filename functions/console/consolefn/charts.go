package consolefn

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// A chart is drawn here, as an SVG of plain rectangles: the content policy allows no
// style in a page, and the page's own sheet gives the colours. Words stand beside the
// drawing, not in it, so that it can be stretched. Each has its table.
type chart struct {
	look.Page
	ID     string
	Name   string
	Says   string // its definition
	Whole  string // of the whole range
	Series []string
	Top    string // what the upper edge stands for, and the middle
	Middle string
	Bins   []bin
	Width  int // of the drawing; its height is chartHeight
	Empty  bool
	First  string // the days at the ends
	Last   string
}

// bin is a day, or a week of a long range.
type bin struct {
	Name  string
	X     int // of its left edge
	Bars  []bar
	Cells []string // by series, as the table shows them
	Says  string
}

// bar is a rectangle of a series; its class tells which.
type bar struct {
	Class        string
	X, Y, Height int
	Width        int
}

const (
	chartHeight = 100
	binWidth    = 24 // 20 of bars, 4 between
	binsMost    = 31 // a longer range is shown by weeks
)

// value is what a series has in a bin: none where nothing happened, or there is nothing
// to divide by.
type value struct {
	n    float64
	says string
	none bool
}

// plot is a chart before it is drawn.
type plot struct {
	id, name, defined string
	series            []string
	whole             func(kpi.Figures) string
	read              func(kpi.Figures) []value
	scale             func(most float64) float64 // the least upper edge that is easy to read
	says              func(float64) string       // of the edge
}

func (v *visit) charts(f frame, ask figuresAsk, byDay [][]map[string]int64) []chart {
	bins := binsOf(ask.days, byDay)
	var out []chart
	for _, p := range f.plots() {
		if p.id == "messages" && strings.HasPrefix(ask.cuts[0], kpi.TeamCut("")) {
			continue // messages know no team
		}
		out = append(out, v.draw(f, p, bins))
	}
	return out
}

// binOf are the days that stand together, and their sums.
type binOf struct {
	name string
	sums []map[string]int64
}

// binsOf gives a bin for each day, or for each week back from the last day where the
// range is long; the first week may be short.
func binsOf(days []string, byDay [][]map[string]int64) []binOf {
	size := 1
	if len(days) > binsMost {
		size = 7
	}
	var out []binOf
	for end := len(days); end > 0; end -= size {
		start := max(0, end-size)
		b := binOf{name: days[start]}
		if start < end-1 {
			b.name += " – " + days[end-1]
		}
		for _, sums := range byDay[start:end] {
			b.sums = append(b.sums, sums...)
		}
		out = append([]binOf{b}, out...)
	}
	return out
}

func (f frame) plots() []plot {
	count := func(n int64) value { return value{n: float64(n), says: fmt.Sprint(n), none: n == 0} }
	length := func(d *time.Duration) value {
		if d == nil {
			return value{says: "—", none: true}
		}
		return value{n: d.Seconds(), says: f.duration(*d)}
	}
	counted := func(x float64) string { return fmt.Sprintf("%.0f", x) }
	timed := func(x float64) string { return f.duration(time.Duration(x) * time.Second) }
	return []plot{
		{"tickets", f.L("工单", "Tickets"), "opened", []string{f.L("新建", "Opened"), f.L("解决", "Resolved")},
			func(x kpi.Figures) string { return fmt.Sprintf("%d / %d", x.Opened, x.Resolved) },
			func(x kpi.Figures) []value { return []value{count(x.Opened), count(x.Resolved)} }, roundCount, counted},
		{"messages", f.L("消息", "Messages"), "messages_in", []string{f.L("收到", "Received"), f.L("发出", "Sent")},
			func(x kpi.Figures) string { return fmt.Sprintf("%d / %d", x.MessagesIn, x.MessagesOut) },
			func(x kpi.Figures) []value { return []value{count(x.MessagesIn), count(x.MessagesOut)} }, roundCount, counted},
		{"first", f.L("首次响应（中位数）", "First response (median)"), "first_response", []string{f.L("中位数", "Median")},
			func(x kpi.Figures) string { return f.took(x.FirstResponse.Median) },
			func(x kpi.Figures) []value { return []value{length(x.FirstResponse.Median)} }, roundTime, timed},
		{"resolution", f.L("解决用时（中位数）", "Time to resolve (median)"), "resolution", []string{f.L("中位数", "Median")},
			func(x kpi.Figures) string { return f.took(x.Resolution.Median) },
			func(x kpi.Figures) []value { return []value{length(x.Resolution.Median)} }, roundTime, timed},
		f.satisfied(),
		share("sla", f.L("首次响应达标率", "First responses in time"), "sla_first_response", func(x kpi.Figures) *float64 { return x.SLAFirstResponse }),
	}
}

func (f frame) satisfied() plot {
	return share("csat", f.L("满意率", "Satisfied"), "csat", func(x kpi.Figures) *float64 { return x.CSAT })
}

// share is a plot of one part of a whole, always up to 100 %.
func share(id, name, defined string, of func(kpi.Figures) *float64) plot {
	return plot{
		id, name, defined, []string{name},
		func(x kpi.Figures) string { return percent(of(x)) },
		func(x kpi.Figures) []value {
			p := of(x)
			if p == nil {
				return []value{{says: "—", none: true}}
			}
			return []value{{n: *p, says: percent(p)}}
		},
		func(float64) float64 { return 1 },
		func(x float64) string { return percent(&x) },
	}
}

// roundCount is the next of 4, 10, 20, 40, 100, … so that the middle is whole.
func roundCount(most float64) float64 {
	for step := 1.0; ; step *= 10 {
		for _, n := range []float64{4, 10, 20} {
			if n*step >= most {
				return n * step
			}
		}
	}
}

// roundTime is the next length, in seconds, that people say: the middle is one, too.
func roundTime(most float64) float64 {
	for _, n := range []float64{60, 600, 1200, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 86400, 2 * 86400, 4 * 86400} {
		if n >= most {
			return n
		}
	}
	return 2 * 86400 * math.Ceil(most/(2*86400))
}

func (v *visit) draw(f frame, p plot, bins []binOf) chart {
	c := chart{Page: f.Page, ID: p.id, Name: p.name, Says: kpi.Definition(p.defined, v.lang), Series: p.series, Width: len(bins) * binWidth, Empty: true, First: bins[0].name, Last: bins[len(bins)-1].name}
	var all []map[string]int64
	values := make([][]value, len(bins))
	most := 0.0
	for i, b := range bins {
		all = append(all, b.sums...)
		values[i] = p.read(kpi.ReadGood(v.good(), b.sums...))
		for _, x := range values[i] {
			most = max(most, x.n)
			c.Empty = c.Empty && x.none
		}
	}
	c.Whole = p.whole(kpi.ReadGood(v.good(), all...))
	edge := p.scale(most)
	c.Top, c.Middle = p.says(edge), p.says(edge/2)
	for i, b := range bins {
		c.Bins = append(c.Bins, drawBin(p, b.name, i*binWidth, values[i], edge))
	}
	return c
}

func drawBin(p plot, name string, x int, values []value, edge float64) bin {
	b := bin{Name: name, X: x}
	says := make([]string, len(values))
	width := (binWidth - 4) / len(values)
	for i, val := range values {
		b.Cells = append(b.Cells, val.says)
		says[i] = p.series[i] + " " + val.says
		height := int(math.Round(val.n / edge * chartHeight))
		if val.none {
			continue
		}
		height = max(1, height) // a share of nothing is a value, and is seen
		b.Bars = append(b.Bars, bar{Class: fmt.Sprintf("s%d", i), X: x + 2 + i*width, Y: chartHeight - height, Height: height, Width: width})
	}
	b.Says = name + " · " + strings.Join(says, " · ")
	return b
}
