package desk

import "time"

// FactKind says what happened.
type FactKind string

// The facts figures are made of.
const (
	FactOpened        FactKind = "opened"
	FactFirstAnswered FactKind = "first_answered"
	FactResolved      FactKind = "resolved"
	FactReopened      FactKind = "reopened"
	FactClosed        FactKind = "closed"
	FactSurveySent    FactKind = "survey_sent"
	FactSurveySkipped FactKind = "survey_skipped"
	FactAnswered      FactKind = "survey_answered"
	FactSLAMet        FactKind = "sla_met"
	FactSLAMissed     FactKind = "sla_missed" // at the deadline, whatever comes later
	FactHandled       FactKind = "handled"    // an agent has spent time on a ticket

	FactRecoveryOpened FactKind = "recovery_opened"
	FactRecoveryDone   FactKind = "recovery_done"
	FactRecovered      FactKind = "recovered" // asked again, and better content
	// FactUnrecovered takes a FactRecovered back: the customer has changed that score.
	FactUnrecovered FactKind = "unrecovered"
)

// Fact is something that happened, with the dimensions as they were then. It names
// nobody, so it outlives an erasure.
type Fact struct {
	Kind     FactKind      `json:"k"`
	At       time.Time     `json:"at"`
	Day      string        `json:"day"` // 2006-01-02 in the desk's zone
	Channel  Channel       `json:"ch"`
	Team     string        `json:"team,omitempty"`
	Assignee string        `json:"asg,omitempty"`
	Type     Type          `json:"ty,omitempty"`
	Took     time.Duration `json:"took,omitempty"` // first_answered, resolved: since opened, handled: spent, sla_…: since its clock began, survey_answered, the first: since asked; wall time
	Business time.Duration `json:"biz,omitempty"`  // sla_…: business time of the policy's calendar that counted
	Target   Target        `json:"tg,omitempty"`   // sla_…: which
	OneTouch bool          `json:"one,omitempty"`  // resolved with one answer
	Survey   SurveyKind    `json:"sk,omitempty"`   // of the survey's facts; "" = CSAT
	Of       string        `json:"of,omitempty"`   // the survey's id in the settings
	Score    *int          `json:"score,omitempty"`
	Tier     Tier          `json:"tier,omitempty"` // of the survey's facts: the customer's
	Def      string        `json:"def,omitempty"`  // survey_sent, survey_answered: version of the questions
	Variant  string        `json:"va,omitempty"`   // of the survey's facts
	Was      *int          `json:"was,omitempty"`  // survey_answered: the score this one replaces
}
