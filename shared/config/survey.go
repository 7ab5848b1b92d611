package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/deskhook/deskhook/shared/desk"
)

// Asking rules all surveys together: how often one customer is asked, and when not.
type Asking struct {
	Cooldown Duration `json:"cooldown" yaml:"cooldown"`    // between two askings of one customer, whichever survey
	Most     int      `json:"most" yaml:"most"`            // askings and reminders within Within; 1 to 20
	Within   Duration `json:"within" yaml:"within"`        // at most 365d
	Quiet    Quiet    `json:"quiet,omitzero" yaml:"quiet"` // in the customer's time zone; asked after it
	// MinSample is how many answers each variant must have before one may be called
	// better; GoodScore is the least CSAT score that counts as satisfied.
	MinSample int      `json:"min_sample" yaml:"min_sample"`
	GoodScore int      `json:"good_score" yaml:"good_score"`
	Spared    []string `json:"spared,omitempty" yaml:"spare_tags"` // who has one of these tags is never asked: suppliers
}

// Quiet are hours of the day, written 21:00; both empty = none. They may go over midnight.
type Quiet struct {
	From string `json:"from,omitempty" yaml:"from"`
	To   string `json:"to,omitempty" yaml:"to"`
}

// Minutes gives both ends as minutes of the day; Load has made sure that they are times.
func (q Quiet) Minutes() (from, to int) { return minuteOf(q.From), minuteOf(q.To) }

func (q Quiet) has(minute int) bool {
	from, to := q.Minutes()
	if from <= to {
		return minute >= from && minute < to
	}
	return minute >= from || minute < to
}

func minuteOf(s string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

// Survey is one survey: what is asked, of whom, when. Its first question is the score.
type Survey struct {
	ID          string             `json:"id" yaml:"id"`
	Kind        desk.SurveyKind    `json:"kind" yaml:"kind"`
	Disabled    bool               `json:"disabled,omitempty" yaml:"disabled"` // nothing is asked any more; answers are still taken
	When        desk.SurveyTrigger `json:"when" yaml:"when"`                   // default resolved
	Schedule    string             `json:"schedule,omitempty" yaml:"schedule"` // cron, in the desk's time zone; when: schedule
	For         SurveyFilter       `json:"for,omitzero" yaml:"for"`
	Delay       Duration           `json:"delay,omitempty" yaml:"delay"`               // after what it is asked after
	RemindAfter Duration           `json:"remind_after,omitempty" yaml:"remind_after"` // one reminder; 0 = none
	Expires     Duration           `json:"expires" yaml:"expires"`                     // after asking
	Cooldown    Duration           `json:"cooldown" yaml:"cooldown"`                   // of this survey, for one customer
	Sample      int                `json:"sample" yaml:"sample"`                       // percent that are asked
	Bad         int                `json:"bad" yaml:"bad"`                             // scores up to it are bad
	Look        string             `json:"look,omitempty" yaml:"look"`                 // faces or stars; CSAT only
	Question    Text               `json:"question" yaml:"question"`
	Low         Text               `json:"low,omitempty" yaml:"low"`   // what the least score means
	High        Text               `json:"high,omitempty" yaml:"high"` // what the greatest means
	Thanks      Text               `json:"thanks" yaml:"thanks"`
	ThanksBad   Text               `json:"thanks_bad,omitempty" yaml:"thanks_bad"` // after a bad score; default: words of regret
	Questions   []SurveyQuestion   `json:"questions,omitempty" yaml:"questions"`

	// Variants are asked side by side, to find which does better; each customer always
	// gets the same one. None: all are asked alike.
	Variants []Variant `json:"variants,omitempty" yaml:"variants"`
	// Of As: which variant this is, and where it is asked.
	Variant string       `json:"-" yaml:"-"`
	Channel desk.Channel `json:"-" yaml:"-"`
}

// Variant is what one variant of a survey has of its own; what is empty is the survey's.
type Variant struct {
	ID       string       `json:"id" yaml:"id"`       // a to z and 0 to 9, at most 12
	Share    int          `json:"share" yaml:"share"` // weight; default 1
	Question Text         `json:"question,omitempty" yaml:"question"`
	Delay    *Duration    `json:"delay,omitempty" yaml:"delay"`
	Channel  desk.Channel `json:"channel,omitempty" yaml:"channel"` // where the customer has an address there
}

// As is the survey as one of its variants asks it; itself for an id it doesn't have.
func (v Survey) As(variant string) Survey {
	for _, x := range v.Variants {
		if x.ID != variant {
			continue
		}
		v.Variant, v.Channel = x.ID, x.Channel
		if x.Question.In("") != "" {
			v.Question = x.Question
		}
		if x.Delay != nil {
			v.Delay = *x.Delay
		}
	}
	return v
}

// SurveyFilter says whom a survey is for; what is empty holds for all.
type SurveyFilter struct {
	Channels []desk.Channel `json:"channels,omitempty" yaml:"channels"`
	Teams    []string       `json:"teams,omitempty" yaml:"teams"`
	Tags     []string       `json:"tags,omitempty" yaml:"tags"` // the ticket has one of them
	Tiers    []desk.Tier    `json:"tiers,omitempty" yaml:"tiers"`
	// LastContact: schedule asks only who had a ticket opened within it; default 90d.
	LastContact Duration `json:"last_contact,omitempty" yaml:"last_contact"`
}

// SurveyQuestion is a question beside the score.
type SurveyQuestion struct {
	ID       string            `json:"id" yaml:"id"`
	Type     desk.QuestionType `json:"type" yaml:"type"` // scale, choice, choices or text
	Text     Text              `json:"text" yaml:"text"`
	Required bool              `json:"required,omitempty" yaml:"required"`
	Min      *int              `json:"min,omitempty" yaml:"min"` // scale; default 1
	Max      *int              `json:"max,omitempty" yaml:"max"` // scale; default 5
	Choices  []Choice          `json:"choices,omitempty" yaml:"choices"`
	ShowIf   ShowIf            `json:"show_if,omitzero" yaml:"show_if"`
}

// ShowIf is the condition under which a question is shown: an earlier one, or score, was
// answered from From to To, or by one of Is.
type ShowIf struct {
	Question string   `json:"question,omitempty" yaml:"question"`
	From     *int     `json:"from,omitempty" yaml:"from"` // default the least
	To       *int     `json:"to,omitempty" yaml:"to"`     // default the greatest
	Is       []string `json:"is,omitempty" yaml:"is"`
}

// DefaultSurvey is a survey of a kind as it is where desk.yaml says no more than that.
func DefaultSurvey(kind desk.SurveyKind) Survey {
	v := Survey{ID: string(kind), Kind: kind}
	v.fillIn(nil, "")
	v.Question, v.Thanks = defaultQuestions[kind], Text{"zh-CN": "谢谢您的评价！", "en": "Thank you for your feedback!"}
	return v
}

var defaultQuestions = map[desk.SurveyKind]Text{
	desk.CSAT: {"zh-CN": "这次的服务您满意吗？请从 1（很不满意）到 5（非常满意）打个分。", "en": "How did we do? Rate us from 1 (very poor) to 5 (excellent)."},
	desk.NPS:  {"zh-CN": "您有多愿意把我们推荐给朋友或同事？请从 0（完全不愿意）到 10（非常愿意）打个分。", "en": "How likely are you to recommend us to a friend or colleague, from 0 (not at all likely) to 10 (extremely likely)?"},
	desk.CES:  {"zh-CN": "这次解决问题费劲吗？请从 1（非常费劲）到 7（非常轻松）打个分。", "en": "How easy was it to get this sorted, from 1 (very hard) to 7 (very easy)?"},
}

var defaultBad = map[desk.SurveyKind]int{desk.CSAT: 2, desk.NPS: 6, desk.CES: 3}

var defaultEnds = map[desk.SurveyKind][2]Text{
	desk.CSAT: {{"zh-CN": "很不满意", "en": "Very poor"}, {"zh-CN": "非常满意", "en": "Excellent"}},
	desk.NPS:  {{"zh-CN": "完全不愿意", "en": "Not at all likely"}, {"zh-CN": "非常愿意", "en": "Extremely likely"}},
	desk.CES:  {{"zh-CN": "非常费劲", "en": "Very hard"}, {"zh-CN": "非常轻松", "en": "Very easy"}},
}

// fillIn sets what a survey doesn't say. Delay has no default but that of the kinds of
// trigger that follow a ticket's end: asked at once, it would meet an unfinished thanks.
func (v *Survey) fillIn(z zeros, path string) {
	setDefault(&v.Kind, desk.CSAT)
	setDefault(&v.When, desk.WhenResolved)
	if v.When == desk.WhenResolved || v.When == desk.WhenClosed {
		z.time(path+".delay", &v.Delay, hour)
	}
	z.time(path+".expires", &v.Expires, 7*day)
	z.time(path+".cooldown", &v.Cooldown, 7*day)
	z.number(path+".sample", &v.Sample, 100)
	z.number(path+".bad", &v.Bad, defaultBad[v.Kind])
	if v.Kind == desk.CSAT {
		setDefault(&v.Look, "faces")
	}
	if v.When == desk.WhenSchedule {
		z.time(path+".for.last_contact", &v.For.LastContact, 90*day)
	}
	if ends, ok := defaultEnds[v.Kind]; ok && v.Low.In("") == "" && v.High.In("") == "" {
		v.Low, v.High = ends[0], ends[1]
	}
	for i := range v.Variants {
		z.number(fmt.Sprintf("%s.variants[%d].share", path, i), &v.Variants[i].Share, 1)
	}
	for i := range v.Questions {
		q := &v.Questions[i]
		setDefault(&q.Type, desk.AskText)
		if q.Type == desk.AskScale {
			one, five := 1, 5
			setDefault(&q.Min, &one)
			setDefault(&q.Max, &five)
		}
	}
}

// bounds are the ends of a question that conditions name; score is the survey's own.
func (v Survey) bounds(question string) (least, most int, ok bool) {
	if question == desk.ScoreQuestion {
		least, most = v.Kind.Bounds()
		return least, most, true
	}
	for _, q := range v.Questions {
		if q.ID == question && q.Type == desk.AskScale && q.Min != nil && q.Max != nil {
			return *q.Min, *q.Max, true
		}
	}
	return 0, 0, false
}

// Questionnaire is what the survey asks, as it is kept with its answers.
func (v Survey) Questionnaire() desk.Questionnaire {
	out := desk.Questionnaire{
		Survey: v.ID, Kind: v.Kind, Look: v.Look, Question: v.Question, Thanks: v.Thanks, Low: v.Low, High: v.High,
	}
	for _, q := range v.Questions {
		m := desk.MoreQuestion{ID: q.ID, Type: q.Type, Text: q.Text, Required: q.Required, If: v.condition(q.ShowIf)}
		if q.Min != nil && q.Max != nil {
			m.Min, m.Max = *q.Min, *q.Max
		}
		for _, c := range q.Choices {
			m.Choices = append(m.Choices, desk.AnswerChoice{Value: c.Value, Label: c.Label})
		}
		out.More = append(out.More, m)
	}
	return out
}

func (v Survey) condition(c ShowIf) *desk.AnswerCondition {
	if c.Question == "" {
		return nil
	}
	out := &desk.AnswerCondition{Question: c.Question, Is: c.Is}
	out.From, out.To, _ = v.bounds(c.Question)
	if c.From != nil {
		out.From = *c.From
	}
	if c.To != nil {
		out.To = *c.To
	}
	return out
}

// Next is when a scheduled survey is asked next, in a zone; zero for any other.
func (v Survey) Next(after time.Time, zone *time.Location) time.Time {
	c, err := cron.ParseStandard(v.Schedule)
	if v.When != desk.WhenSchedule || err != nil {
		return time.Time{}
	}
	return c.Next(after.In(zone)).UTC()
}

// Meant says whether the survey is for a ticket, as far as the ticket tells: of the
// customer's tier the asking itself decides.
func (v Survey) Meant(t desk.Ticket) bool {
	f := v.For
	return (len(f.Channels) == 0 || slices.Contains(f.Channels, t.From.Channel)) &&
		(len(f.Teams) == 0 || slices.Contains(f.Teams, t.Team)) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(t.Tags, func(tag string) bool { return slices.Contains(f.Tags, tag) }))
}

// Survey finds a survey by id. "" is the first of kind CSAT: askings of before surveys
// had ids.
func (s *Settings) Survey(id string) (Survey, bool) {
	for _, v := range s.Surveys {
		if v.ID == id || id == "" && v.Kind == desk.CSAT {
			return v, true
		}
	}
	return Survey{}, false
}

// SurveyAfter is the first survey that is asked after something happened to a ticket.
func (s *Settings) SurveyAfter(when desk.SurveyTrigger, t desk.Ticket) (Survey, bool) {
	for _, v := range s.Surveys {
		if !v.Disabled && v.When == when && v.Meant(t) {
			return v, true
		}
	}
	return Survey{}, false
}

// BadScore says whether a score of a kind counts as bad, by the first survey of the kind
// that the settings have.
func (s *Settings) BadScore(kind desk.SurveyKind, score int) bool {
	if kind == "" {
		kind = desk.CSAT
	}
	for _, v := range s.Surveys {
		if v.Kind == kind {
			return score <= v.Bad
		}
	}
	return score <= defaultBad[kind]
}

func pathOf(i int) string { return fmt.Sprintf("surveys[%d]", i) }
