package season

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// respond decides what a customer does about a question that reached them.
func (s *season) respond(a *asking, remind bool) {
	c, rest := s.rng.IntN(100), a.expires().Sub(s.w.now)
	switch {
	case c < 32 && !remind, c < 22:
		s.in(time.Minute, 20*time.Hour, func() { s.answer(a) })
	case c < 38:
		s.in(day, rest-time.Minute, func() { s.answer(a) })
	case c < 41: // too late
		s.in(rest, rest+5*day, func() { s.answer(a) })
	}
}

// score is mostly good.
func (s *season) score(of string) int {
	v := surveys[of]
	if s.chance(18) {
		return v.least + s.rng.IntN(v.bad-v.least+1)
	}
	return v.bad + 1 + s.rng.IntN(v.most-v.bad)
}

// answer is a customer's first answer, and what they may do after it: say it twice, say
// why, change their mind in time or too late.
func (s *season) answer(a *asking) {
	value := s.score(a.of)
	if a.to.last == a && s.chance(60) {
		if s.digit(a, value) {
			s.afterDigit(a, value)
		}
	} else {
		s.page(a, value, "")
	}
	if s.chance(5) {
		s.in(time.Second, time.Minute, func() { s.page(a, value, "") })
	}
	switch c := s.rng.IntN(100); {
	case c < 12:
		s.in(15*time.Minute, 20*time.Hour, func() { s.page(a, s.score(a.of), "I thought about it") })
	case c < 15:
		s.in(25*time.Hour, 60*time.Hour, func() { s.page(a, s.score(a.of), "") })
	}
}

// afterDigit is what comes on a chat in the minutes after a score.
func (s *season) afterDigit(a *asking, value int) {
	switch c := s.rng.IntN(100); {
	case c < 25:
		s.in(5*time.Second, 9*time.Minute, func() { s.comment(a, "quick and friendly") })
	case c < 30:
		s.in(5*time.Second, 9*time.Minute, func() { s.write(a.to, "and when is the next one coming?", true) })
	case c < 34:
		s.in(11*time.Minute, 2*time.Hour, func() { s.write(a.to, "one more thing is missing", true) })
	case c < 44:
		s.in(5*time.Second, 9*time.Minute, func() { s.digit(a, s.score(a.of)) })
	case c < 47:
		s.in(11*time.Minute, 2*time.Hour, func() { s.digit(a, value) })
	}
}

// open says whether the survey's page takes another answer now.
func (a *asking) open(now time.Time) bool {
	return now.Before(a.expires()) && (a.last == nil || now.Before(a.first.Add(changeable)))
}

// page answers on the survey's page.
func (s *season) page(a *asking, value int, comment string) {
	now := s.w.now
	same := a.last != nil && *a.last == given{value, comment}
	_, err := s.w.desk.Answer(context.Background(), a.id, desk.Score{Value: value, Comment: comment, At: now, By: "page"})
	taken := err == nil
	if expected := now.Before(a.expires()) && same || a.open(now); taken != expected {
		s.breaks("survey %s: an answer %s after it was asked was taken: %v (%v)", a.id, now.Sub(a.at), taken, err)
	}
	if taken && !same {
		s.answered(a, given{value, comment})
	}
	if !taken {
		s.counts["answers too late"]++
	}
}

// digit answers on the chat by a digit; where nothing waits for one it is a message.
func (s *season) digit(a *asking, value int) bool {
	now, to := s.w.now, a.to
	if to.last != nil && to.last != a { // it would answer that one
		s.page(a, value, "")
		return false
	}
	again := a.last != nil && a.last.value == value && now.Before(a.expires())
	waits := to.last == a && (to.until.IsZero() || now.Before(to.until)) && (a.open(now) || again)
	if !waits {
		s.write(to, strconv.Itoa(value), true)
		s.counts["digits that are messages"]++
		return false
	}
	s.tell(to, desk.Inbound{Kind: desk.InMessage, Text: strconv.Itoa(value)})
	if to.Channel == desk.WeChat {
		set(&to.shut, now, false)
	}
	to.until = now.Add(10 * time.Minute)
	g := given{value: value}
	if a.last != nil {
		g.comment = a.last.comment
	}
	if a.last == nil || *a.last != g {
		s.answered(a, g)
	}
	return true
}

// comment says why, on the chat.
func (s *season) comment(a *asking, words string) {
	now, to := s.w.now, a.to
	if to.last != a || !now.Before(to.until) || a.last == nil || !a.open(now) {
		return
	}
	s.tell(to, desk.Inbound{Kind: desk.InMessage, Text: words})
	g := given{a.last.value, strings.TrimSpace(a.last.comment + "\n" + words)}
	s.answered(a, g)
	s.counts["comments"]++
}

// answered notes an answer that the desk has to count.
func (s *season) answered(a *asking, g given) {
	now, was := s.w.now, a.last
	a.last = &g
	if was == nil {
		a.first = now
		s.counts["answered"]++
	}
	if was != nil && was.value == g.value {
		return
	}
	a.answers = append(a.answers, answer{now, g.value})
	if was != nil {
		s.counts["changed"]++
	}
	s.unhappy(a, g.value <= surveys[a.of].bad)
}

// unhappy notes what the follow-up of a score should be.
func (s *season) unhappy(a *asking, bad bool) {
	now := s.w.now
	switch {
	case a.rec == nil && bad:
		a.rec = &recovery{opened: now}
		set(&a.rec.states, now, "due")
		s.counts["unhappy"]++
		s.follow(a)
	case a.rec == nil:
	case bad && valueAt(a.rec.states, now) == "dropped":
		set(&a.rec.states, now, "due")
		s.follow(a)
	case !bad && valueAt(a.rec.states, now) == "due":
		set(&a.rec.states, now, "dropped")
		s.counts["made good"]++
	}
}
