package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/deskhook/deskhook/shared/desk"
)

const maxMost = 20 // ask.Kept: a customer's row remembers no more

func (c *checker) asking(a Asking) {
	c.between("asking.cooldown", a.Cooldown, 0, 365*day)
	c.between("asking.within", a.Within, day, 365*day)
	if a.Most < 1 || a.Most > maxMost {
		c.at("asking.most", "should be from 1 to %d", maxMost)
	}
	if a.MinSample < 10 || a.MinSample > 100_000 {
		c.at("asking.min_sample", "should be from 10 to 100000")
	}
	if a.GoodScore < 2 || a.GoodScore > 5 {
		c.at("asking.good_score", "should be from 2 to 5: scores go from 1 to 5, and not all may be good")
	}
	for name, s := range map[string]string{"from": a.Quiet.From, "to": a.Quiet.To} {
		if _, err := time.Parse("15:04", s); err != nil && (s != "" || a.Quiet != Quiet{}) {
			c.at("asking.quiet."+name, "should be a time of day such as 21:00")
		}
	}
	c.tags("asking.spare_tags", a.Spared)
	from, to := a.Quiet.Minutes()
	if a.Quiet != (Quiet{}) && a.Quiet.From == a.Quiet.To {
		c.at("asking.quiet", "begins and ends at %s: leave it out where no hours are quiet", a.Quiet.From)
	}
	if a.Quiet != (Quiet{}) && (to-from+24*60)%(24*60) > 20*60 {
		c.at("asking.quiet", "leaves less than four hours of the day to ask in")
	}
}

func (c *checker) surveys(list []Survey) {
	ids := map[string]bool{}
	for i, v := range list {
		path := pathOf(i)
		c.id(path+".id", v.ID, ids)
		c.surveyTimes(path, v)
		c.surveyKind(path, v)
		c.surveyFilter(path+".for", v)
		c.needText(path+".question", v.Question)
		c.needText(path+".thanks", v.Thanks)
		c.surveyQuestions(path, v)
		c.variants(path+".variants", v.Variants)
	}
	c.shadowed(list)
}

// shadowed warns of a survey that is never asked, because one before it takes all.
func (c *checker) shadowed(list []Survey) {
	taken := map[desk.SurveyTrigger]string{}
	for i, v := range list {
		if v.Disabled || v.When != desk.WhenResolved && v.When != desk.WhenClosed {
			continue
		}
		if by := taken[v.When]; by != "" {
			c.warn(pathOf(i), "is never asked: %s is for all tickets already, and each is asked about once", by)
		}
		if f := v.For; len(f.Channels)+len(f.Teams)+len(f.Tags) == 0 {
			taken[v.When] = v.ID
		}
	}
}

func (c *checker) surveyTimes(path string, v Survey) {
	c.between(path+".delay", v.Delay, 0, 30*day)
	c.between(path+".expires", v.Expires, hour, 90*day)
	c.between(path+".cooldown", v.Cooldown, 0, 365*day)
	if v.RemindAfter != 0 && (v.RemindAfter < hour || v.RemindAfter >= v.Expires) {
		c.at(path+".remind_after", "should be from 1h to less than expires (%s)", words(v.Expires))
	}
	if v.Sample == 0 {
		c.at(path+".sample", "should be from 1 to 100, in percent; to ask nobody write disabled: true")
	} else if v.Sample < 0 || v.Sample > 100 {
		c.at(path+".sample", "should be from 1 to 100, in percent")
	}
	if !slices.Contains(desk.SurveyTriggers, v.When) {
		c.at(path+".when", "should be resolved, closed, schedule or request")
	}
	c.surveySchedule(path+".schedule", v)
}

func (c *checker) surveySchedule(path string, v Survey) {
	if v.When != desk.WhenSchedule {
		if v.Schedule != "" {
			c.at(path, "goes with when: schedule only")
		}
		return
	}
	plan, err := cron.ParseStandard(v.Schedule)
	switch {
	case err != nil || strings.HasPrefix(v.Schedule, "@every") || strings.Contains(v.Schedule, "TZ="):
		c.at(path, "should be five fields of cron such as 0 10 1 */3 *: minute, hour, day, month, weekday")
	case plan.Next(leapYear).IsZero():
		c.at(path, "never comes: none of its months has such a day")
	}
}

// leapYear is a time from which a leap day is found, too.
var leapYear = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *checker) surveyKind(path string, v Survey) {
	if !slices.Contains(desk.SurveyKinds, v.Kind) {
		c.at(path+".kind", "should be csat, nps or ces")
		return
	}
	least, most := v.Kind.Bounds()
	if v.Bad < least || v.Bad >= most {
		c.at(path+".bad", "should be from %d to %d: scores go from %d to %d, and not all may be bad", least, most-1, least, most)
	}
	if v.Look != "" && (v.Kind != desk.CSAT || v.Look != "faces" && v.Look != "stars") {
		c.at(path+".look", "should be faces or stars, of csat only")
	}
}

func (c *checker) surveyFilter(path string, v Survey) {
	f := v.For
	oneOf(c, path+".channels", f.Channels, ownChannels, ownChannels)
	c.tags(path+".tags", f.Tags)
	for i, t := range f.Teams {
		c.knownTeam(fmt.Sprintf("%s.teams[%d]", path, i), t)
	}
	for i, t := range f.Tiers {
		if !slices.Contains([]desk.Tier{desk.Standard, desk.Silver, desk.Gold, desk.VIP}, t) {
			c.at(fmt.Sprintf("%s.tiers[%d]", path, i), "should be standard, silver, gold or vip")
		}
	}
	if v.When == desk.WhenSchedule {
		c.between(path+".last_contact", f.LastContact, day, 365*day)
	} else if _, written := c.lines[path+".last_contact"]; written {
		c.at(path+".last_contact", "goes with when: schedule only")
	}
}

const maxQuestions = 20

func (c *checker) surveyQuestions(path string, v Survey) {
	if len(v.Questions) > maxQuestions {
		c.at(path+".questions", "has more than %d questions", maxQuestions)
	}
	ids := map[string]bool{desk.ScoreQuestion: true, "comment": true, "confirm": true}
	for i, q := range v.Questions {
		at := fmt.Sprintf("%s.questions[%d]", path, i)
		c.id(at+".id", q.ID, ids)
		c.needText(at+".text", q.Text)
		c.surveyQuestion(at, q)
		c.showIf(at+".show_if", v, i)
	}
}

func (c *checker) surveyQuestion(at string, q SurveyQuestion) {
	switch q.Type {
	case desk.AskScale:
		if *q.Min >= *q.Max {
			c.at(at, "has an empty scale: min is %d, max is %d", *q.Min, *q.Max)
		} else if *q.Max-*q.Min > 10 {
			c.at(at, "has a scale of more than 11 steps: a phone has no room for it")
		}
	case desk.AskChoice, desk.AskChoices:
		if len(q.Choices) == 0 {
			c.at(at, "has no choices: it can't be answered")
		}
		seen := map[string]bool{}
		for i, ch := range q.Choices {
			path := fmt.Sprintf("%s.choices[%d]", at, i)
			if ch.Value == "" || seen[ch.Value] {
				c.at(path+".value", "is missing, or taken already")
			}
			seen[ch.Value] = true
			c.needText(path+".label", ch.Label)
		}
	case desk.AskText:
	default:
		c.at(at+".type", "should be scale, choice, choices or text")
	}
	if len(q.Choices) > 0 && q.Type != desk.AskChoice && q.Type != desk.AskChoices {
		c.at(at+".choices", "goes with choice and choices only")
	}
}

// showIf refuses a condition under which the question could never be shown.
func (c *checker) showIf(at string, v Survey, i int) {
	cond := v.Questions[i].ShowIf
	if cond.Question == "" {
		if cond.From != nil || cond.To != nil || len(cond.Is) > 0 {
			c.at(at+".question", "is missing")
		}
		return
	}
	earlier := slices.IndexFunc(v.Questions[:i], func(q SurveyQuestion) bool { return q.ID == cond.Question })
	if earlier < 0 && cond.Question != desk.ScoreQuestion {
		c.at(at+".question", "should be score or an earlier question; the question could never be shown")
		return
	}
	if earlier >= 0 && v.Questions[earlier].Type != desk.AskScale {
		c.showIfChosen(at, v.Questions[earlier], cond)
		return
	}
	c.showIfWithin(at, v, cond)
}

func (c *checker) showIfChosen(at string, q SurveyQuestion, cond ShowIf) {
	if q.Type == desk.AskText || len(cond.Is) == 0 || cond.From != nil || cond.To != nil {
		c.at(at, "needs is with some of the choices of %s, which must be a choice", q.ID)
	}
	for i, v := range cond.Is {
		if !slices.ContainsFunc(q.Choices, func(ch Choice) bool { return ch.Value == v }) {
			c.at(fmt.Sprintf("%s.is[%d]", at, i), "%s has no such choice; the question could never be shown", q.ID)
		}
	}
}

func (c *checker) showIfWithin(at string, v Survey, cond ShowIf) {
	least, most, ok := v.bounds(cond.Question)
	if !ok {
		return // told of the question itself
	}
	got := v.condition(cond)
	switch {
	case len(cond.Is) > 0:
		c.at(at+".is", "goes with a choice; of numbers write from and to")
	case got.From > got.To:
		c.at(at, "from %d is above to %d; the question could never be shown", got.From, got.To)
	case got.From < least || got.To > most:
		c.at(at, "from %d to %d lies outside the answers of %s, from %d to %d; the question could never be shown", got.From, got.To, cond.Question, least, most)
	}
}

var variantPattern = regexp.MustCompile(`^[a-z0-9]{1,12}$`)

func (c *checker) variants(path string, list []Variant) {
	if len(list) == 1 || len(list) > 6 {
		c.at(path, "should be two to six: there is nothing to compare one with")
	}
	seen := map[string]bool{}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !variantPattern.MatchString(v.ID) || seen[v.ID] {
			c.at(at+".id", "should be up to 12 of a-z and 0-9, each once")
		}
		seen[v.ID] = true
		if v.Share < 1 || v.Share > 1000 {
			c.at(at+".share", "should be from 1 to 1000")
		}
		if v.Delay != nil {
			c.between(at+".delay", *v.Delay, 0, 30*day)
		}
		if v.Channel != "" && !slices.Contains([]desk.Channel{desk.WeChat, desk.Email, desk.SMS}, v.Channel) {
			c.at(at+".channel", "should be wechat, email or sms")
		}
	}
}
