package desk

import "time"

// FeedbackID names one record of feedback. It is derived from where the record comes
// from and the submission's own id, so that a repeat finds the same record.
type FeedbackID string

// FeedbackSource says how the desk came by what a customer thinks.
type FeedbackSource string

// The sources of feedback.
const (
	FromSurvey  FeedbackSource = "survey"  // asked for
	FromForm    FeedbackSource = "form"    // a form for complaints, suggestions and praise
	FromReview  FeedbackSource = "review"  // written elsewhere and handed over by a program
	FromMessage FeedbackSource = "message" // an agent marked what a customer wrote
)

// FeedbackSources lists all of them.
var FeedbackSources = []FeedbackSource{FromSurvey, FromForm, FromReview, FromMessage}

// FeedbackTypes are the types of ticket that are feedback.
var FeedbackTypes = []Type{Complaint, Suggestion, Praise}

// NewFeedbackID derives a record's id: of names the survey, form or account it came by,
// submission is the id that the source gives.
func NewFeedbackID(s FeedbackSource, of, submission string) FeedbackID {
	return FeedbackID(DeriveID("feedback", string(s), of, submission))
}

// Feedback is what a customer thinks, wherever they said so: one record for each
// submission. What they said of the score stands in Answers, the score's question first.
type Feedback struct {
	ID         FeedbackID       `json:"id"`
	Source     FeedbackSource   `json:"src"`
	Of         string           `json:"of,omitempty"` // the survey's or form's id in the settings, the generic account's name
	Submission string           `json:"sub"`          // the source's own id: asking, submission, review or message
	Version    int64            `json:"ver,omitempty"`
	Edits      int              `json:"ed,omitempty"` // earlier versions kept beside it
	Type       Type             `json:"ty,omitempty"` // complaint, suggestion or praise; "" = a score alone
	Kind       SurveyKind       `json:"k,omitempty"`  // of a survey's score
	Answers    []FeedbackAnswer `json:"a,omitempty"`
	Bad        bool             `json:"bad,omitempty"`
	Lang       string           `json:"lang,omitempty"`
	Customer   CustomerID       `json:"c"`
	From       Address          `json:"from"`          // who said so, where
	Ticket     TicketID         `json:"t,omitempty"`   // "" = none
	Message    MessageID        `json:"m,omitempty"`   // in the ticket
	FollowUp   TicketID         `json:"fut,omitempty"` // where its follow-up is, if not in Ticket: the message was split off from there
	Channel    Channel          `json:"ch"`
	Team       string           `json:"team,omitempty"`
	Agent      string           `json:"ag,omitempty"` // whom it concerns
	At         time.Time        `json:"at"`           // its place in the lists: never changes
	Changed    time.Time        `json:"u"`
	By         Actor            `json:"by"`             // who said so, or who marked it
	Gone       bool             `json:"gone,omitempty"` // the mark was taken back: in no list
	Topic      TopicID          `json:"tp,omitempty"`   // what it asks for, with others
	Told       time.Time        `json:"told,omitzero"`  // when its customer was told that it is done
	V          int64            `json:"v,omitempty"`    // settings version of the last change
}

// FeedbackAnswer is one answer of a record. Of Number, Chosen and Text at most one is
// set: which is what Type says.
type FeedbackAnswer struct {
	Question string       `json:"q"`           // score, comment, or the question's id
	Label    string       `json:"l,omitempty"` // as the customer read it
	Type     QuestionType `json:"ty"`
	Number   *int         `json:"n,omitempty"` // zero is an answer
	Min      int          `json:"a,omitempty"` // the number's scale
	Max      int          `json:"b,omitempty"`
	Chosen   []string     `json:"c,omitempty"` // as the customer read them
	Text     string       `json:"t,omitempty"`
}

// CommentQuestion is what a record calls the words beside a score.
const CommentQuestion = "comment"

// Score is the number that counts, with its scale; false where it has none.
func (f Feedback) Score() (a FeedbackAnswer, ok bool) {
	for _, a := range f.Answers {
		if a.Question == ScoreQuestion && a.Number != nil {
			return a, true
		}
	}
	return FeedbackAnswer{}, false
}

// FollowedIn is the ticket in which it is followed up, if it is.
func (f Feedback) FollowedIn() TicketID {
	if f.FollowUp != "" {
		return f.FollowUp
	}
	return f.Ticket
}

// Words are those said beside the score, or the whole of what was said.
func (f Feedback) Words() string {
	for _, a := range f.Answers {
		if a.Question == CommentQuestion {
			return a.Text
		}
	}
	return ""
}

// Erase takes out the customer's own words; false where there were none.
func (f *Feedback) Erase() (changed bool) {
	for i, a := range f.Answers {
		if a.Text != "" {
			f.Answers[i].Text, changed = "", true
		}
	}
	return changed
}

// Given is feedback that comes in by itself, as a channel's parser read it: of a form
// that is for it, or a review.
type Given struct {
	ID      string `json:"id,omitempty"`  // a review's, over all its versions
	Version int64  `json:"ver,omitempty"` // of a review; 0 = not told, the time stands for it
	Type    Type   `json:"ty,omitempty"`
	Rating  *int   `json:"n,omitempty"`
	Min     int    `json:"a,omitempty"`
	Max     int    `json:"b,omitempty"`
}
