package desk

import "time"

// MessageKind tells public messages, internal notes and the journal's events apart.
type MessageKind string

// The kinds of rows in a ticket's timeline.
const (
	FromCustomer MessageKind = "in"    // public, written by the customer
	ToCustomer   MessageKind = "out"   // public, written by the desk
	Note         MessageKind = "note"  // internal
	Journal      MessageKind = "event" // something happened: decisions in words
)

// SendState is where a message to a customer stands.
type SendState string

// The states of a message to send: queued → sending → sent, failed or uncertain.
const (
	Queued    SendState = "queued"
	Sending   SendState = "sending"
	Sent      SendState = "sent"      // the provider took it
	Delivered SendState = "delivered" // the provider says it arrived
	Failed    SendState = "failed"
	Uncertain SendState = "uncertain" // it may have gone out: never tried again by itself
)

// Message is one row of a ticket's timeline.
type Message struct {
	ID     MessageID   `json:"id"`
	Ticket TicketID    `json:"t"`
	Kind   MessageKind `json:"k"`
	By     Actor       `json:"by"`
	At     time.Time   `json:"at"`            // recorded
	Sent   time.Time   `json:"pt,omitzero"`   // the provider's time, shown where given
	From   Address     `json:"from,omitzero"` // the customer's address, in and out

	Subject     string       `json:"subj,omitempty"`
	Text        string       `json:"text,omitempty"` // what is shown: of a mail, without the quoted rest
	Full        string       `json:"full,omitempty"` // the whole text where Text is a part of it
	HTML        string       `json:"html,omitempty"` // cleaned
	Type        string       `json:"type,omitempty"` // the provider's own type where it isn't text
	Fields      []Field      `json:"f,omitempty"`    // a form's, or an event's
	Attachments []Attachment `json:"att,omitempty"`
	ProviderID  string       `json:"pid,omitempty"`  // the provider's id of it
	MailID      string       `json:"mid,omitempty"`  // of a mail: its Message-ID, without <>
	Automatic   string       `json:"auto,omitempty"` // why it counts as not written by a person
	Lang        string       `json:"lang,omitempty"`

	State     SendState `json:"s,omitempty"`   // ToCustomer only
	Why       string    `json:"why,omitempty"` // of failed or uncertain, in words
	NotBefore time.Time `json:"nb,omitzero"`   // undo-send
	Before    *Before   `json:"bf,omitempty"`  // of an answer that may be undone
	Purpose   string    `json:"p,omitempty"`   // reply, ack, survey, reminder
	Survey    SurveyID  `json:"sv,omitempty"`
	// Menu offers scores to tap, where the channel can: ID is the score. A text alone must do too.
	Menu []MenuChoice `json:"menu,omitempty"`
	Cc   []string     `json:"cc,omitempty"` // e-mail: who else reads it
	// Notice says as what the customer is only told that this waits for them on its page,
	// since their channel takes no answer now: a kind that the channel names. "" = sent itself.
	Notice string `json:"ntc,omitempty"`

	// Marked is what an agent holds the message to be: complaint, suggestion or praise.
	Marked Type `json:"mk,omitempty"`
	// Record is the feedback that it is kept as, where that was made in another ticket: else
	// its id follows from message and ticket.
	Record FeedbackID `json:"rec,omitempty"`

	// Moved is the ticket that the message was split off from: it was counted there. Gone
	// is where it went; the row that has it is a stub without content.
	Moved TicketID `json:"mv,omitempty"`
	Gone  TicketID `json:"gone,omitempty"`

	Decisions []Decision `json:"d,omitempty"` // the journal: what was decided on it, and why
	V         int64      `json:"v,omitzero"`  // settings version
}

// Before is how a ticket stood before an answer, and what the answer made of it.
type Before struct {
	Status       Status    `json:"s"`
	WaitingSince time.Time `json:"w,omitzero"`
	Then         Status    `json:"t"`
}

// Undone is why a message counts as failed that its author took back before it went out.
const Undone = "send.undone"

// MenuChoice is one answer to tap.
type MenuChoice struct {
	ID   string `json:"i"`
	Text string `json:"t"`
}

// ShownAt is the time a timeline orders by: the provider's where it gave one.
func (m Message) ShownAt() time.Time {
	if !m.Sent.IsZero() {
		return m.Sent
	}
	return m.At
}

// ErasedMessage is the decision on a message whose content was erased.
const ErasedMessage = "erased.message"

// Erased says whether the message's content was erased: there is nothing to send again.
func (m Message) Erased() bool {
	for _, d := range m.Decisions {
		if d.Code == ErasedMessage {
			return true
		}
	}
	return false
}

// RecordedMessage is the decision on a message that came as feedback by itself: of a form
// for it, or a review.
const RecordedMessage = "feedback.recorded"

// Recorded says whether the message is kept as feedback without a mark.
func (m Message) Recorded() bool {
	for _, d := range m.Decisions {
		if d.Code == RecordedMessage {
			return true
		}
	}
	return false
}

// Decision is one line of the journal: a code for machines, words for agents.
type Decision struct {
	Code string            `json:"c"`           // such as thread.joined_by_reply_address
	Args map[string]string `json:"a,omitempty"` // what the words are filled with
}

// Field is one named value, in the order the customer saw them.
type Field struct {
	Name  string `json:"n"`
	Label string `json:"l,omitempty"`
	Value string `json:"v"`
}

// Attachment is a file with a message. Blob is empty until the bytes are in the blob
// store; Ref is then what a fetcher needs, unless Fault says that there is nothing more
// to fetch.
type Attachment struct {
	Name   string `json:"n,omitempty"`
	Type   string `json:"t"` // MIME type
	Size   int64  `json:"s,omitempty"`
	SHA256 string `json:"h,omitempty"`
	Blob   string `json:"b,omitempty"`
	Ref    string `json:"r,omitempty"` // the provider's media id or URL
	Inline string `json:"i,omitempty"` // Content-ID where the HTML shows it
	Fault  string `json:"x,omitempty"` // a decision code: why the bytes will never be there
	Data   []byte `json:"-"`           // on its way from a parser to the blob store
}

// Waiting says whether the bytes are still to be fetched from the provider.
func (a Attachment) Waiting() bool { return a.Blob == "" && a.Ref != "" && a.Fault == "" }
