// Package optout decides who may say for a customer that they want no more messages or
// surveys at an address, and who may take that back. Anybody at the desk may note a wish
// to stop. Taking it back is harder: what an agent noted an agent may lift, the customer's
// own word only a lead may, with a reason; and where the carrier holds a STOP itself, only
// the customer's START lifts it, for whatever the desk notes nothing would go out.
package optout

import "github.com/deskhook/deskhook/shared/desk"

// Kind is what somebody wants no more of.
type Kind string

// The kinds.
const (
	Messages Kind = "messages" // nothing is sent to the address
	Surveys  Kind = "surveys"  // answers are, surveys not
)

// Kinds lists them.
var Kinds = []Kind{Messages, Surveys}

// Why a change is refused, "" where it is not.
type Why string

// The reasons.
const (
	Fine      Why = ""
	Same      Why = "same"      // it stands so already
	TheirWord Why = "their_own" // the customer's own word: only a lead lifts it
	AtCarrier Why = "carrier"   // only the customer can, by START
	NoSuch    Why = "no_such"   // a form's submitter is written to elsewhere
)

// Standing is what is true of an address: whether, since when, by whom and why its owner
// wants no more of a kind. At is zero where it isn't known, and while they never did.
type Standing struct {
	Out bool
	desk.Opted
}

// Of reads an address.
func Of(id desk.Identity, k Kind) Standing {
	if k == Surveys {
		return Standing{Out: id.NoSurvey, Opted: id.NoSurveyBy}
	}
	o := id.OutBy
	o.At = id.OutAt
	return Standing{Out: id.Out, Opted: o}
}

// May says whether somebody of the desk may change what stands; lead says that they are
// one, or more.
func May(id desk.Identity, k Kind, out, lead bool) Why {
	s := Of(id, k)
	switch {
	case id.Address.Channel == desk.WebForm:
		return NoSuch
	case s.Out == out:
		return Same
	case out || s.By.Kind == desk.ByAgent:
		return Fine
	case k == Messages && id.Address.Channel == desk.SMS:
		return AtCarrier
	case !lead:
		return TheirWord
	}
	return Fine
}

// Set notes what somebody of the desk says of an address.
func Set(id *desk.Identity, k Kind, out bool, o desk.Opted) {
	if k == Surveys {
		id.NoSurvey, id.NoSurveyBy = out, o
		return
	}
	id.Out, id.OutAt, id.OutBy = out, o.At, desk.Opted{By: o.By, Why: o.Why}
}
