// Package ask decides whether a survey is asked or reminded of, when, or why not
// (promise 6: at most once per resolution and within the caps; why one was not asked is
// on the ticket).
package ask

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

// Rules is what the settings say of a survey.
type Rules struct {
	Enabled  bool
	Cooldown time.Duration // between two askings of this survey
	Apart    time.Duration // between two askings of any surveys
	Most     int           // askings and reminders within Within; 0 = any number
	Within   time.Duration
	Quiet    Quiet
	Spared   []string // tags of tickets and customers that are never asked
	Tiers    []desk.Tier
}

// Question is all that the decision depends on.
type Question struct {
	Survey     desk.Survey
	Ticket     desk.Ticket
	Identity   desk.Identity // of Survey.To
	Customer   desk.Customer
	WindowOpen bool // the channel takes a message now
	Zone       *time.Location
	Rules      Rules
	At         time.Time
}

// Verdict says what to do: ask now where both are zero, wait until Until, or leave it
// for the reason Why, a decision code.
type Verdict struct {
	Why   string
	Until time.Time
}

// Go says whether to send now.
func (v Verdict) Go() bool { return v.Why == "" && v.Until.IsZero() }

// Decide says whether the survey is asked at Question.At.
func Decide(q Question) Verdict {
	if q.Survey.State != desk.SurveyPlanned {
		return Verdict{Why: "survey.asked_already"}
	}
	if why := about(q); why != "" {
		return Verdict{Why: why}
	}
	return q.timely(capped(q.Customer, q.Survey, q.Rules, q.At))
}

// Remind says whether an asked survey is reminded of, once. The asking itself doesn't
// count against the rest between two askings; both count for Most.
func Remind(q Question) Verdict {
	switch {
	case q.Survey.State != desk.SurveyAsked || q.Survey.Remind.IsZero() || q.Survey.Score != nil:
		return Verdict{Why: "survey.asked_already"}
	case !q.At.Before(q.Survey.Expires):
		return Verdict{Why: "survey.expired"}
	}
	if why := about(q); why != "" {
		return Verdict{Why: why}
	}
	others := q.Customer
	if i := slices.IndexFunc(others.Asked, q.Survey.Asked.Equal); i >= 0 {
		others.Asked = slices.Delete(slices.Clone(others.Asked), i, i+1) // another at the same time stays
	}
	why := ""
	switch {
	case cooling(others.Asked, q.At, q.Rules.Apart):
		why = "survey.cooldown"
	case full(q.Customer.Asked, q.Rules, q.At):
		why = "survey.too_many"
	}
	v := q.timely(why)
	if !v.Until.IsZero() && !v.Until.Before(q.Survey.Expires) {
		return Verdict{Why: "survey.expired"}
	}
	return v
}

// timely lets quiet hours and the channel's window have the last word.
func (q Question) timely(why string) Verdict {
	if why != "" {
		return Verdict{Why: why}
	}
	if until := q.Rules.Quiet.Over(q.At, q.Zone); until.After(q.At) {
		return Verdict{Until: until}
	}
	if !q.WindowOpen {
		return Verdict{Why: "survey.window_closed"}
	}
	return Verdict{}
}

// about gives the reasons that lie in the ticket, the address and the settings.
func about(q Question) string {
	if why := ticket(q); why != "" {
		return why
	}
	switch {
	case q.Survey.To.ID == "":
		return "survey.no_address"
	case q.Identity.OptedOut() || !q.Identity.Gone.IsZero():
		return "survey.opted_out"
	case q.Identity.NoSurvey:
		return "survey.unsubscribed"
	case q.Identity.Bounced != "":
		return "survey.bounced"
	}
	return ""
}

func ticket(q Question) string {
	when := q.Survey.When
	afterwards := when == "" || when == desk.WhenResolved || when == desk.WhenClosed
	switch {
	case !q.Rules.Enabled:
		return "survey.disabled"
	case q.Ticket.Into != "":
		return "survey.merged"
	case q.Ticket.Status == desk.StatusSpam:
		return "survey.spam"
	case afterwards && (q.Ticket.Status.Active() || q.Ticket.Round != q.Survey.Round):
		return "survey.reopened"
	case when == desk.WhenSchedule && q.Ticket.Status.Active():
		return "survey.still_open"
	case afterwards && q.Ticket.Answers == 0:
		return "survey.never_answered"
	case slices.ContainsFunc(q.Ticket.Tags, q.Rules.spares):
		return "survey.spared"
	case len(q.Rules.Tiers) > 0 && !slices.Contains(q.Rules.Tiers, tier(q.Customer)):
		return "survey.not_meant"
	}
	return ""
}

func (r Rules) spares(tag string) bool { return slices.Contains(r.Spared, tag) }

func tier(c desk.Customer) desk.Tier {
	if c.Tier == "" {
		return desk.Standard
	}
	return c.Tier
}

// capped gives the reason that lies in what the customer was asked before.
func capped(c desk.Customer, v desk.Survey, r Rules, at time.Time) string {
	return Capped(c, v.Of, r, at)
}

// Capped gives the reason, a decision code, why a customer gets no more of something now;
// "" where the caps allow it. of names what it is: it has a cooldown of its own.
func Capped(c desk.Customer, of string, r Rules, at time.Time) string {
	last := c.AskedLast(of)
	switch {
	case !last.IsZero() && at.Sub(last) < r.Cooldown, cooling(c.Asked, at, r.Apart):
		return "survey.cooldown"
	case full(c.Asked, r, at):
		return "survey.too_many"
	}
	return ""
}

func cooling(asked []time.Time, at time.Time, apart time.Duration) bool {
	return slices.ContainsFunc(asked, func(t time.Time) bool { return at.Sub(t) < apart })
}

func full(asked []time.Time, r Rules, at time.Time) bool {
	n := 0
	for _, t := range asked {
		if at.Sub(t) < r.Within {
			n++
		}
	}
	return r.Most > 0 && n >= r.Most
}

// Kept bounds how many times a customer's row remembers: as many as any cap may count.
const Kept = 20

// Note remembers an asking or a reminder with the customer, for the caps. A reminder
// (remind) doesn't begin the survey's own cooldown anew.
func Note(c *desk.Customer, of string, at time.Time, remind bool) {
	c.Asked = append(slices.Clone(c.Asked), at)
	if n := len(c.Asked); n > Kept {
		c.Asked = c.Asked[n-Kept:]
	}
	if remind {
		return
	}
	by := map[string]time.Time{of: at}
	for k, t := range c.AskedBy {
		if k != of && at.Sub(t) < 366*24*time.Hour { // longer than any cooldown
			by[k] = t
		}
	}
	c.AskedBy = by
}

// Sampled says whether an asking is among the percent that are asked: always the same
// for the same id, and spread evenly.
func Sampled(id desk.SurveyID, percent int) bool {
	h := fnv.New64a()
	h.Write([]byte("sample " + id))
	x := h.Sum64() // FNV's low bits hang together for like ids
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return int(x%100) < percent
}

// maxComment is how many characters the comment on a score may have in a chat; longer
// words are a message.
const maxComment = 300

// IsComment says whether words that follow a score within the time for it are the
// comment on it. A question, a file and a long text want an answer: they are a message.
func IsComment(text string, files int) bool {
	text = strings.TrimSpace(text)
	return text != "" && files == 0 && utf8.RuneCountInString(text) <= maxComment && !strings.ContainsAny(text, "?？")
}
