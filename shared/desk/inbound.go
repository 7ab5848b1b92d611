package desk

import "time"

// InboundKind says what a provider told us.
type InboundKind string

// What comes in.
const (
	InMessage   InboundKind = "message"   // somebody wrote
	InReceipt   InboundKind = "receipt"   // what became of a message we sent
	InBounce    InboundKind = "bounce"    // a mail of ours came back
	InComplaint InboundKind = "complaint" // a recipient marked ours as spam
	InOptOut    InboundKind = "opt_out"
	InOptIn     InboundKind = "opt_in"
	InEvent     InboundKind = "event" // follow, menu click, …: kept on the customer
	InReview    InboundKind = "review"
)

// Inbound is one thing a channel's parser read from an envelope, in the desk's own
// words. The parser has no secret and no store; it says what stands there.
type Inbound struct {
	Kind InboundKind `json:"kind"`
	ID   string      `json:"id"` // the provider's id, unique per account: a repeat has the same
	From Address     `json:"from"`
	Name string      `json:"name,omitempty"` // as the provider or the customer gave it
	At   time.Time   `json:"at,omitzero"`    // the provider's time
	Lang string      `json:"lang,omitempty"` // zh-CN or en where it can be told

	Subject     string       `json:"subject,omitempty"`
	Text        string       `json:"text,omitempty"` // what they wrote now
	Full        string       `json:"full,omitempty"` // with the quoted rest, where that differs
	HTML        string       `json:"html,omitempty"` // cleaned
	Type        string       `json:"type,omitempty"` // the provider's own type or event name
	Fields      []Field      `json:"fields,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`

	Choice  string   `json:"choice,omitempty"` // the id of an offered choice that was tapped; Text is its words
	Contact Contact  `json:"contact,omitzero"` // ways to reach them beside From, unproven
	Mail    *Mail    `json:"mail,omitempty"`
	Form    string   `json:"form,omitempty"`  // the form's id
	Given   *Given   `json:"given,omitempty"` // what makes it feedback; nil: it is none
	Receipt *Receipt `json:"receipt,omitempty"`

	// Automatic says why this was not written by a person ("" = it was, as far as can
	// be told). No automatic answer goes to such a message (RFC 3834), but it opens a
	// ticket like any other unless Quiet.
	Automatic string `json:"automatic,omitempty"`
	Quiet     bool   `json:"quiet,omitempty"` // never opens or reopens a ticket: receipts, our own mail
	Spam      string `json:"spam,omitempty"`  // why it is held to be spam: honeypot, verdict
	Virus     bool   `json:"virus,omitempty"`

	// Erase says that the provider wants what the desk keeps of its customer erased.
	Erase bool `json:"erase,omitempty"`

	// LookUp says that the provider tells whose the address is, where it is asked.
	LookUp bool `json:"look_up,omitempty"`

	// Marks are what the receiver found and the ticket's journal shall tell: a captcha
	// that nobody could check.
	Marks []Decision `json:"marks,omitempty"`
	// Follows is the submission that this continues, under the same From. The receiver
	// has proven it: the customer's signed link names both.
	Follows string `json:"follows,omitempty"`
}

// Contact is how a form's submitter asks to be answered.
type Contact struct {
	Mail  string `json:"mail,omitempty"`
	Phone string `json:"phone,omitempty"` // E.164
	Typed string `json:"-"`               // the phone as it was written, on its way from a parser
}

// Mail is what threading needs of an e-mail. Message ids stand without <>.
type Mail struct {
	MessageID  string   `json:"message_id,omitempty"`
	InReplyTo  string   `json:"in_reply_to,omitempty"`
	References []string `json:"references,omitempty"`
	To         []string `json:"to,omitempty"` // lower case
	Cc         []string `json:"cc,omitempty"`
	Recipients []string `json:"recipients,omitempty"` // of the envelope: which of our addresses took it
	// Trusted says that the From is proven (DMARC, or aligned SPF or DKIM).
	Trusted bool   `json:"trusted,omitempty"`
	Why     string `json:"why,omitempty"` // of Trusted, in words
}

// Receipt is what a provider says became of a message of ours.
type Receipt struct {
	Message    MessageID `json:"message,omitempty"` // our id, where the provider hands it back
	Ticket     TicketID  `json:"ticket,omitempty"`
	ProviderID string    `json:"provider_id,omitempty"`
	State      SendState `json:"state"` // Sent, Delivered or Failed
	Code       string    `json:"code,omitempty"`
	MailID     string    `json:"mail_id,omitempty"` // bounce: Message-ID of the mail that came back
	Address    string    `json:"address,omitempty"` // bounce: who could not be reached
	Permanent  bool      `json:"permanent,omitempty"`
}
