package desk

import (
	"slices"
	"time"
)

// Question is the one question a conversation waits to have answered: a bare digit
// answers only that.
type Question struct {
	Survey  SurveyID  `json:"sv"`
	Expires time.Time `json:"x"`
	// Comment is until when the next words are the comment on a score just given; zero
	// before the score.
	Comment time.Time `json:"cm,omitzero"`
}

// SurveyKind says what a survey's score measures.
type SurveyKind string

// The kinds of survey.
const (
	CSAT SurveyKind = "csat" // satisfaction, 1 to 5
	NPS  SurveyKind = "nps"  // would you recommend us, 0 to 10
	CES  SurveyKind = "ces"  // how easy it was, 1 to 7
)

// SurveyKinds lists all of them.
var SurveyKinds = []SurveyKind{CSAT, NPS, CES}

// Bounds are the least and the greatest score of a kind. An unknown kind counts as CSAT.
func (k SurveyKind) Bounds() (least, most int) {
	switch k {
	case NPS:
		return 0, 10
	case CES:
		return 1, 7
	}
	return 1, 5
}

// SurveyTrigger says what a survey is asked after.
type SurveyTrigger string

// The triggers.
const (
	WhenResolved SurveyTrigger = "resolved" // each resolution of a ticket
	WhenClosed   SurveyTrigger = "closed"   // a ticket closed without a survey of its resolution
	WhenSchedule SurveyTrigger = "schedule" // at times, whoever the filter finds
	WhenAsked    SurveyTrigger = "request"  // an agent or a program asks for it
)

// SurveyTriggers lists all of them.
var SurveyTriggers = []SurveyTrigger{WhenResolved, WhenClosed, WhenSchedule, WhenAsked}

// Questionnaire is what a survey asks, as it stood when it was asked. Its rows are never
// changed: an answer is read with the questions it answered.
type Questionnaire struct {
	Survey   string            `json:"of"` // the survey's id in the settings
	Kind     SurveyKind        `json:"k"`
	Look     string            `json:"l,omitempty"` // faces or stars (CSAT); "" = a row of numbers
	Question map[string]string `json:"q"`           // what the score answers, by language
	Thanks   map[string]string `json:"t,omitempty"`
	Low      map[string]string `json:"lo,omitempty"` // what the least score means, by language
	High     map[string]string `json:"hi,omitempty"`
	More     []MoreQuestion    `json:"more,omitempty"`
}

// QuestionType rules what a further question takes.
type QuestionType string

// The types of question.
const (
	AskScale   QuestionType = "scale"
	AskChoice  QuestionType = "choice"  // one of several
	AskChoices QuestionType = "choices" // any of several
	AskText    QuestionType = "text"
)

// MoreQuestion is a question beside the score.
type MoreQuestion struct {
	ID       string            `json:"id"`
	Type     QuestionType      `json:"ty"`
	Text     map[string]string `json:"q"`
	Required bool              `json:"r,omitempty"`
	Min      int               `json:"a,omitempty"` // scale
	Max      int               `json:"b,omitempty"` // scale
	Choices  []AnswerChoice    `json:"c,omitempty"`
	If       *AnswerCondition  `json:"if,omitempty"` // shown only then
}

// AnswerChoice is one answer to choose.
type AnswerChoice struct {
	Value string            `json:"v"`
	Label map[string]string `json:"l"`
}

// AnswerCondition holds where an earlier question was answered by a number from From to
// To, or by one of Is. The score's question is called score.
type AnswerCondition struct {
	Question string   `json:"q"`
	From     int      `json:"a,omitempty"`
	To       int      `json:"b,omitempty"`
	Is       []string `json:"is,omitempty"` // of a choice; none: From and To count
}

// ScoreQuestion is what conditions call the question of the score.
const ScoreQuestion = "score"

// Wave is the calendar of a survey that is asked at times, and how far the present round
// has come.
type Wave struct {
	Survey   string    `json:"of"`             // the survey's id in the settings
	Schedule string    `json:"cron,omitempty"` // that At was reckoned from
	At       time.Time `json:"at"`             // the round that is due or under way
	Due      time.Time `json:"due,omitzero"`   // when to go on; zero: the survey is off
	Gen      int       `json:"g,omitempty"`    // of the timer
	List     int       `json:"l,omitempty"`    // which list of tickets is walked, teams × statuses
	Cursor   string    `json:"c,omitempty"`    // in it
	Walking  bool      `json:"w,omitempty"`    // a round is under way
	Seen     int       `json:"n,omitempty"`    // tickets looked at in this round
	Planned  int       `json:"p,omitempty"`    // askings planned in this round
}

// SurveyState is where one asking of a survey stands.
type SurveyState string

// The states of a survey.
const (
	SurveyPlanned  SurveyState = "planned"
	SurveyAsked    SurveyState = "asked"
	SurveyReminded SurveyState = "reminded"
	SurveyAnswered SurveyState = "answered"
	SurveySkipped  SurveyState = "skipped"
	SurveyExpired  SurveyState = "expired"
)

// Survey is one asking: who is asked what, about which ticket.
type Survey struct {
	ID       SurveyID      `json:"id"`
	Kind     SurveyKind    `json:"kind"`
	Of       string        `json:"of,omitempty"`   // the survey's id in the settings
	Version  string        `json:"def,omitempty"`  // of the questions it was asked with; "" before it was asked
	Variant  string        `json:"va,omitempty"`   // which of the survey's variants
	When     SurveyTrigger `json:"when,omitempty"` // "" = resolved
	Ticket   TicketID      `json:"t"`
	Customer CustomerID    `json:"c"`
	To       Address       `json:"to"` // where it is asked
	Lang     string        `json:"lang,omitempty"`
	Team     string        `json:"team,omitempty"`
	Assignee string        `json:"asg,omitempty"`
	Tier     Tier          `json:"tier,omitempty"` // the customer's when it was asked or skipped: all its facts count there
	Round    int           `json:"r"`              // which resolution of the ticket: asked at most once for each
	State    SurveyState   `json:"s"`
	Why      string        `json:"why,omitempty"` // of a skip: a decision code
	Planned  time.Time     `json:"t0"`
	Due      time.Time     `json:"due,omitzero"`
	Gen      int           `json:"g,omitempty"` // of the timer
	Asked    time.Time     `json:"t1,omitzero"`
	Remind   time.Time     `json:"t3,omitzero"` // when the reminder goes; zero: none, or none any more
	First    time.Time     `json:"t4,omitzero"` // the first answer: it can be changed for a day
	Answered time.Time     `json:"t2,omitzero"`
	Expires  time.Time     `json:"x,omitzero"`
	Answers  int           `json:"n,omitempty"`
	Score    *Score        `json:"score,omitempty"` // the answer that counts
	// Wave is the round of a scheduled survey, After the recovery that asks again.
	Wave string `json:"wv,omitempty"`
	// Uncounted says that its answer counts in no figure: the same person, who was taken
	// for two, has answered already.
	Uncounted bool     `json:"unc,omitempty"`
	After     SurveyID `json:"af,omitempty"`
}

// Changeable is for how long after the first answer it can be changed.
const Changeable = 24 * time.Hour

// Settled says whether an answer was given so long ago that it can't be changed any more.
func (v Survey) Settled(at time.Time) bool {
	return v.Score != nil && !v.First.IsZero() && !at.Before(v.First.Add(Changeable))
}

// Score is an answer to a survey. Zero is an answer.
type Score struct {
	Kind    SurveyKind `json:"k"`
	Value   int        `json:"v"`
	Comment string     `json:"c,omitempty"`
	Answers []Answer   `json:"a,omitempty"` // to the further questions
	Version string     `json:"def,omitempty"`
	At      time.Time  `json:"at"`
	Ticket  TicketID   `json:"t,omitempty"`
	By      Channel    `json:"by,omitempty"` // where it was given
}

// Most is the best score of its kind.
func (s Score) Most() int {
	_, most := s.Kind.Bounds()
	return most
}

// ScoreMark is a score as a customer's page lists it.
type ScoreMark struct {
	Kind   SurveyKind `json:"k"`
	Value  int        `json:"v"`
	At     time.Time  `json:"at"`
	Ticket TicketID   `json:"t,omitempty"`
}

// scoresKept is how many of a customer's scores their row keeps.
const scoresKept = 5

// Scored notes a score as the last; an answer that was changed takes its own place.
func (c *Customer) Scored(s Score) {
	c.LastScore = &s
	m := ScoreMark{s.Kind, s.Value, s.At, s.Ticket}
	c.Scores = slices.DeleteFunc(slices.Clone(c.Scores), func(x ScoreMark) bool { return x.Kind == m.Kind && x.Ticket == m.Ticket })
	c.Scores = append(c.Scores, m)
	c.Scores = c.Scores[max(0, len(c.Scores)-scoresKept):]
}

// Answer answers one further question: exactly one of the three is set.
type Answer struct {
	Question string   `json:"q"`
	Number   *int     `json:"n,omitempty"` // scale; zero is an answer
	Chosen   []string `json:"c,omitempty"` // the choices' values
	Text     string   `json:"t,omitempty"`
}
