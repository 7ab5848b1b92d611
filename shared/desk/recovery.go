package desk

import "time"

// RecoveryState is where the recovery of a bad score stands.
type RecoveryState string

// The states of a recovery.
const (
	RecoveryDue        RecoveryState = "due"         // somebody is to get in touch before the deadline
	RecoveryContacted  RecoveryState = "contacted"   // the customer was spoken to
	RecoveryDone       RecoveryState = "done"        // what went wrong is put right, or can't be
	RecoveryAskedAgain RecoveryState = "asked_again" // done, and the customer is asked how it went
	RecoveryDropped    RecoveryState = "dropped"     // the customer changed the score before anybody acted
)

// RecoveryStates lists all of them, in the order they follow each other.
var RecoveryStates = []RecoveryState{RecoveryDue, RecoveryContacted, RecoveryDone, RecoveryAskedAgain, RecoveryDropped}

// Recovery is what is done after a bad score, one for each asking. It holds nothing that
// the customer wrote: that lies with the answer.
type Recovery struct {
	Survey   SurveyID      `json:"sv"` // the asking that was answered so; the recovery's id
	Ticket   TicketID      `json:"t"`
	Customer CustomerID    `json:"c"`
	Team     string        `json:"team,omitempty"` // that had the ticket when it opened
	Owner    string        `json:"own,omitempty"`  // an agent's id; "" = nobody
	State    RecoveryState `json:"s"`
	Kind     SurveyKind    `json:"k"`
	Of       string        `json:"of,omitempty"` // the survey's id in the settings
	Score    int           `json:"v"`            // that counts now
	Opened   time.Time     `json:"t0"`
	Deadline time.Time     `json:"dl"`              // to get in touch by
	Escalate time.Time     `json:"esc"`             // when it escalates if nobody has; not before Deadline
	Timer    time.Time     `json:"due,omitzero"`    // zero: none any more
	Gen      int           `json:"g,omitempty"`     // of the timer
	Overdue  time.Time     `json:"over,omitzero"`   // when it escalated, once
	Contact  time.Time     `json:"t1,omitzero"`     // first contact
	Done     time.Time     `json:"t2,omitzero"`     // put right
	Again    SurveyID      `json:"again,omitempty"` // the asking afterwards
	// Feedback is the record that was bad, where that is no survey's answer; Survey then
	// holds its id. Most is the greatest score of its scale, 0 where it has none.
	Feedback FeedbackID `json:"fb,omitempty"`
	Most     int        `json:"mx,omitempty"`
	// AgainScore is the score of the asking afterwards; Recovered when it was better.
	AgainScore *int      `json:"as,omitempty"`
	Recovered  time.Time `json:"rec,omitzero"`
	By         Actor     `json:"by"` // who changed it last
	Updated    time.Time `json:"u"`
	V          int64     `json:"v_s"` // settings version of the last change
}

// Open says whether somebody has to act on it yet.
func (r Recovery) Open() bool { return r.State == RecoveryDue || r.State == RecoveryContacted }
