// Package channeltest is the suite that every channel passes: what receivers, the
// queue and the operator rely on whatever the provider. A channel's test describes
// itself in a Spec, brings fixtures and an independent signer, and calls Run; a
// channel that sends describes its provider's answers in a SenderSpec and calls
// RunSender.
//
// The suite never signs with the code under test: Spec.Sign is written in the test,
// from the provider's page, and known answers computed elsewhere stand beside it.
package channeltest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

// T is what a check needs of *testing.T; the suite's own tests give a recorder.
type T = require.TestingT

// Spec is how a channel describes itself.
type Spec struct {
	New      func(channel.Account) (channel.Channel, error)
	Settings string            // the account's settings, JSON; "" is {}
	Secrets  map[string]string // those that the constructor needs, by field: each refused when empty
	Next     map[string]string // another good set: what they are rotated to
	// Sign makes the call that a provider who knows the secrets would make, out of a
	// request whose Body is the clear content. It changes nothing in r's maps.
	Sign     func(r channel.Request, secrets map[string]string) channel.Request
	Fixtures []Fixture

	Signature []Part      // what carries the proof: flipped, absent or given twice, the call is refused
	Covered   []Part      // the content that the proof covers: a flipped byte is refused
	Uncovered []Uncovered // what it does not cover, each with the reason
	Unsigned  string      // why there is no Signature at all (a public form)

	MaxAge      time.Duration // how old or early a call may be; 0: the protocol's time is not judged
	Shadow      bool          // knows the setting "shadow": true
	BadSettings []string      // settings that the constructor refuses
	Golden      string        // folder of the golden files; "" is testdata/golden
}

// Fixture is one call. Its golden file holds the envelopes and what is parsed of them;
// `go test -update` writes it anew, for a person to read before committing.
type Fixture struct {
	Name       string
	Request    channel.Request // clear and unsigned; the suite signs it
	Signed     bool            // Request is complete as it stands: a provider's own example
	Content    []byte          // what Envelope.Blob holds, for channels that use it
	Unreadable bool            // well signed, but Parse can't read it
	Unknown    string          // a type that the channel doesn't know: kept by this name
	Private    []string        // the customer's words in it: in no error text

	// Settings and Secrets override the Spec's for this fixture; both "" and nil keep them.
	Settings string
	Secrets  map[string]string
}

// Uncovered is a part of a call that a forger who holds a valid call could change.
type Uncovered struct {
	Part
	Why string
}

// Run runs the suite. Each check is a subtest named after the promise it keeps.
func Run(t *testing.T, s Spec) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

var checks = []struct {
	name string
	run  func(T, Spec)
}{
	{"the description is complete", checkSpec},
	{"the constructor refuses an empty secret", checkEmptySecret},
	{"the constructor refuses bad settings", checkBadSettings},
	{"good calls verify and equal the golden files", checkGolden},
	{"a flipped byte is unauthentic", checkFlips},
	{"what is not covered is told truly", checkUncovered},
	{"a missing part is unauthentic", checkMissing},
	{"a repeated part is unauthentic", checkRepeated},
	{"a stale time is unauthentic", checkStale},
	{"two secrets are valid at once", checkRotation},
	{"a repeat has the same keys", checkRepeat},
	{"an envelope survives the queue", checkTravel},
	{"an unknown type is kept by name", checkUnknown},
	{"an unreadable body is kept whole", checkUnreadable},
	{"any bytes are read or refused, without panic", checkMangled},
	{"shadow mode accepts and says why", checkShadow},
}
