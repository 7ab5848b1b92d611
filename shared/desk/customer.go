package desk

import "time"

// Tier is how much a customer is worth a haste.
type Tier string

// The tiers.
const (
	Standard Tier = "standard"
	Silver   Tier = "silver"
	Gold     Tier = "gold"
	VIP      Tier = "vip"
)

// Customer is one person over all channels.
type Customer struct {
	ID        CustomerID `json:"id"`
	Name      string     `json:"name,omitempty"`
	Remark    string     `json:"rmk,omitempty"` // what agents call them; goes before Name
	Lang      string     `json:"lang,omitempty"`
	Tier      Tier       `json:"tier,omitempty"`
	TimeZone  string     `json:"tz,omitempty"`      // IANA name; "" = the desk's
	TierSet   bool       `json:"tierset,omitempty"` // by a person: the rules leave it
	Addresses []Address  `json:"addr,omitempty"`
	Proven    []Attested `json:"proven,omitempty"` // who has shown that these are theirs
	Suggested []Hint     `json:"sug,omitempty"`
	Tags      []string   `json:"tags,omitempty"`
	// Fields are those of the settings' customer_fields, by id.
	Fields    map[string]string `json:"fields,omitempty"`
	Consents  []Consent         `json:"consents,omitempty"`
	Contact   Contact           `json:"contact,omitzero"` // given in a form, unproven
	Created   time.Time         `json:"t0"`
	Merged    CustomerID        `json:"into,omitempty"`   // alias: followed one hop
	Merges    []Merge           `json:"merges,omitempty"` // customers taken in, each undoable
	LastScore *Score            `json:"score,omitempty"`
	Scores    []ScoreMark       `json:"scores,omitempty"` // the last few, of a ticket and kind each one, the newest last
	Asked     []time.Time       `json:"asked,omitempty"`  // when surveys asked or reminded, the last few: the caps
	// Risk is how likely they were to leave when that was last looked at, and RiskNext
	// when to look again; empty where nobody is to be told.
	Risk     string    `json:"risk,omitempty"`
	RiskNext time.Time `json:"risknext,omitzero"`
	// AskedBy is when each survey of the settings asked last: its own cooldown.
	AskedBy map[string]time.Time `json:"askedby,omitempty"`
}

// Consent is what a customer agreed to, or no longer does.
type Consent struct {
	Purpose string    `json:"of"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
	By      Actor     `json:"by"` // who noted it
}

// Attested is an address that somebody has shown to be theirs: where two channels show
// the same, one person uses both.
type Attested struct {
	Kind AttestedKind `json:"k"`
	ID   string       `json:"id"`
}

// Hint says that a customer may be another, by an address that they named and the
// other has proven.
type Hint struct {
	With      CustomerID `json:"with"`
	By        Attested   `json:"by"`
	At        time.Time  `json:"at"`
	Dismissed bool       `json:"no,omitempty"` // a person says that they aren't
}

// AttestedKind says what kind of address it is.
type AttestedKind string

// The kinds, and what proves them.
const (
	AttestedMail  AttestedKind = "mail"  // lower case: DMARC, or aligned SPF or DKIM
	AttestedPhone AttestedKind = "phone" // E.164: an SMS came from it
	AttestedUnion AttestedKind = "union" // WeChat's unionid: Tencent told it
)

// Merge is one customer taken in by another: why, by whom, and what an undo takes back.
type Merge struct {
	From  CustomerID   `json:"from"`
	With  []CustomerID `json:"with,omitempty"` // aliases of From's, that came along
	At    time.Time    `json:"at"`
	By    Actor        `json:"by"`
	Why   string       `json:"why,omitempty"`   // the evidence, in the agent's words
	Added []Address    `json:"addr,omitempty"`  // addresses it brought
	Asked []time.Time  `json:"asked,omitempty"` // askings it brought, for the caps
	// AskedBy is when each survey asked it last before: the cooldowns go on.
	AskedBy map[string]time.Time `json:"askedby,omitempty"`
}

// AskedLast is when a survey asked the customer last, or anyone they took in; zero where
// it never did.
func (c Customer) AskedLast(survey string) time.Time {
	last := c.AskedBy[survey]
	for _, m := range c.Merges {
		last = later(last, m.AskedBy[survey])
	}
	return last
}

// Aliases are all customers that are this one now: their tickets and events are its own.
func (c Customer) Aliases() []CustomerID {
	var out []CustomerID
	for _, m := range c.Merges {
		out = append(append(out, m.From), m.With...)
	}
	return out
}

// Identity is one address of a customer, with what is true of that address alone.
type Identity struct {
	Address  Address    `json:"addr"`
	Customer CustomerID `json:"cust"`
	Name     string     `json:"name,omitempty"`
	Remark   string     `json:"rmk,omitempty"` // the customer's, kept here for new tickets
	Lang     string     `json:"lang,omitempty"`
	Ticket   TicketID   `json:"tk,omitempty"` // open ticket: channels with one per customer
	Pending  *Question  `json:"ask,omitempty"`
	Out      bool       `json:"out,omitempty"`  // opted out: nothing may be sent
	OutAt    time.Time  `json:"outat,omitzero"` // when they last opted, out or in
	OutBy    Opted      `json:"outby,omitzero"` // who said so, where it wasn't they
	LastIn   time.Time  `json:"last,omitzero"`  // their last message: reply windows count from it
	Sent     int        `json:"n,omitempty"`    // messages sent since LastIn
	Noticed  time.Time  `json:"ntc,omitzero"`   // Message.At of the last answer they were only told of
	Followed time.Time  `json:"fol,omitzero"`
	Scene    string     `json:"scn,omitempty"`  // of the last QR code scanned, or menu entry tapped
	SceneAt  time.Time  `json:"scnat,omitzero"` // when
	Gone     time.Time  `json:"gone,omitzero"`  // unsubscribed from the account
	// Erase says since when what the desk keeps of the address's owner is to be erased:
	// they left, and the provider wants it so. Zero once they are back.
	Erase    time.Time `json:"er,omitzero"`
	Blocked  time.Time `json:"blk,omitzero"` // since when an agent has what they write kept as spam
	Bounced  string    `json:"bnc,omitempty"`
	Proven   bool      `json:"prv,omitempty"`  // its owner has shown that it is theirs
	NoSurvey bool      `json:"nosv,omitempty"` // wants answers, and no surveys
	// NoSurveyBy is when that was said and, where it wasn't they, by whom.
	NoSurveyBy Opted       `json:"nosvby,omitzero"`
	Look       time.Time   `json:"look,omitzero"`  // since when the provider is to be asked whose it is; zero once it was
	Looked     time.Time   `json:"lkd,omitzero"`   // when it was
	Auto       []time.Time `json:"auto,omitempty"` // automatic messages of the last hour
	Forms      []int64     `json:"fm,omitempty"`   // a form's submissions of the last hour, Unix seconds
}

// Opt notes that the customer opted out or in at a time (promise 2: what happened later
// counts, whatever is applied first; at the same instant the one applied later). False:
// a later word stands.
func (i *Identity) Opt(out bool, at time.Time) bool {
	if at.Before(i.OutAt) {
		return false
	}
	i.Out, i.OutAt, i.OutBy = out, at, Opted{}
	return true
}

// Why somebody opted out without a word to the desk: codes of the journal.
const (
	OutAtCarrier   = "opt.at_carrier"
	OutByComplaint = "opt.by_complaint"
)

// Opted is by whom and why an opt-out was noted or lifted, and when. No actor: it was the
// customer's own word.
type Opted struct {
	At  time.Time `json:"at,omitzero"`
	By  Actor     `json:"by,omitzero"`
	Why string    `json:"why,omitempty"` // a decision code, or an agent's words
}

// Follow notes that the customer followed the account at a time. Whoever left later
// stays gone (promise 2: the provider's time counts, whatever is applied first).
func (i *Identity) Follow(at time.Time) {
	i.Followed = later(i.Followed, at)
	i.back(at)
}

// Came notes by which QR code or menu entry the customer came at a time; of several the
// last counts.
func (i *Identity) Came(scene string, at time.Time) {
	if scene != "" && !at.Before(i.SceneAt) {
		i.Scene, i.SceneAt = scene, at
	}
}

// Leave notes that the customer unfollowed the account at a time, unless they followed
// or wrote since.
func (i *Identity) Leave(at time.Time) {
	if !at.Before(i.Followed) && !at.Before(i.LastIn) {
		i.Gone = later(i.Gone, at)
	}
}

// Wrote notes that the customer wrote at a time: only followers can.
func (i *Identity) Wrote(at time.Time) {
	i.LastIn = later(i.LastIn, at)
	i.Sent = 0
	i.back(at)
}

func (i *Identity) back(at time.Time) {
	if !at.Before(i.Gone) {
		i.Gone, i.Erase = time.Time{}, time.Time{}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// OptedOut says whether messages to the address are forbidden.
func (i Identity) OptedOut() bool { return i.Out }
