package desk

import "time"

// EventName names an event told to the outside.
type EventName string

// The events out.
const (
	EventTicketCreated    EventName = "ticket.created"
	EventTicketUpdated    EventName = "ticket.updated"
	EventTicketResolved   EventName = "ticket.resolved"
	EventMessageReceived  EventName = "message.received"
	EventMessageSent      EventName = "message.sent"
	EventDeliveryFailed   EventName = "delivery.failed"
	EventSLAWarning       EventName = "sla.warning"
	EventSLABreached      EventName = "sla.breached"
	EventSurveySent       EventName = "survey.sent"
	EventSurveySkipped    EventName = "survey.skipped"
	EventSurveyAnswered   EventName = "survey.answered"
	EventFeedbackBad      EventName = "feedback.negative"
	EventFeedbackDone     EventName = "feedback.done"
	EventRecoveryDue      EventName = "recovery.due"
	EventCustomerMerged   EventName = "customer.merged"
	EventCustomerUnmerged EventName = "customer.unmerged"
	EventCustomerErased   EventName = "customer.erased"
	EventChurnRiskChanged EventName = "churn.risk_changed"

	EventTest EventName = "webhook.test" // asked for by hand; nobody subscribes to it
)

// Events lists all that may be subscribed to.
var Events = []EventName{
	EventTicketCreated, EventTicketUpdated, EventTicketResolved, EventMessageReceived, EventMessageSent, EventDeliveryFailed,
	EventSLAWarning, EventSLABreached, EventSurveySent, EventSurveySkipped, EventSurveyAnswered, EventFeedbackBad, EventFeedbackDone,
	EventRecoveryDue, EventCustomerMerged, EventCustomerUnmerged, EventCustomerErased, EventChurnRiskChanged,
}

// Change is one row as it was before a write and as it is after it, as the change feed
// tells. At most one pair is set; Was is nil where the row was not there.
type Change struct {
	Row     string // the row's key: what ids of events are derived from
	Version int64  // of the row after the write
	Seq     string // of the feed, decimal digits: grows within one ticket's rows
	At      time.Time

	Ticket, TicketWas     *Ticket
	Message, MessageWas   *Message // Message.Ticket is empty for what happened to a customer alone
	Survey, SurveyWas     *Survey
	Customer, CustomerWas *Customer
	Topic, TopicWas       *Topic
	Owner                 CustomerID // of a Message kept with a customer
}

// Event is something that happened, as it is told to the outside.
type Event struct {
	ID     string    `json:"id"` // the same however often it is derived and sent
	Name   EventName `json:"type"`
	At     time.Time `json:"at"`
	Ticket TicketID  `json:"t,omitempty"`
	Team   string    `json:"team,omitempty"` // "": the event's row doesn't say
	Body   string    `json:"body"`           // what is sent: JSON under MaxEventBytes
}

// MaxEventBytes bounds an event's body. Standard Webhooks advises 20 kB.
const MaxEventBytes = 20_000

// HookState is where the delivery of an event to a subscription stands.
type HookState string

// The states of a delivery.
const (
	HookPending   HookState = "pending"   // to be tried, at its time
	HookDelivered HookState = "delivered" // answered 2xx
	HookFailed    HookState = "failed"    // given up
	HookHeld      HookState = "held"      // the subscription was switched off: never tried
)

// HookDelivery is one event on its way to one subscription: the delivery log's row.
type HookDelivery struct {
	Hook     string    `json:"hook"` // the subscription's name
	Event    Event     `json:"event"`
	State    HookState `json:"st"`
	Attempts int       `json:"n,omitempty"` // since it was made or replayed
	Due      time.Time `json:"due,omitzero"`
	Tried    time.Time `json:"t1,omitzero"` // the last attempt
	Status   int       `json:"code,omitempty"`
	Why      string    `json:"why,omitempty"` // of the last failure: a code of the journal, group hook
	Took     int64     `json:"ms,omitempty"`  // the last attempt, milliseconds
	Replays  int       `json:"re,omitempty"`
	By       Actor     `json:"by,omitzero"` // who replayed it last
}

// HookStanding is how a subscription fares.
type HookStanding struct {
	Hook     string    `json:"hook"`
	Failing  time.Time `json:"fail,omitzero"` // since when nothing has succeeded; zero: it is well
	Failures int       `json:"n,omitempty"`   // attempts failed since then
	SlowTill time.Time `json:"slow,omitzero"` // the far side asked for patience
	Disabled bool      `json:"off,omitempty"`
	Why      string    `json:"why,omitempty"` // of Disabled: a code of the journal, group hook
	At       time.Time `json:"at,omitzero"`   // of the last change of Disabled
	By       Actor     `json:"by,omitzero"`   // who changed Disabled
}
