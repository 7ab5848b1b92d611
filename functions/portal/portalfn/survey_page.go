package portalfn

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/policy/questions"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// The steps of the page: the score and what is always asked; what follows from it; the
// confirmation where no script has seen a person.
const (
	stepScore   = "score"
	stepMore    = "more"
	stepConfirm = "confirm"
)

type surveyPage struct {
	look.Page
	Question string
	Subject  string
	Number   string
	Row      scoreRow
	More     []moreField
	Comment  string
	Max      int
	Confirm  string
	Step     string
	Hidden   []hidden // what an earlier step was answered with
	Fault    string
	Changing bool
	Thanks   string
	Change   string // where to change the answer; "" = it can't be any more
	Settled  bool
}

// scoreRow is a scale to tap: faces, stars or numbers.
type scoreRow struct {
	Name, Look string
	Legend     string
	Low, High  string
	Scores     []scoreChoice
	Given      scoreChoice
	Most       int
	Required   bool
}

type scoreChoice struct {
	Value  int
	Label  string
	Chosen bool
}

type moreField struct {
	Name, Text string
	Type       desk.QuestionType
	Required   bool
	Row        scoreRow // scale
	Options    []option // choice, choices
	Value      string   // text
	Max        int
}

type option struct {
	Value, Label string
	Checked      bool
}

type hidden struct{ Name, Value string }

var faceLabels = [...][2]string{
	{"很不满意", "Very poor"}, {"不满意", "Poor"}, {"一般", "OK"}, {"满意", "Good"}, {"非常满意", "Excellent"},
}

func (a asked) text(t map[string]string) string { return config.Text(t).In(a.Lang) }

// scores is the survey's own scale.
func (a asked) scores(value int, chosen bool) scoreRow {
	least, most := a.form.Kind.Bounds()
	row := scale("score", least, most, value, chosen)
	row.Look, row.Legend, row.Required = a.form.Look, a.L("评分", "Your rating"), true
	row.Low, row.High = a.text(a.form.Low), a.text(a.form.High)
	for i := range row.Scores {
		c := &row.Scores[i]
		if c.Label = ticketing.End(a.form, c.Value, a.Lang); a.form.Kind == desk.CSAT {
			c.Label = a.L(faceLabels[i][0], faceLabels[i][1])
		}
		if c.Chosen {
			row.Given = *c
		}
	}
	return row
}

func scale(name string, least, most, value int, chosen bool) scoreRow {
	row := scoreRow{Name: name, Most: most}
	for n := least; n <= most; n++ {
		row.Scores = append(row.Scores, scoreChoice{Value: n, Chosen: chosen && n == value})
	}
	return row
}

func (a asked) field(m desk.MoreQuestion, as []desk.Answer) moreField {
	given, _ := questions.Find(as, m.ID)
	f := moreField{Name: "q-" + m.ID, Text: a.text(m.Text), Type: m.Type, Required: m.Required, Value: given.Text, Max: questions.MaxText}
	for _, c := range m.Choices {
		f.Options = append(f.Options, option{c.Value, a.text(c.Label), slices.Contains(given.Chosen, c.Value)})
	}
	if m.Type == desk.AskScale {
		n := 0
		if given.Number != nil {
			n = *given.Number
		}
		f.Row = scale(f.Name, m.Min, m.Max, n, given.Number != nil)
		f.Row.Legend, f.Row.Required = f.Text, m.Required
	}
	return f
}

// sheet is one step of the form to be shown.
type sheet struct {
	posted
	status int
	fault  string
	later  bool // a step after the first
}

// title is what the page is about, by the kind of survey.
func (a asked) title() string {
	switch a.form.Kind {
	case desk.NPS:
		return a.L("您愿意推荐我们吗？", "Would you recommend us?")
	case desk.CES:
		return a.L("解决问题费劲吗？", "How easy was it?")
	}
	return a.L("服务评价", "How did we do?")
}

// ask shows a step: the first, or what follows from the answers so far.
func (p *portal) ask(w http.ResponseWriter, r *http.Request, a asked, s sheet) {
	page := surveyPage{
		Page: a.Page, Question: a.text(a.form.Question), Subject: a.ticket.Subject, Number: a.ticket.ID.Number(),
		Row: a.scores(s.Value, s.chosen), Comment: s.Comment, Max: maxComment, Fault: s.fault,
		Changing: a.survey.Score != nil, Step: s.step,
	}
	page.Title = a.title()
	switch {
	case s.later && !s.seen:
		page.Step = stepConfirm
	case s.later:
		page.Step = stepMore
	case s.step == "":
		page.Step = stepScore
	}
	asked := s.asked
	for _, m := range a.onPage(s, page.Step) {
		page.More = append(page.More, a.field(m, s.Answers))
		asked = append(asked, m.ID)
	}
	for _, one := range s.Answers {
		if !slices.ContainsFunc(page.More, func(f moreField) bool { return f.Name == "q-"+one.Question }) {
			page.Hidden = append(page.Hidden, carry(one)...)
		}
	}
	if page.Step != stepScore {
		page.Hidden = append(page.Hidden, hidden{"score", strconv.Itoa(s.Value)}, hidden{"comment", s.Comment})
	}
	page.Confirm = p.Key.Token(confirmPurpose, p.Now().Add(confirmFor), string(a.survey.ID), page.Step, strings.Join(asked, ","))
	p.write(w, r, s.status, "survey", page)
}

// onPage are the further questions of a step: on the first those that hang on nothing,
// then those that the answers lead to. A step shown again because of a fault asks the same.
func (a asked) onPage(s sheet, step string) []desk.MoreQuestion {
	if s.later {
		return a.next(s.posted)
	}
	return slices.DeleteFunc(slices.Clone(questions.Shown(a.form, s.Score)), func(m desk.MoreQuestion) bool {
		return (m.If == nil) != (step == stepScore)
	})
}

// carry hides an answer in the next step's form.
func carry(a desk.Answer) []hidden {
	name := "q-" + a.Question
	switch {
	case a.Number != nil:
		return []hidden{{name, strconv.Itoa(*a.Number)}}
	case a.Text != "":
		return []hidden{{name, a.Text}}
	}
	var out []hidden
	for _, v := range a.Chosen {
		out = append(out, hidden{name, v})
	}
	return out
}

func (p *portal) thanks(w http.ResponseWriter, r *http.Request, status int, a asked) {
	page := surveyPage{
		Page: a.Page, Thanks: a.s.ThanksFor(a.form, a.survey).In(a.Lang), Comment: a.survey.Score.Comment,
		Row: a.scores(a.survey.Score.Value, true), Settled: a.survey.Settled(p.Now()),
	}
	if !page.Settled {
		page.Change = r.URL.Path + "?change=1&lang=" + a.Lang
	}
	page.Title = a.L("感谢您的评价", "Thank you")
	p.write(w, r, status, "thanks", page)
}

func (p *portal) redirect(w http.ResponseWriter, r *http.Request, a asked) {
	look.SetHeaders(w.Header())
	http.Redirect(w, r, r.URL.Path+"?lang="+a.Lang, http.StatusSeeOther)
}
