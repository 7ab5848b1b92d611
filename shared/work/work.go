// Package work is what functions tell each other over the standard queues: that a
// conversation has something to send, that a survey's time has come, that something
// slow is to be done. Each may be lost or repeated without harm: whoever gets one reads
// the rows again.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// Nudge tells delivery that a ticket has something to send.
type Nudge struct {
	Ticket desk.TicketID `json:"ticket"`
}

// SurveyTimer tells surveys that one's time has come.
type SurveyTimer struct {
	Survey desk.SurveyID `json:"survey,omitempty"`
	Wave   string        `json:"wave,omitempty"` // or a scheduled survey's calendar: its id in the settings
	// Recovery is the ticket whose follow-up of the survey's answer it is the timer of.
	Recovery desk.TicketID `json:"recovery,omitempty"`

	Topic    desk.TopicID `json:"topic,omitempty"`    // or something that is done: those who asked are to be told
	Outreach string       `json:"outreach,omitempty"` // or a message that the desk sends of itself

	Gen int       `json:"gen"` // of the timer: a past one does nothing
	At  time.Time `json:"at"`  // the sweep's time, from which keys come
}

// Job is slow work.
type Job struct {
	Kind string          `json:"kind"`
	Doc  json.RawMessage `json:"doc,omitempty"`
}

// The kinds of Job.
const (
	JobSnapshot = "snapshot" // put a settings document in force
	JobMedia    = "media"    // fetch a file that lies with a provider; Doc is a Media
	JobNotice   = "notice"   // tell people of the desk; Doc is a notify.Happening
	JobHook     = "hook"     // bring an event to a subscription; Doc is a Hook
	JobIndex    = "index"    // make new words findable; it has no Doc
	JobExport   = "export"   // make a file that somebody asked for; Doc is an Export
	JobWhoIs    = "whois"    // ask a provider whose an address is; Doc is a WhoIs
	JobRisk     = "risk"     // look how likely a customer is to leave; Doc is a Risk
	JobErase    = "erase"    // erase what is kept of an address's owner; Doc is an Erase
	JobFill     = "fill"     // give an agent what waits for them; Doc is an AgentAt
	JobLeave    = "leave"    // an agent went away; Doc is an AgentAt
	JobDigest   = "digest"   // an agent's quiet hours have ended; Doc is an AgentAt
	JobShift    = "shift"    // an agent's shift has ended; Doc is an AgentAt
	JobReopen   = "reopen"   // a dead letter could not be redriven; Doc is a Reopen
)

// Export names what somebody asked to take away.
type Export struct {
	By string `json:"by"`
	ID string `json:"id"`
}

// Risk names a customer whose risk may have moved.
type Risk struct {
	Customer desk.CustomerID `json:"customer"`
}

// AgentAt names an agent at work.
type AgentAt struct {
	Agent string `json:"agent"`
	Again bool   `json:"again,omitempty"` // the second look, for an index that lagged behind
}

// Media names an attachment whose bytes still lie with the provider.
type Media struct {
	Ticket  desk.TicketID  `json:"ticket"`
	Message desk.MessageID `json:"message"`
	Index   int            `json:"index"` // in Message.Attachments
}

// Hook asks for an attempt to bring an event to a subscription.
type Hook struct {
	Hook    string      `json:"hook"`            // the subscription's name
	Event   *desk.Event `json:"event,omitempty"` // of the first time: there is no row yet
	ID      string      `json:"id,omitempty"`    // of the event, else
	Attempt int         `json:"n,omitempty"`     // attempts made before: a past one does nothing
}

// WhoIs names an address whose owner the provider is to be asked for.
type WhoIs struct {
	Address desk.Address `json:"address"`
}

// Erase names whose data are to be erased, and how far that has come.
type Erase struct {
	Address desk.Address `json:"address"`
	Events  bool         `json:"events,omitempty"` // the tickets are done: now what is kept with the customer
	// Feedback: those are done, too: now what is kept as feedback.
	Feedback bool   `json:"feedback,omitempty"`
	Cursor   string `json:"cursor,omitempty"` // in the list of tickets or events
	Rows     string `json:"rows,omitempty"`   // in the ticket's timeline
	Left     bool   `json:"left,omitempty"`   // something was still to be sent: look again later
}

// Reopen names a dead letter that is to lie there as not done.
type Reopen struct {
	Queue queue.Name `json:"queue"`
	ID    string     `json:"id"`
}

// NewJob makes a Job of what it is about.
func NewJob(kind string, doc any) (Job, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return Job{}, fmt.Errorf("work: %w", err)
	}
	return Job{Kind: kind, Doc: b}, nil
}

// Message makes a queue's message of a Nudge, a SurveyTimer or a Job.
func Message(v any) (queue.Message, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return queue.Message{}, fmt.Errorf("work: %w", err)
	}
	return queue.Message{Body: string(b)}, nil
}

// Send tells one.
func Send(ctx context.Context, q queue.Queue, to queue.Name, v any) error {
	m, err := Message(v)
	if err != nil {
		return err
	}
	return q.Send(ctx, to, m)
}

// ErrMore: the work was cut short at its bound; the message is to come again.
var ErrMore = errors.New("work: more to do")
