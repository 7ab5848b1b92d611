package desk

import "time"

// Notice is something that an agent was told.
type Notice struct {
	ID     string    `json:"id"` // of what happened: sorts by its time
	Agent  string    `json:"a"`
	Kind   string    `json:"k"` // of notify.Kinds
	At     time.Time `json:"at"`
	Ticket TicketID  `json:"t,omitempty"`
	What   Decision  `json:"d"` // in words
	Mail   MailState `json:"m,omitempty"`
}

// MailState says whether an agent was written to as well.
type MailState string

// The states of a notice's mail; "" is none.
const (
	MailDue     MailState = "due"     // not yet
	MailSent    MailState = "sent"    // or it may have been
	MailRefused MailState = "refused" // and never will be
	MailSpared  MailState = "spared"  // the same was mailed just before
)

// NoticesRead is how far an agent has read: everything up to an id.
type NoticesRead struct {
	Agent string `json:"a"`
	Until string `json:"u,omitempty"`
}
