package desk

import "time"

// ExportKind says what an export has a row for.
type ExportKind string

// The kinds.
const (
	ExportTickets ExportKind = "tickets" // opened in the time asked for
	ExportAnswers ExportKind = "answers" // to surveys, given in it
)

// ExportKinds lists all of them.
var ExportKinds = []ExportKind{ExportTickets, ExportAnswers}

// ExportState is how far an export has come.
type ExportState string

// The states.
const (
	ExportWaiting ExportState = "waiting"
	ExportDone    ExportState = "done"
	ExportFailed  ExportState = "failed" // Why says why
)

// Export is a table that somebody asked for as a file. Who asked, with what role and
// teams, rules what is in it.
type Export struct {
	ID     string     `json:"id"` // sorts by time
	Kind   ExportKind `json:"k"`
	From   time.Time  `json:"t0"`
	To     time.Time  `json:"t1"`           // not included
	Team   string     `json:"tm,omitempty"` // "": all that they may see
	Status Status     `json:"st,omitempty"` // of tickets, as it is now; "": all but spam
	Lang   string     `json:"lang"`
	By     Actor      `json:"by"`
	Role   string     `json:"r"`
	Teams  []string   `json:"ts,omitempty"`
	At     time.Time  `json:"at"`
	V      int64      `json:"v,omitzero"` // settings version

	State  ExportState `json:"s"`
	Masked bool        `json:"m,omitempty"` // its file shows no contacts
	Rows   int         `json:"n,omitempty"`
	Blob   string      `json:"b,omitempty"`
	Why    string      `json:"why,omitempty"`
}
