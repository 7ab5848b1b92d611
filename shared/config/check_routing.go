package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/policy/route"
)

// maxRules bounds what each opening ticket is held against.
const maxRules = 200

// ownChannels are those that the desk is built with.
var ownChannels = []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.WebForm, desk.Generic}

var tiers = []desk.Tier{desk.Standard, desk.Silver, desk.Gold, desk.VIP}

func (c *checker) routing(s *Settings) {
	r := s.Routing
	c.between("routing.scene_for", r.SceneFor, 0, 30*day)
	oneOf(c, "routing.on_leave", []string{r.OnLeave}, []string{LeaveKeep, LeaveReturn}, []string{LeaveKeep, LeaveReturn})
	c.assignment(s)
	acks := map[string]bool{}
	for i, a := range r.Acknowledgements {
		path := fmt.Sprintf("routing.acknowledgements[%d]", i)
		c.id(path+".id", a.ID, acks)
		if a.ID == route.NoAcknowledgement {
			c.at(path+".id", "%q means that nothing is answered: choose another", a.ID)
		}
		c.needText(path+".text", a.Text)
	}
	if len(r.Rules) > maxRules {
		c.at("routing.rules", "there may be at most %d rules", maxRules)
	}
	names := map[string]bool{}
	for i, rule := range r.Rules {
		path := fmt.Sprintf("routing.rules[%d]", i)
		switch {
		case strings.TrimSpace(rule.Name) == "":
			c.at(path+".name", "is missing: the journal names the rule by it")
		case names[rule.Name]:
			c.at(path+".name", "%q is taken already", rule.Name)
		}
		names[rule.Name] = true
		c.when(path+".if", rule.If, s)
		c.then(path+".then", rule.Then, s, acks)
		c.useless(path, r.Rules, i)
		c.elsewhere(path+".if", rule.If, s)
	}
}

// maxTeam bounds who is read when a ticket of a team finds somebody by itself.
const maxTeam = 100

// assignment checks who gets tickets by themselves.
func (c *checker) assignment(s *Settings) {
	for i, t := range s.Teams {
		path := fmt.Sprintf("teams[%d].assign", i)
		oneOf(c, path, []assign.Strategy{t.Assign}, assign.Strategies, assign.Strategies)
		switch n := len(s.AgentsOf(t.ID)); {
		case t.Assign == assign.None:
		case n == 0:
			c.warn(path, "nobody is in team %s: its tickets wait for ever", t.ID)
		case n > maxTeam:
			c.at(path, "team %s has %d agents; tickets find theirs by themselves in teams of at most %d", t.ID, n, maxTeam)
		}
	}
	for i, a := range s.Agents {
		path := fmt.Sprintf("agents[%d]", i)
		switch {
		case a.Capacity == 0:
			c.at(path+".capacity", "should be from 1 to 1000; who is to be given nothing belongs into teams with assign: none")
		case a.Capacity < 0 || a.Capacity > 1000:
			c.at(path+".capacity", "should be from 1 to 1000")
		}
		oneOf(c, path+".languages", a.Languages, Languages, Languages)
		c.filled(path+".skills", a.Skills)
		c.hours(path+".shift", a.Shift, s)
	}
	for _, ch := range ownChannels {
		if n := s.Routing.Weights.written(ch); n < 1 || n > 100 {
			c.at("routing.weights."+string(ch), "should be from 1 to 100")
		}
	}
}

// skilled warns of a rule that asks for what nobody in its team can do.
func (c *checker) skilled(path string, t route.Then, s *Settings) {
	for _, skill := range t.Skills {
		has := func(a Agent) bool {
			return slices.Contains(a.Skills, skill) && (t.Team == "" || slices.Contains(a.Teams, t.Team))
		}
		if !slices.ContainsFunc(s.Agents, has) {
			c.warn(path+".skills", "no agent who would get it has the skill %q: the ticket waits until a person takes it", skill)
		}
	}
}

// useless warns of a rule that decides nothing.
func (c *checker) useless(path string, rules []route.Rule, i int) {
	rule := rules[i]
	if why := rule.If.Impossible(); why != "" {
		c.warn(path+".if", "can never match: %s", why)
	} else if j := route.Shadow(rules, i); j >= 0 {
		c.warn(path, "can never match: %q in line %d takes all that it would", rules[j].Name, c.line(fmt.Sprintf("routing.rules[%d]", j)))
	}
	t := rule.Then
	if _, written := c.lines[path+".then"]; !written && !rule.Continue {
		c.warn(path, "has no then: it sets nothing, and what matches it never comes to the rules below")
	}
	if t.Team == "" && t.Type == "" && t.Priority == "" && t.SLA == "" && t.Acknowledge == "" && len(t.Tags) == 0 && len(t.Skills) == 0 && rule.Continue {
		c.warn(path+".then", "sets nothing, and goes on: the rule does nothing")
	}
}

func (c *checker) when(path string, w route.When, s *Settings) {
	known := slices.Clone(ownChannels)
	for _, a := range s.Accounts {
		known = append(known, a.Channel) // whether there is such a channel is checked there
	}
	oneOf(c, path+".channels", w.Channels, ownChannels, known)
	for i, a := range w.Accounts {
		if !slices.ContainsFunc(s.Accounts, func(x Account) bool { return x.Name == a || string(x.Channel)+"/"+x.Name == a }) {
			c.at(fmt.Sprintf("%s.accounts[%d]", path, i), "there is no account %q", a)
		}
	}
	for i, f := range w.Forms {
		if _, ok := s.Form(f); !ok {
			c.at(fmt.Sprintf("%s.forms[%d]", path, i), "there is no form %q", f)
		}
	}
	oneOf(c, path+".languages", w.Languages, Languages, Languages)
	oneOf(c, path+".types", w.Types, desk.Types, desk.Types)
	oneOf(c, path+".tiers", w.Tiers, tiers, tiers)
	for _, list := range []struct {
		name   string
		values []string
	}{{"any_words", w.AnyWords}, {"all_words", w.AllWords}, {"scenes", w.Scenes}, {"tags", w.Tags}} {
		c.filled(path+"."+list.name, list.values)
	}
	c.tags(path+".tags", w.Tags)
	c.runTogether(path+".any_words", w.AnyWords)
	c.runTogether(path+".all_words", w.AllWords)
	c.hours(path+".inside_hours", w.Inside, s)
	c.hours(path+".outside_hours", w.Outside, s)
}

func (c *checker) then(path string, t route.Then, s *Settings, acks map[string]bool) {
	c.knownTeam(path+".team", t.Team)
	if t.Type != "" {
		oneOf(c, path+".type", []desk.Type{t.Type}, desk.Types, desk.Types)
	}
	if t.Priority != "" {
		oneOf(c, path+".priority", []desk.Priority{t.Priority}, desk.Priorities, desk.Priorities)
	}
	if t.Acknowledge != "" && t.Acknowledge != route.NoAcknowledgement && !acks[t.Acknowledge] {
		c.at(path+".acknowledge", "there is no acknowledgement %q; write %s for none", t.Acknowledge, route.NoAcknowledgement)
	}
	c.filled(path+".tags", t.Tags)
	c.tags(path+".tags", t.Tags)
	c.filled(path+".skills", t.Skills)
	c.skilled(path, t, s)
	c.slaNamed(path+".sla", t.SLA, s)
}

// filled refuses empty texts in a list, and one longer than a ticket takes.
func (c *checker) filled(path string, values []string) {
	for i, v := range values {
		if strings.TrimSpace(v) == "" || len(v) > 100 {
			c.at(fmt.Sprintf("%s[%d]", path, i), "should be a text of at most 100 bytes")
		}
	}
}

// oneOf names each value that is not among those known; told are those the fault lists.
func oneOf[T ~string](c *checker, path string, values, told, known []T) {
	for _, v := range values {
		if !slices.Contains(known, v) {
			words := make([]string, len(told))
			for i, x := range told {
				words[i] = string(x)
			}
			c.at(path, "there is no %q; there are %s", string(v), strings.Join(words, ", "))
		}
	}
}

func (c *checker) hours(path, calendar string, s *Settings) {
	if calendar != "" && !slices.ContainsFunc(s.Calendars, func(x Calendar) bool { return x.ID == calendar }) {
		c.at(path, "there is no calendar %q", calendar)
	}
}

func (c *checker) slaNamed(path, name string, s *Settings) {
	if _, ok := s.SLAOf(name); name != "" && !ok {
		c.at(path, "there is no SLA policy %q", name)
	}
}
