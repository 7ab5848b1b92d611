// Package route decides where a ticket goes when it opens: which team, how urgent, with
// which tags, skills and deadlines, and what the customer is told at once. It reads
// ordered rules; the first that matches wins, unless it says to go on.
package route

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Rule is one line of the routing table, as desk.yaml writes it.
type Rule struct {
	Name string `json:"name" yaml:"name"`
	If   When   `json:"if,omitzero" yaml:"if"`
	Then Then   `json:"then,omitzero" yaml:"then"`
	// Continue goes on to the rules below after a match. What an earlier rule has set
	// stands; tags and skills add up.
	Continue bool `json:"continue,omitempty" yaml:"continue"`
}

// When is a rule's conditions: all that are given must hold, and of a list one value.
// None given matches everything.
type When struct {
	Channels  []desk.Channel `json:"channels,omitempty" yaml:"channels"`
	Accounts  []string       `json:"accounts,omitempty" yaml:"accounts"` // main, or wechat/main
	Forms     []string       `json:"forms,omitempty" yaml:"forms"`
	Languages []string       `json:"languages,omitempty" yaml:"languages"`
	Types     []desk.Type    `json:"types,omitempty" yaml:"types"` // as rules above have set it
	Tiers     []desk.Tier    `json:"tiers,omitempty" yaml:"tiers"`
	AnyWords  []string       `json:"any_words,omitempty" yaml:"any_words"` // in subject or text; see Contains
	AllWords  []string       `json:"all_words,omitempty" yaml:"all_words"`
	Inside    string         `json:"inside_hours,omitempty" yaml:"inside_hours"` // of a calendar
	Outside   string         `json:"outside_hours,omitempty" yaml:"outside_hours"`
	Scenes    []string       `json:"scenes,omitempty" yaml:"scenes"` // of the QR code the customer came by, or the menu's key
	Tags      []string       `json:"tags,omitempty" yaml:"tags"`     // as rules above have set them
}

// Then is what a rule sets; what is empty stays as it is.
type Then struct {
	Team     string        `json:"team,omitempty" yaml:"team"`
	Type     desk.Type     `json:"type,omitempty" yaml:"type"`
	Priority desk.Priority `json:"priority,omitempty" yaml:"priority"`
	Tags     []string      `json:"tags,omitempty" yaml:"tags"`
	Skills   []string      `json:"skills,omitempty" yaml:"skills"` // that whoever gets the ticket must have
	SLA      string        `json:"sla,omitempty" yaml:"sla"`
	// Acknowledge names one of routing.acknowledgements, or NoAcknowledgement.
	Acknowledge string `json:"acknowledge,omitempty" yaml:"acknowledge"`
}

// NoAcknowledgement keeps the desk from answering automatically.
const NoAcknowledgement = "none"

// MaxTags bounds what a ticket's header keeps of tags and of skills: it is read and
// written with every message.
const MaxTags = 20

// Question is all that the decision depends on: the ticket before any rule.
type Question struct {
	Channel  desk.Channel
	Account  string
	Form     string
	Language string
	Type     desk.Type
	Tier     desk.Tier
	Priority desk.Priority
	Team     string // where it goes that no rule routes
	Subject  string
	Text     string
	Scene    string
	Tags     []string
	At       time.Time // when it opened
	// InHours says whether a calendar is open at a time. Nil: there is no calendar, and
	// no rule with hours matches.
	InHours func(calendar string, at time.Time) bool
}

// Verdict is where the ticket goes.
type Verdict struct {
	Then
	Steps     []Step          // one for each rule looked at, in order
	Decisions []desk.Decision // a route.rule for each that matched
}

// Step is what became of one rule.
type Step struct {
	Rule    string `json:"rule"`
	Matched bool   `json:"matched"`
	// Why names the first condition that did not hold (channels, any_words, …).
	Why string `json:"why,omitempty"`
}
