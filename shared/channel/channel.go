// Package channel is the contract between the desk and a way customers write to it.
// A channel is one folder below this one and one line in builtin; every channel passes
// the suite in channeltest. How to add one is told in README.md beside this file.
//
// A receiver calls Verify and Envelopes and no more: a parser's bug can then never
// lose a message. Parse runs behind the queue, needs no secret, and may be run again
// over what was kept.
package channel

import (
	"context"
	"errors"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Errors of a channel, found with errors.Is. Their texts hold no secret and none of
// the request's content.
var (
	// ErrUnauthentic: the request is not proven to come from the provider. Nothing is
	// kept; the answer is 403 and says no more.
	ErrUnauthentic = errors.New("channel: unauthentic")
	// ErrUnreadable: authentic, but not understood. It is kept in the quarantine.
	ErrUnreadable = errors.New("channel: unreadable")
	// ErrRefused: a form's field that its sender can mend; a *desk.Error inside names it.
	ErrRefused = errors.New("channel: refused")
)

// Request is one webhook call, exactly as it came.
type Request struct {
	Method   string
	URL      string              // as the provider called it: public base URL + path + raw query
	Path     string              // below the stage
	RawQuery string              // undecoded
	Header   map[string][]string // names in lower case
	Body     []byte
	SourceIP string    // from the gateway, not from a header
	At       time.Time // when it was received
}

// UploadPrefix is where files lie that a customer's browser puts straight into the blob
// store. Only what `tickets` finds in a message is kept, elsewhere; the rest expires.
const UploadPrefix = "uploads/"

// Get returns the first value of a header, named in any case.
func (r Request) Get(name string) string {
	if v := r.Header[lower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Response is an answer in the provider's own words.
type Response struct {
	Status int
	Header map[string]string
	Body   []byte
}

// Verified is a request whose signature was good (or, in shadow mode, was not but is
// taken all the same: Shadow then says why).
type Verified struct {
	Request Request
	Body    []byte // decrypted where the channel encrypts, else Request.Body
	Shadow  string // shadow mode: why it would have been refused
	state   any
}

// With returns v carrying a channel's own value from Verify to Envelopes and Ack.
func (v Verified) With(state any) Verified { v.state = state; return v }

// State is what With stored, or nil.
func (v Verified) State() any { return v.state }

// Envelope is one verified message on its way through the queue: the bytes, who wrote
// and which of the provider's messages it is.
type Envelope struct {
	Channel  desk.Channel      `json:"ch"`
	Account  string            `json:"ac"`
	Order    string            `json:"o"`              // order key: who wrote. Messages with one order key stay in order
	Dedup    string            `json:"id"`             // dedup key: the provider's message id; a repeat has the same
	At       time.Time         `json:"at"`             // the receiver's stamp
	Body     []byte            `json:"b,omitempty"`    // the verified bytes
	BodyBlob string            `json:"bb,omitempty"`   // where Body lies in the blob store, when over 48 kB
	Blob     string            `json:"blob,omitempty"` // blob that belongs to it: a raw mail
	Meta     map[string]string `json:"m,omitempty"`    // what the parser needs beside the bytes: content type, …
	Shadow   string            `json:"sh,omitempty"`   // Verified.Shadow

	Content []byte `json:"-"` // the bytes of Blob, filled in before Parse
}

// Channel is one account of a way customers write. Its constructor takes that
// account's settings and refuses an empty secret.
type Channel interface {
	// Name is the channel's; it is also its folder's.
	Name() desk.Channel
	// Verify proves that the raw bytes come from the provider, before anything is
	// parsed. Any failure wraps ErrUnauthentic (or ErrRefused: webform).
	Verify(ctx context.Context, r Request) (Verified, error)
	// Envelopes cuts a verified request into messages; a batch callback gives several.
	// It reads no more than order and dedup key, and never fails on content it doesn't
	// know: a body whose order key can't be read is one envelope with a hash of the
	// body for both.
	Envelopes(v Verified) ([]Envelope, error)
	// Parse reads an envelope. It needs no secret and gives the same answer each time.
	// A failure wraps ErrUnreadable and says in words an operator understands what
	// could not be read.
	Parse(e Envelope) ([]desk.Inbound, error)
}

// Handshaker is a channel whose provider checks the address with a GET first.
type Handshaker interface {
	Handshake(ctx context.Context, r Request) (Response, error)
}

// Acker is a channel that answers a good call in its provider's own words; others
// answer 200 with an empty body.
type Acker interface {
	Ack(v Verified) Response
}

// Outgoing is one message for a Sender, complete: nothing is looked up while sending.
type Outgoing struct {
	ID          desk.MessageID // ours; handed to the provider where its API takes one
	Ticket      desk.TicketID
	To          desk.Address
	Name        string // the customer's
	Subject     string
	Text        string
	HTML        string // optional; e-mail only
	Lang        string
	Purpose     string // reply, ack, survey, reminder
	Attachments []desk.Attachment
	Cc          []string
	InReplyTo   string   // Message-ID without <>
	References  []string // likewise, oldest first
	Automatic   bool     // not written by a person: marked so (RFC 3834)
	Notice      string   // "": the message itself; else the Noticer's kind of notice that it waits on its page
	MenuHead    string   // WeChat msgmenu: text above the choices
	Menu        []Choice
}

// Choice is one answer to tap.
type Choice struct {
	ID, Text string
	URL      string // e-mail: the page that opens with this choice
}

// OutcomeKind says what became of an attempt to send.
type OutcomeKind string

// The outcomes. Only those marked "again" are ever tried again.
const (
	OutcomeSent         OutcomeKind = "sent"
	OutcomeRateLimited  OutcomeKind = "rate_limited"  // nothing was accepted; again after RetryAfter
	OutcomeTransient    OutcomeKind = "transient"     // nothing was accepted, provably, or the far side drops a repeat by our id; again with back-off
	OutcomeWindowClosed OutcomeKind = "window_closed" // not now on this channel
	OutcomeBadRecipient OutcomeKind = "bad_recipient" // never
	OutcomeAuth         OutcomeKind = "auth"          // our credentials or settings; again after they are mended
	OutcomeRefused      OutcomeKind = "refused"       // the message itself is not acceptable: never
	OutcomeUnknown      OutcomeKind = "unknown"       // it may have gone out
)

// Outcome is a Sender's answer.
type Outcome struct {
	Kind       OutcomeKind
	ProviderID string        // the provider's id of the message, when sent
	MailIDs    []string      // e-mail, when sent: the Message-IDs that answers may refer to, ours first
	RetryAfter time.Duration // rate limited
	Code       string        // the provider's own code
	Reason     string        // in words, without secrets and without the customer's text
}

// Sender sends to customers. It never tries twice by itself and never panics.
type Sender interface {
	Send(ctx context.Context, m Outgoing) Outcome
}

// Windower is a channel on which answers are only taken for a while.
type Windower interface {
	// Window says until when, and how many more, messages may go to an identity. A zero
	// time means that there is no limit of time; left < 0 no limit of number.
	Window(id desk.Identity) (until time.Time, left int)
}

// Noticer is a sender that can still tell a customer whose window is closed that an
// answer waits for them on a page.
type Noticer interface {
	// Notices gives the kinds of notice the account has, the best first; none where its
	// settings name none. Send makes one of an Outgoing whose Notice is such a kind.
	Notices() []string
}

// WhoIs is a channel whose provider tells, where it is asked, who somebody is.
type WhoIs interface {
	// WhoIs asks for one of the account's customers, by Address.ID. Errors are
	// *desk.Error: NotFound where the provider doesn't tell, of them or to this account,
	// and won't for a repeat either; Forbidden for the account's own fault; Transient and
	// Throttled pass.
	WhoIs(ctx context.Context, id string) (Person, error)
}

// Person is what a provider tells of somebody.
type Person struct {
	Union string // the same over all accounts of one owner (WeChat's unionid); "" = not told
}

// Media is a file fetched from a provider.
type Media struct {
	Type string
	Name string
	Data []byte
}

// MediaFetcher is a channel whose messages name files that lie with the provider.
type MediaFetcher interface {
	// FetchMedia gets the file that an attachment's Ref names, at most max bytes.
	FetchMedia(ctx context.Context, ref string, max int64) (Media, error)
}
