package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/policy/canned"
)

// What stands between the braces of OpensVariable and WaitVariable.
const (
	opensName = "opens"
	waitName  = "minutes"
)

// texts checks the variables of all texts that customers read and that are sent as they
// stand here; those of canned replies and macros are checked with these.
func (c *checker) texts(s *Settings) {
	t := s.Tickets
	c.variables("tickets.acknowledge", t.Acknowledge, append(slices.Clone(canned.Variables), opensName)) // of which automation tells where it belongs
	c.variables("tickets.wait", t.Wait, append(slices.Clone(canned.Variables), waitName))
	c.variables("tickets.out_of_hours.text", t.OutOfHours.Text, append(slices.Clone(canned.Variables), opensName))
	c.variables("tickets.pending.reminder", t.Pending.Reminder, canned.Variables)
	c.variables("tickets.pending.closing", t.Pending.Closing, canned.Variables)
	for i, a := range s.Routing.Acknowledgements {
		c.variables(fmt.Sprintf("routing.acknowledgements[%d].text", i), a.Text, canned.Variables)
	}
	for i, x := range s.Care {
		c.variables(fmt.Sprintf("care[%d].text", i), x.Text, nil)
	}
	for i, v := range s.Surveys {
		c.surveyTexts(pathOf(i), v)
	}
}

// surveyTexts: a survey's questions are kept with its answers, the same for everybody.
func (c *checker) surveyTexts(path string, v Survey) {
	c.variables(path+".question", v.Question, nil)
	c.variables(path+".thanks", v.Thanks, nil)
	c.variables(path+".thanks_bad", v.ThanksBad, nil)
	for i, q := range v.Questions {
		c.variables(fmt.Sprintf("%s.questions[%d].text", path, i), q.Text, nil)
	}
	for i, x := range v.Variants {
		c.variables(fmt.Sprintf("%s.variants[%d].question", path, i), x.Question, nil)
	}
}

// variables refuses what a text would leave in braces in front of a customer.
func (c *checker) variables(path string, t Text, known []string) {
	told := map[string]bool{}
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		if told[t[lang]] {
			continue // one text for all languages
		}
		told[t[lang]] = true
		at := path
		if _, own := c.lines[path+"."+lang]; own {
			at = path + "." + lang
		}
		for _, v := range canned.Unknown(t[lang], known...) {
			if len(known) == 0 {
				c.at(at, "{{%s}} would be read as it stands: this text has no variables", v)
			} else {
				c.at(at, "{{%s}} is no variable; there are %s", v, strings.Join(known, ", "))
			}
		}
		if canned.Torn(t[lang]) {
			c.at(at, "has two braces that belong to no variable: write {{customer.name}} and the like with two on both sides")
		}
	}
}
