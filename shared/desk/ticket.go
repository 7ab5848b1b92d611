package desk

import (
	"strings"
	"time"
)

// Channel names a way customers write to the desk.
type Channel string

// The channels built in.
const (
	WeChat  Channel = "wechat"
	Email   Channel = "email"
	SMS     Channel = "sms"
	WebForm Channel = "webform"
	Generic Channel = "generic" // programs: Standard Webhooks
)

// Status is where a ticket stands.
type Status string

// The statuses, in the order of a ticket's life.
const (
	StatusNew      Status = "new"      // nobody has answered yet
	StatusOpen     Status = "open"     // the desk's turn
	StatusPending  Status = "pending"  // waiting for the customer
	StatusOnHold   Status = "on_hold"  // waiting for a third party
	StatusResolved Status = "resolved" // answered; a new message reopens it
	StatusClosed   Status = "closed"   // over; a new message reopens it for some days, then opens another ticket
	StatusSnoozed  Status = "snoozed"  // out of sight until a time
	StatusSpam     Status = "spam"     // out of sight, never answered
)

// Statuses lists all of them in the order of a ticket's life.
var Statuses = []Status{StatusNew, StatusOpen, StatusPending, StatusOnHold, StatusSnoozed, StatusResolved, StatusClosed, StatusSpam}

// Active says whether the desk still owes something: neither resolved, closed nor spam.
func (s Status) Active() bool { return s != StatusResolved && s != StatusClosed && s != StatusSpam }

// Priority is how soon a ticket wants an answer.
type Priority string

// The priorities.
const (
	Low    Priority = "low"
	Normal Priority = "normal"
	High   Priority = "high"
	Urgent Priority = "urgent"
)

// Priorities lists all of them, the least first.
var Priorities = []Priority{Low, Normal, High, Urgent}

// Type is what a ticket is about.
type Type string

// The types of ticket.
const (
	Inquiry    Type = "inquiry"
	Complaint  Type = "complaint"
	Suggestion Type = "suggestion"
	Praise     Type = "praise"
	Task       Type = "task"
)

// Types lists all of them.
var Types = []Type{Inquiry, Complaint, Suggestion, Praise, Task}

// Address says where on a channel somebody is reached: an OpenID, a mail address in
// lower case, a phone number in E.164, a form's submitter.
type Address struct {
	Channel Channel `json:"ch"`
	Account string  `json:"ac"` // which of the desk's accounts: gh_…, a mailbox, a phone number, a form
	ID      string  `json:"id"` // who
}

// Ref names a message of the provider's to an address, unlike any Message-ID: receipts
// that bring no id of ours are matched by it.
func (a Address) Ref(providerID string) string {
	return strings.Join([]string{string(a.Channel), a.Account, a.ID, providerID}, "/")
}

// Handle names the address where it must not be shown whole.
func (a Address) Handle() string { return DeriveID("address", string(a.Channel), a.Account, a.ID) }

// Actor says who did something.
type Actor struct {
	Kind ActorKind `json:"k"`
	ID   string    `json:"id,omitempty"` // agent's id; empty for the desk itself
	Name string    `json:"n,omitempty"`
}

// ActorKind tells people from machines.
type ActorKind string

// The kinds of actor.
const (
	ByCustomer ActorKind = "customer"
	ByAgent    ActorKind = "agent"
	ByDesk     ActorKind = "desk" // rules, timers, acknowledgements

	ByThirdParty ActorKind = "third_party" // whom a ticket was forwarded to
)

// Ticket is the header of a ticket: what lists and decisions need, and nothing that
// grows with its messages.
type Ticket struct {
	ID       TicketID `json:"id"`
	Subject  string   `json:"subj,omitempty"` // at most 120 characters
	Status   Status   `json:"st"`
	Priority Priority `json:"pr"`
	Type     Type     `json:"ty"`
	Team     string   `json:"team,omitempty"`
	Assignee string   `json:"asg,omitempty"`  // agent's id
	Load     int      `json:"ld,omitempty"`   // places it takes of its assignee's
	Left     string   `json:"left,omitempty"` // agent who gave it back last
	// Followers are agents who are told of it and may see it, whatever their teams: at most 20.
	Followers []string   `json:"fo,omitempty"`
	Customer  CustomerID `json:"cust"`
	Name      string     `json:"name,omitempty"` // the customer's, as lists show it
	Tier      Tier       `json:"tier,omitempty"` // the customer\'s; "" = standard
	From      Address    `json:"from"`           // who wrote
	To        Address    `json:"to,omitzero"`    // where answers go, where that differs from From: a form's by mail
	Phoned    bool       `json:"ph,omitempty"`   // it began as a noted telephone call: From is the number
	Ours      bool       `json:"our,omitempty"`  // begun by the desk or an agent, and the customer has not written in it yet
	Lang      string     `json:"lang,omitempty"` // zh-CN or en
	Tags      []string   `json:"tags,omitempty"`
	Skills    []string   `json:"sk,omitempty"`  // that whoever gets it by the rules must have
	SLA       string     `json:"sla,omitempty"` // name of the policy its deadlines follow; "" = the one whose conditions fit

	Opened        time.Time  `json:"t0"`
	FirstAnswered time.Time  `json:"t1,omitzero"` // first public answer by a person
	Resolved      time.Time  `json:"t2,omitzero"` // last time
	Closed        time.Time  `json:"t3,omitzero"`
	Updated       time.Time  `json:"tu"`          // last change of what lists show
	WaitingSince  time.Time  `json:"tw,omitzero"` // oldest message of the customer not yet answered
	SnoozedUntil  time.Time  `json:"tz,omitzero"`
	PendingSince  time.Time  `json:"tp,omitzero"` // the wait that reminder and close count for, where the settings want them
	Reopened      int        `json:"re,omitempty"`
	Answers       int        `json:"ans,omitempty"`  // public answers by people
	Round         int        `json:"rd,omitempty"`   // resolutions so far
	Before        TicketID   `json:"prev,omitempty"` // the ticket this one follows
	Into          TicketID   `json:"into,omitempty"` // the ticket this one was merged into
	Merged        []TicketID `json:"mg,omitempty"`   // merged into this one, the latest last; bounded
	Parent        TicketID   `json:"par,omitempty"`  // of a task: the ticket it is part of
	Tasks         []TicketID `json:"tk,omitempty"`   // its tasks that are not over; at most 20
	Was           Status     `json:"was,omitempty"`  // before it was merged, or held to be spam
	Submission    string     `json:"sub,omitempty"`  // a form's submission
	Contact       Contact    `json:"con,omitzero"`   // given in a form

	// The conversation: what is still to be sent, in order, and who is sending it.
	Unsent []MessageID `json:"q,omitempty"`  // messages to send
	Claim  Claim       `json:"c,omitzero"`   // who sends now
	Timers []Timer     `json:"tm,omitempty"` // what is to happen, each once
	Clocks *Clocks     `json:"ck,omitempty"` // its deadlines; nil where no SLA holds
	Follow *FollowUp   `json:"fu,omitempty"` // what an agent wants to come back to
	Survey SurveyID    `json:"sv,omitempty"` // asked for the last resolution
	Mail   *MailHead   `json:"mail,omitempty"`

	By Actor `json:"by"`           // who changed it last
	V  int64 `json:"sv0,omitzero"` // settings version the change was decided under
}

// MailHead is what the next answer by e-mail needs of the conversation so far.
type MailHead struct {
	LastID string   `json:"last,omitempty"` // Message-ID answered to (In-Reply-To), without <>
	Refs   []string `json:"refs,omitempty"` // References, first and last few
	Cc     []string `json:"cc,omitempty"`
	Parts  []string `json:"parts,omitempty"` // participants: who may join by headers
}

// Claim is a worker's time-limited hold on a conversation.
type Claim struct {
	Worker  string    `json:"w,omitempty"`
	Until   time.Time `json:"u,omitzero"`
	Attempt int       `json:"a,omitempty"` // tries of the head so far
	Retry   time.Time `json:"nr,omitzero"` // not before: back-off after a refusal
}

// TimerKind names what a timer does when it fires.
type TimerKind string

// The timers of a ticket.
const (
	TimerUnsnooze TimerKind = "unsnooze"
	TimerSend     TimerKind = "send"  // safety net under a queued reply, and retries
	TimerClose    TimerKind = "close" // resolved for long enough
	TimerWarn     TimerKind = "sla_warn"
	TimerBreach   TimerKind = "sla_breach"
	TimerRemind   TimerKind = "remind"    // pending for long enough: remind the customer
	TimerGiveUp   TimerKind = "give_up"   // and then close
	TimerFollowUp TimerKind = "follow_up" // an agent's own
)

// FollowUp is what an agent wants to come back to.
type FollowUp struct {
	At   time.Time `json:"at"`
	Note string    `json:"n"` // one line, at most 120 characters
	By   Actor     `json:"by"`
}

// Timer is a promise about the future, kept in the row it is about. A fired or
// replaced timer's generation is past, and what arrives for it later does nothing.
type Timer struct {
	Kind TimerKind `json:"k"`
	At   time.Time `json:"at"`
	Gen  int       `json:"g"`
}

// IsTask says that it is a task of another ticket: for colleagues, not for the customer.
func (t Ticket) IsTask() bool { return t.Parent != "" }

// AnswerTo is where answers go. Its ID is empty where the customer can only be
// answered on the status page, and of a task, which has nobody to answer.
func (t Ticket) AnswerTo() Address {
	if t.IsTask() {
		return Address{}
	}
	if t.To.ID != "" {
		return t.To
	}
	if t.From.Channel == WebForm {
		return Address{}
	}
	return t.From
}

// Arm sets a timer: one of its kind at most, with a new generation.
func (t *Ticket) Arm(kind TimerKind, at time.Time) {
	gen := 1
	for _, x := range t.Timers {
		gen = max(gen, x.Gen+1)
	}
	t.Disarm(kind)
	t.Timers = append(t.Timers, Timer{Kind: kind, At: at, Gen: gen})
}

// Disarm removes the timers of a kind.
func (t *Ticket) Disarm(kind TimerKind) {
	kept := make([]Timer, 0, len(t.Timers))
	for _, x := range t.Timers {
		if x.Kind != kind {
			kept = append(kept, x)
		}
	}
	t.Timers = kept
}

// Due is when the ticket's next timer fires; zero where it has none.
func (t Ticket) Due() time.Time {
	var due time.Time
	for _, x := range t.Timers {
		if due.IsZero() || x.At.Before(due) {
			due = x.At
		}
	}
	return due
}
