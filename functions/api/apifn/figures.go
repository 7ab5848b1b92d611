package apifn

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// Bounds of a question for figures, in days.
const (
	defaultDays = 7
	maxDays     = 100
)

type timesView struct {
	Mean   *int64 `json:"mean_s"`
	Median *int64 `json:"median_s"`
	P90    *int64 `json:"p90_s"`
}

type figuresView struct {
	Opened        int64     `json:"opened"`
	FirstAnswered int64     `json:"first_answered"`
	Resolved      int64     `json:"resolved"`
	Reopened      int64     `json:"reopened"`
	Closed        int64     `json:"closed"`
	OneTouch      int64     `json:"one_touch"`
	SurveySent    int64     `json:"survey_sent"`
	SurveySkipped int64     `json:"survey_skipped"`
	Answered      int64     `json:"answered"`
	Scores        [5]int64  `json:"scores"`
	NPSScores     [11]int64 `json:"nps_scores"`
	CESScores     [7]int64  `json:"ces_scores"`
	MessagesIn    int64     `json:"messages_in"`
	MessagesOut   int64     `json:"messages_out"`
	Notes         int64     `json:"notes"`

	RecoveriesOpened int64 `json:"recoveries_opened"`
	RecoveriesDone   int64 `json:"recoveries_done"`
	Recovered        int64 `json:"recovered"`

	Handled       int64     `json:"handled_s"`
	FirstResponse timesView `json:"first_response"`
	Resolution    timesView `json:"resolution"`
	AnswerTime    timesView `json:"answer_time"`
	CSAT          *float64  `json:"csat"`
	NPS           *float64  `json:"nps"`
	CES           *float64  `json:"ces"`
	CSATMean      *float64  `json:"csat_mean"`
	ResponseRate  *float64  `json:"response_rate"`
	OneTouchRate  *float64  `json:"one_touch_rate"`
	ReopenRate    *float64  `json:"reopen_rate"`

	SLAFirstResponse *float64 `json:"sla_first_response"`
	SLANextResponse  *float64 `json:"sla_next_response"`
	SLAResolution    *float64 `json:"sla_resolution"`
}

type dayView struct {
	Day string `json:"day"`
	figuresView
}

type channelView struct {
	Channel string `json:"channel"`
	figuresView
}

type reportView struct {
	From           string            `json:"from"`
	To             string            `json:"to"`
	TimeZone       string            `json:"time_zone"`
	Cut            string            `json:"cut"`
	HistogramError float64           `json:"histogram_error"`
	Total          figuresView       `json:"total"`
	Days           []dayView         `json:"days"`
	Channels       []channelView     `json:"channels"`
	GoodScore      int               `json:"good_score"`
	Arms           []armView         `json:"arms"`
	Better         *string           `json:"better"`
	Definitions    map[string]string `json:"definitions"`
}

// getFigures reads the days' sums of a cut, and of the whole desk's channels where the
// cut is the whole desk.
func (a *api) getFigures(c *call) error {
	p, err := c.params("from", "to", "cut")
	if err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	days, err := p.days(c.at, s.Desk.Location())
	if err != nil {
		return err
	}
	cut, err := p.cut()
	if err != nil {
		return err
	}
	if err := c.may(figuresOf(cut)); err != nil {
		return err
	}
	r := reportView{
		From: days[0], To: days[len(days)-1], TimeZone: s.Desk.Location().String(), Cut: cut,
		HistogramError: kpi.HistogramError, Days: []dayView{}, Channels: []channelView{}, GoodScore: goodScore(s), Arms: []armView{}, Definitions: definitions(c.lang()),
	}
	sums, err := a.Store.Figures(c.ctx, cut, days...)
	if err != nil {
		return err
	}
	r.Total = viewFigures(kpi.ReadGood(goodScore(s), sums...))
	for i, day := range days {
		r.Days = append(r.Days, dayView{day, viewFigures(kpi.ReadGood(r.GoodScore, sums[i]))})
	}
	if strings.HasPrefix(cut, kpi.SurveyCut("")) {
		r.Arms, r.Better = viewArms(s, sums)
	}
	if cut == kpi.All {
		if r.Channels, err = a.channels(c, s, days); err != nil {
			return err
		}
	}
	return c.json(http.StatusOK, r)
}

// figuresOf is a cut as an object: a team's, or the desk's.
func figuresOf(cut string) allow.Object {
	team, of := strings.CutPrefix(cut, kpi.TeamCut(""))
	if !of {
		team = ""
	}
	return allow.Object{Kind: allow.Figures, Team: team}
}

func definitions(lang string) map[string]string {
	out := map[string]string{}
	for _, name := range kpi.Names() {
		out[name] = kpi.Definition(name, lang)
	}
	return out
}

// cut is the one asked for; the whole desk where none is.
func (p params) cut() (string, error) {
	cut := p.get("cut")
	switch {
	case cut == "":
		return kpi.All, nil
	case !knownCut(cut):
		return "", badParameter("cut", "must be all, channel#<name>, team#<id>, agent#<id>, tier#<name> or survey#<id>")
	}
	return cut, nil
}

func knownCut(cut string) bool {
	for _, prefix := range []string{kpi.ChannelCut(""), kpi.TeamCut(""), kpi.AgentCut(""), kpi.TierCut(""), kpi.SurveyCut("")} {
		if rest, ok := strings.CutPrefix(cut, prefix); ok && rest != "" && len(rest) <= 100 {
			return true
		}
	}
	return cut == kpi.All
}

// days are those from and to name, both included: the last week where they don't.
func (p params) days(now time.Time, zone *time.Location) ([]string, error) {
	from, err := p.date("from", time.DateOnly, zone)
	if err != nil {
		return nil, err
	}
	to, err := p.date("to", time.DateOnly, zone)
	if err != nil {
		return nil, err
	}
	if to.IsZero() {
		to = now.In(zone)
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, 1-defaultDays)
	}
	first, last := from.Format(time.DateOnly), to.Format(time.DateOnly)
	var days []string
	for i := 0; i <= maxDays; i++ {
		// At noon no change of the clocks can skip a day.
		day := time.Date(from.Year(), from.Month(), from.Day()+i, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if day > last {
			break
		}
		days = append(days, day)
	}
	switch {
	case first > last:
		return nil, badParameter("from", "is after to")
	case len(days) > maxDays:
		return nil, badParameter("from", "is more than 100 days before to")
	}
	return days, nil
}

func (a *api) channels(c *call, s *config.Settings, days []string) ([]channelView, error) {
	out := []channelView{}
	for _, channel := range s.Channels() {
		sums, err := a.Store.Figures(c.ctx, kpi.ChannelCut(channel), days...)
		if err != nil {
			return nil, err
		}
		out = append(out, channelView{string(channel), viewFigures(kpi.ReadGood(goodScore(s), sums...))})
	}
	return out, nil
}

func viewFigures(f kpi.Figures) figuresView {
	return figuresView{
		Opened: f.Opened, FirstAnswered: f.FirstAnswered, Resolved: f.Resolved, Reopened: f.Reopened,
		Closed: f.Closed, OneTouch: f.OneTouch, SurveySent: f.SurveySent, SurveySkipped: f.SurveySkipped,
		Answered: f.Answered, Scores: f.Scores, MessagesIn: f.MessagesIn, MessagesOut: f.MessagesOut, Notes: f.Notes,
		RecoveriesOpened: f.RecoveriesOpened, RecoveriesDone: f.RecoveriesDone, Recovered: f.Recovered,
		Handled:       int64(f.Handled.Seconds()),
		FirstResponse: viewTimes(f.FirstResponse), Resolution: viewTimes(f.Resolution),
		NPSScores: f.NPSScores, CESScores: f.CESScores, NPS: f.NPS, CES: f.CES, AnswerTime: viewTimes(f.AnswerTime),
		CSAT: f.CSAT, CSATMean: f.CSATMean, ResponseRate: f.ResponseRate,
		OneTouchRate: f.OneTouchRate, ReopenRate: f.ReopenRate,
		SLAFirstResponse: f.SLAFirstResponse, SLANextResponse: f.SLANextResponse, SLAResolution: f.SLAResolution,
	}
}

func viewTimes(t kpi.Times) timesView {
	return timesView{inSeconds(t.Mean), inSeconds(t.Median), inSeconds(t.P90)}
}

func inSeconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	s := int64(math.Round(d.Seconds()))
	return &s
}
