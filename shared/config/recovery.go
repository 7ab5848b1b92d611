package config

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/recover"
)

// Recoveries rules what follows bad scores.
type Recoveries struct {
	Disabled bool     `json:"disabled,omitempty" yaml:"disabled"`
	Within   Duration `json:"within" yaml:"within"`               // to get in touch; time of Calendar
	Calendar string   `json:"calendar,omitempty" yaml:"calendar"` // empty counts around the clock
	// EscalateAfter is how long after the deadline it escalates; time of Calendar.
	EscalateAfter Duration `json:"escalate_after,omitempty" yaml:"escalate_after"`
	Owner         string   `json:"owner" yaml:"owner"`                   // assignee, lead or an agent's id
	AskAgain      string   `json:"ask_again,omitempty" yaml:"ask_again"` // survey that asks afterwards; empty: the one that was answered badly
}

// Who owns a recovery, where it is no agent by id.
const (
	OwnerAssignee = "assignee" // of the ticket, else a lead of its team
	OwnerLead     = "lead"     // the first of the team
)

// RecoveryRules gives the times ready to decide with.
func (s *Settings) RecoveryRules() recover.Rules {
	r := recover.Rules{Within: s.Recoveries.Within.D(), EscalateAfter: s.Recoveries.EscalateAfter.D()}
	if c, ok := s.Calendar(s.Recoveries.Calendar); ok {
		r.Hours = c
	}
	return r
}

// LeadOf is the first agent with role lead of a team, else the first admin of it; ""
// where it has neither.
func (s *Settings) LeadOf(team string) string {
	for _, role := range []string{"lead", "admin"} {
		for _, a := range s.Agents {
			if a.Role == role && (len(a.Teams) == 0 || slices.Contains(a.Teams, team)) {
				return a.ID
			}
		}
	}
	return ""
}

// RecoveryOwner is who follows a bad score of a ticket up; "" = nobody.
func (s *Settings) RecoveryOwner(t desk.Ticket) string {
	switch s.Recoveries.Owner {
	case OwnerLead:
		return s.LeadOf(t.Team)
	case OwnerAssignee, "":
		if _, ok := s.Agent(t.Assignee); ok {
			return t.Assignee
		}
		return s.LeadOf(t.Team)
	}
	return s.Recoveries.Owner
}

// Bad says whether a score of an asking counts as bad.
func (s *Settings) Bad(v desk.Survey, score int) bool {
	if def, ok := s.Survey(v.Of); ok {
		return score <= def.Bad
	}
	return s.BadScore(v.Kind, score)
}

var regret = Text{
	"zh-CN": "感谢您的反馈。很抱歉这次没有让您满意，我们会认真改进。",
	"en":    "Thank you for your honest feedback. We're sorry we let you down, and we'll look into it.",
}

// ThanksFor is what the customer reads after an answer: words that fit a bad score where
// it is one.
func (s *Settings) ThanksFor(form desk.Questionnaire, v desk.Survey) Text {
	if v.Score == nil || !s.Bad(v, v.Score.Value) || Text(form.Thanks).In("") == "" {
		return form.Thanks
	}
	if def, ok := s.Survey(v.Of); ok && def.ThanksBad.In("") != "" {
		return def.ThanksBad
	}
	return regret
}

func (c *checker) recoveries(s *Settings) {
	r := s.Recoveries
	c.between("recoveries.within", r.Within, hour, 30*day)
	c.between("recoveries.escalate_after", r.EscalateAfter, 0, 30*day)
	c.knownCalendar("recoveries.calendar", r.Calendar)
	if _, ok := s.Agent(r.Owner); !ok && r.Owner != OwnerAssignee && r.Owner != OwnerLead {
		c.at("recoveries.owner", "should be assignee, lead or an agent's id")
	}
	for _, t := range s.Teams {
		if !r.Disabled && s.LeadOf(t.ID) == "" {
			c.warn("recoveries", "team %s has no lead or admin: its overdue recoveries go to nobody", t.ID)
		}
	}
	if r.AskAgain == "" {
		return
	}
	if !slices.ContainsFunc(s.Surveys, func(v Survey) bool { return v.ID == r.AskAgain }) {
		c.at("recoveries.ask_again", "there is no survey %q", r.AskAgain)
	}
}
