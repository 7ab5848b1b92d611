package config

import (
	"fmt"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/canned"
)

func (c *checker) canned(s *Settings) {
	ids := map[string]bool{}
	for i, x := range s.Canned {
		path := fmt.Sprintf("canned[%d]", i)
		c.id(path+".id", x.ID, ids)
		c.needText(path+".name", x.Name)
		c.needText(path+".text", x.Text)
		c.variables(path+".text", x.Text, canned.Variables)
		c.knownTeams(path, x.Teams)
	}
	ids = map[string]bool{}
	for i, m := range s.Macros {
		path := fmt.Sprintf("macros[%d]", i)
		c.id(path+".id", m.ID, ids)
		c.needText(path+".name", m.Name)
		c.variables(path+".reply", m.Reply, canned.Variables)
		c.variables(path+".note", m.Note, canned.Variables)
		c.knownTeams(path, m.Teams)
		c.macro(path, m, s)
	}
}

func (c *checker) macro(path string, m Macro, s *Settings) {
	if m.Status != "" && (m.Status == desk.StatusNew || !slices.Contains(desk.Statuses, m.Status)) {
		c.at(path+".status", "should be open, pending, on_hold, snoozed, resolved, closed or spam")
	}
	switch snoozed := m.Status == desk.StatusSnoozed; {
	case snoozed && m.Snooze <= 0:
		c.at(path+".snooze", "is missing: how long should the ticket be out of sight?")
	case !snoozed && m.Snooze != 0:
		c.at(path+".snooze", "goes with status: snoozed only")
	}
	if m.Reply.In("") != "" && m.Status == desk.StatusSpam {
		c.at(path+".reply", "spam is never answered")
	}
	if m.Priority != "" && !slices.Contains(desk.Priorities, m.Priority) {
		c.at(path+".priority", "should be low, normal, high or urgent")
	}
	if m.Type != "" && !slices.Contains(desk.Types, m.Type) {
		c.at(path+".type", "should be inquiry, complaint, suggestion, praise or task")
	}
	c.knownTeam(path+".team", m.Team)
	if _, known := s.Agent(m.Assignee); m.Assignee != "" && m.Assignee != MacroMe && m.Assignee != MacroNobody && !known {
		c.at(path+".assignee", "should be me, nobody or the id of an agent; there is no agent %q", m.Assignee)
	}
	if a, known := s.Agent(m.Assignee); known && m.Team != "" && len(a.Teams) > 0 && !slices.Contains(a.Teams, m.Team) {
		c.warn(path+".assignee", "%s is not in team %s", m.Assignee, m.Team)
	}
	c.tags(path+".tags", m.Tags)
	if m.idle() {
		c.at(path, "does nothing: give it a reply, a note, or something to change")
	}
}

func (m Macro) idle() bool {
	return m.Reply.In("") == "" && m.Note.In("") == "" && m.Status == "" && m.Priority == "" &&
		m.Type == "" && m.Team == "" && m.Assignee == "" && len(m.Tags) == 0
}

func (c *checker) knownTeams(path string, teams []string) {
	for i, t := range teams {
		c.knownTeam(fmt.Sprintf("%s.teams[%d]", path, i), t)
	}
}
