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
	MailSpared  MailState = "spared"  // the same was mailed just before, or it was settled by then
	MailLater   MailState = "later"   // with others, when quiet hours end
)

// Digest is the one mail that waits for an agent's quiet hours to end.
type Digest struct {
	Agent string    `json:"a"`
	First time.Time `json:"t0,omitzero"` // when what was held back first happened
	Due   time.Time `json:"due,omitzero"`
	Tries int       `json:"n,omitempty"` // that nobody took the mail
}

// Hold notes that something which happened at a time is to be told at another; false where
// that is noted already.
func (d *Digest) Hold(at, until time.Time) bool {
	if !d.Due.IsZero() && !until.Before(d.Due) && !at.Before(d.First) {
		return false
	}
	if d.Due.IsZero() {
		d.Tries = 0 // of a mail that is over
	}
	if d.Due.IsZero() || at.Before(d.First) {
		d.First = at
	}
	if d.Due.IsZero() || until.Before(d.Due) {
		d.Due = until
	}
	return true
}

// NoticesRead is how far an agent has read: everything up to an id.
type NoticesRead struct {
	Agent string `json:"a"`
	Until string `json:"u,omitempty"`
}
