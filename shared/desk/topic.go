package desk

import "time"

// TopicID names something that customers ask for.
type TopicID string

// TopicState is where a topic stands.
type TopicState string

// The states of a topic.
const (
	TopicOpen TopicState = "open" // taken up
	TopicDone TopicState = "done" // done, and those who asked are told
)

// Topic is what one or several records of feedback ask for.
type Topic struct {
	ID      TopicID           `json:"id"`
	Title   string            `json:"n"`
	Team    string            `json:"team,omitempty"`
	State   TopicState        `json:"s"`
	Records int               `json:"r,omitempty"` // tied to it
	Created time.Time         `json:"t0"`
	Done    time.Time         `json:"t1,omitzero"`
	Text    map[string]string `json:"x,omitempty"` // what customers are told, by language
	By      Actor             `json:"by"`
	Updated time.Time         `json:"u"`
	V       int64             `json:"v,omitempty"`

	// The round that tells them: how far it has come in the list of its records.
	Due     time.Time `json:"due,omitzero"`
	Gen     int       `json:"g,omitempty"`
	Cursor  string    `json:"c,omitempty"`
	Told    int       `json:"told,omitempty"` // customers the round has put a message in line for, or will
	Skipped int       `json:"skip,omitempty"`
}

// OutreachState is where a message that the desk sends of itself stands.
type OutreachState string

// The states of an outreach.
const (
	OutreachPlanned OutreachState = "planned"
	OutreachSent    OutreachState = "sent" // in its conversation's line
	OutreachSkipped OutreachState = "skipped"
)

// OutreachKind says why the desk writes of itself.
type OutreachKind string

// The kinds of outreach.
const (
	OutreachDone OutreachKind = "done" // what they asked for is done
	OutreachCare OutreachKind = "care" // a word of care, on a schedule or after an event
)

// Outreach is one message that the desk sends one customer of itself, once.
type Outreach struct {
	ID       string        `json:"id"`
	Kind     OutreachKind  `json:"k"`
	Of       string        `json:"of"` // the topic's id, the care's id in the settings
	Customer CustomerID    `json:"c"`
	Ticket   TicketID      `json:"t"` // in whose conversation
	To       Address       `json:"to"`
	Lang     string        `json:"lang,omitempty"`
	Feedback []FeedbackID  `json:"fb,omitempty"` // the records it answers, at most 20
	Occasion string        `json:"oc,omitempty"` // of care: what it is about, such as a day
	State    OutreachState `json:"s"`
	Why      string        `json:"why,omitempty"` // of a skip: a decision code
	Planned  time.Time     `json:"t0"`
	Due      time.Time     `json:"due,omitzero"`
	Gen      int           `json:"g,omitempty"`
	Sent     time.Time     `json:"t1,omitzero"`
	V        int64         `json:"v,omitempty"`
}
