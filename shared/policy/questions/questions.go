// Package questions decides which questions of a survey are shown, and whether what was
// answered is an answer. It knows no page and no channel.
package questions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

// MaxText is how many characters a text answer may have.
const MaxText = 2000

// Version names what a questionnaire asks: another word gives another version, the same
// words the same one, whenever and wherever they are loaded.
func Version(q desk.Questionnaire) string {
	b, err := json.Marshal(q) // maps are written in the order of their keys
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Shown lists the further questions that concern who gave these answers, in order. A
// question whose condition hangs on one that isn't shown isn't shown either.
func Shown(q desk.Questionnaire, s desk.Score) []desk.MoreQuestion {
	var out []desk.MoreQuestion
	for _, m := range q.More {
		if m.If == nil || holds(*m.If, s, out) {
			out = append(out, m)
		}
	}
	return out
}

func holds(c desk.AnswerCondition, s desk.Score, shown []desk.MoreQuestion) bool {
	if c.Question == desk.ScoreQuestion {
		return s.Value >= c.From && s.Value <= c.To
	}
	if !slices.ContainsFunc(shown, func(m desk.MoreQuestion) bool { return m.ID == c.Question }) {
		return false
	}
	a, ok := Find(s.Answers, c.Question)
	switch {
	case !ok:
		return false
	case len(c.Is) > 0:
		return slices.ContainsFunc(a.Chosen, func(v string) bool { return slices.Contains(c.Is, v) })
	}
	return a.Number != nil && *a.Number >= c.From && *a.Number <= c.To
}

// Find gives the answer to a question.
func Find(as []desk.Answer, id string) (desk.Answer, bool) {
	i := slices.IndexFunc(as, func(a desk.Answer) bool { return a.Question == id })
	if i < 0 {
		return desk.Answer{}, false
	}
	return as[i], true
}

// Check says what is wrong with an answer as a whole, as an error of kind Invalid that
// names the field and the range; nil where it can be kept.
func Check(q desk.Questionnaire, s desk.Score) error {
	if least, most := q.Kind.Bounds(); s.Value < least || s.Value > most {
		return desk.FieldError(desk.ScoreQuestion, "must be between %d and %d", least, most)
	}
	if utf8.RuneCountInString(s.Comment) > MaxText {
		return desk.FieldError("comment", "may have at most %d characters", MaxText)
	}
	for i, a := range s.Answers {
		at := slices.IndexFunc(q.More, func(m desk.MoreQuestion) bool { return m.ID == a.Question })
		if _, twice := Find(s.Answers[:i], a.Question); at < 0 || twice {
			return desk.FieldError(a.Question, "is no question of this survey, or answered twice")
		}
		if err := One(q.More[at], a); err != nil {
			return err
		}
	}
	return nil
}

// Missing gives the first required question shown that is without an answer, if any.
func Missing(q desk.Questionnaire, s desk.Score) (desk.MoreQuestion, bool) {
	for _, m := range Shown(q, s) {
		if _, ok := Find(s.Answers, m.ID); m.Required && !ok {
			return m, true
		}
	}
	return desk.MoreQuestion{}, false
}

// Keep drops the answers to questions that aren't shown: the score was changed since.
func Keep(q desk.Questionnaire, s desk.Score) []desk.Answer {
	var out []desk.Answer
	for _, m := range Shown(q, s) {
		if a, ok := Find(s.Answers, m.ID); ok {
			out = append(out, a)
		}
	}
	return out
}

// One checks the answer to one question.
func One(m desk.MoreQuestion, a desk.Answer) error {
	switch m.Type {
	case desk.AskScale:
		if a.Number == nil || *a.Number < m.Min || *a.Number > m.Max {
			return desk.FieldError(m.ID, "must be between %d and %d", m.Min, m.Max)
		}
	case desk.AskText:
		if n := utf8.RuneCountInString(a.Text); n == 0 || n > MaxText {
			return desk.FieldError(m.ID, "must have from 1 to %d characters", MaxText)
		}
	default:
		return chosen(m, a)
	}
	return nil
}

func chosen(m desk.MoreQuestion, a desk.Answer) error {
	most := len(m.Choices)
	if m.Type == desk.AskChoice {
		most = 1
	}
	if len(a.Chosen) == 0 || len(a.Chosen) > most {
		return desk.FieldError(m.ID, "takes from 1 to %d choices", most)
	}
	for _, v := range a.Chosen {
		if !slices.ContainsFunc(m.Choices, func(c desk.AnswerChoice) bool { return c.Value == v }) {
			return desk.FieldError(m.ID, "has no such choice")
		}
	}
	return nil
}

// Read makes an answer of what a form posted; false where nothing was filled in. What
// is no number stays out of every range, so that Check tells of it.
func Read(m desk.MoreQuestion, values []string) (desk.Answer, bool) {
	a := desk.Answer{Question: m.ID}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" })
	if len(values) == 0 {
		return a, false
	}
	switch m.Type {
	case desk.AskScale:
		n, err := strconv.Atoi(strings.TrimSpace(values[0]))
		if err != nil {
			n = m.Min - 1
		}
		a.Number = &n
	case desk.AskText:
		a.Text = strings.TrimSpace(values[0])
	default:
		a.Chosen = values
	}
	return a, true
}

// Digits reads a bare number within a kind's bounds as people type it in a chat, full
// width ones included, with or without 分 behind it.
func Digits(k desk.SurveyKind, text string) (int, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "分"))
	narrow := narrowed(text)
	least, most := k.Bounds()
	n, err := strconv.Atoi(narrow)
	if err != nil || narrow != strconv.Itoa(n) || n < least || n > most {
		return 0, false
	}
	return n, true
}

// Worded reads a score with words behind it that people type in a chat: one of the labels
// that it was offered by ("1 很不满意"), which is no comment, or points (分) and a comment
// ("1分，还是没解决"). A number before other words proves nothing: "2 more questions".
func Worded(k desk.SurveyKind, text string, labels []string) (n int, comment string, ok bool) {
	text = strings.TrimSpace(text)
	if m := points.FindStringSubmatch(text); m != nil {
		n, ok = Digits(k, m[1])
		return n, strings.TrimSpace(m[2]), ok
	}
	for _, l := range labels {
		head, _, both := strings.Cut(l, " ")
		if both && strings.EqualFold(bareOf(text), bareOf(l)) {
			n, ok = Digits(k, head)
			return n, "", ok
		}
	}
	return 0, "", false
}

// MayBeWorded says whether a text begins with a digit and isn't too long for a comment.
func MayBeWorded(text string) bool {
	text = narrowed(strings.TrimSpace(text))
	return text != "" && text[0] >= '0' && text[0] <= '9' && utf8.RuneCountInString(text) <= MaxText
}

var points = regexp.MustCompile(`^([0-9０-９]{1,2})\s*分\s*[，,。.；;！!、\s]\s*(\S[\s\S]*)$`)

func bareOf(s string) string { return narrowed(strings.Join(strings.Fields(s), "")) }

func narrowed(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}
