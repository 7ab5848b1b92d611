package apifn

import (
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/questions"
)

type surveyDefinition struct {
	ID        string           `json:"id"`
	Kind      string           `json:"kind"`
	When      string           `json:"when"`
	Enabled   bool             `json:"enabled"`
	Schedule  string           `json:"schedule,omitempty"`
	Version   string           `json:"version"`
	Questions []surveyQuestion `json:"questions"`
}

type surveyQuestion struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	Text     map[string]string `json:"text"`
	Required bool              `json:"required"`
	Min      *int              `json:"min,omitempty"`
	Max      *int              `json:"max,omitempty"`
	Choices  []surveyChoice    `json:"choices,omitempty"`
	ShowIf   *surveyShowIf     `json:"show_if,omitempty"`
}

type surveyChoice struct {
	Value string            `json:"value"`
	Label map[string]string `json:"label"`
}

type surveyShowIf struct {
	Question string   `json:"question"`
	From     *int     `json:"from,omitempty"`
	To       *int     `json:"to,omitempty"`
	Is       []string `json:"is,omitempty"`
}

// viewQuestions lists what a survey asks, the score first.
func viewQuestions(q desk.Questionnaire) []surveyQuestion {
	least, most := q.Kind.Bounds()
	out := []surveyQuestion{{ID: desk.ScoreQuestion, Type: string(desk.AskScale), Text: q.Question, Required: true, Min: &least, Max: &most}}
	for _, m := range q.More {
		v := surveyQuestion{ID: m.ID, Type: string(m.Type), Text: m.Text, Required: m.Required}
		if m.Type == desk.AskScale {
			v.Min, v.Max = &m.Min, &m.Max
		}
		for _, c := range m.Choices {
			v.Choices = append(v.Choices, surveyChoice{c.Value, c.Label})
		}
		if c := m.If; c != nil && len(c.Is) > 0 {
			v.ShowIf = &surveyShowIf{Question: c.Question, Is: c.Is}
		} else if c != nil {
			v.ShowIf = &surveyShowIf{Question: c.Question, From: &c.From, To: &c.To}
		}
		out = append(out, v)
	}
	return out
}

func viewDefinition(v config.Survey) surveyDefinition {
	q := v.Questionnaire()
	return surveyDefinition{
		ID: v.ID, Kind: string(v.Kind), When: string(v.When), Enabled: !v.Disabled, Schedule: v.Schedule,
		Version: questions.Version(q), Questions: viewQuestions(q),
	}
}

func (a *api) listSurveys(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	return answerAll(c, viewAll(s.Surveys, viewDefinition))
}

type surveyView struct {
	ID         string           `json:"id"`
	Survey     string           `json:"survey"`
	Kind       string           `json:"kind"`
	Version    string           `json:"version"`
	Ticket     string           `json:"ticket"`
	CustomerID string           `json:"customer_id"`
	State      string           `json:"state"`
	Why        string           `json:"skipped_because"`
	PlannedAt  time.Time        `json:"planned_at"`
	DueAt      *time.Time       `json:"due_at"`
	AskedAt    *time.Time       `json:"asked_at"`
	AnsweredAt *time.Time       `json:"answered_at"`
	ExpiresAt  *time.Time       `json:"expires_at"`
	Questions  []surveyQuestion `json:"questions"`
	Answers    []answerView     `json:"answers"`
}

type answerView struct {
	Score   int               `json:"score"`
	Comment string            `json:"comment"`
	At      time.Time         `json:"at"`
	Channel string            `json:"channel"`
	Answers []oneQuestionView `json:"answers"`
}

type oneQuestionView struct {
	Question string   `json:"question"`
	Number   *int     `json:"number,omitempty"`
	Chosen   []string `json:"chosen,omitempty"`
	Text     string   `json:"text,omitempty"`
}

// someTime is null for a time that hasn't come.
func someTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *api) viewSurvey(c *call, id desk.SurveyID) (surveyView, error) {
	row, err := a.Store.Survey(c.ctx, id)
	if err != nil {
		return surveyView{}, err
	}
	v := row.Value
	form, err := a.Desk.Questionnaire(c.ctx, v)
	if err != nil {
		return surveyView{}, err
	}
	given, err := a.Store.Answers(c.ctx, id)
	if err != nil {
		return surveyView{}, err
	}
	out := surveyView{
		ID: string(v.ID), Survey: v.Of, Kind: string(form.Kind), Version: v.Version, Ticket: v.Ticket.Number(), CustomerID: string(v.Customer),
		State: string(v.State), Why: v.Why, PlannedAt: v.Planned, DueAt: someTime(v.Due), AskedAt: someTime(v.Asked),
		AnsweredAt: someTime(v.Answered), ExpiresAt: someTime(v.Expires), Questions: viewQuestions(form), Answers: []answerView{},
	}
	for _, g := range given {
		s := g.Value
		one := answerView{s.Value, s.Comment, s.At, string(s.By), []oneQuestionView{}}
		for _, x := range s.Answers {
			one.Answers = append(one.Answers, oneQuestionView(x))
		}
		out.Answers = append(out.Answers, one)
	}
	return out, nil
}

func (a *api) getSurvey(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	v, err := a.viewSurvey(c, desk.SurveyID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if t, ok := desk.ParseNumber(v.Ticket); ok && !c.who.Everywhere() {
		if _, err := a.ticketOf(c, t); desk.KindOf(err) == desk.NotFound && err != nil {
			return desk.Errorf(desk.NotFound, "no such survey")
		} else if err != nil {
			return err
		}
	}
	return c.json(http.StatusOK, v)
}

// newSurvey is the body of POST /v1/tickets/{number}/surveys.
type newSurvey struct {
	Survey string `json:"survey"`
}

func (a *api) postSurvey(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var in newSurvey
	if err := c.body(&in); err != nil {
		return err
	}
	if strings.TrimSpace(in.Survey) == "" {
		return badField("survey", "is missing; GET /v1/surveys lists them")
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	id, err := a.Desk.AskSurvey(c.ctx, act, t.Value.ID, in.Survey, desk.WhenAsked, "")
	if err != nil {
		return err
	}
	v, err := a.viewSurvey(c, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusAccepted, v)
}
