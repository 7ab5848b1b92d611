package portalfn

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/questions"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// How the page tells a person from a scanner that follows the links in a mail and posts
// the forms behind them (promise 7):
//
//   - A GET and a HEAD record nothing; ?score= only preselects.
//   - A post counts only with the token that the page's form carries.
//   - And only with a sign of a person: the page's script sets `seen` on a real tap or key
//     press. Without a script a second page shows the answer and asks to tick a box that
//     stands empty; a form posted as it was found has it empty still.
const (
	confirmPurpose = "survey-page"
	confirmFor     = 24 * time.Hour
	maxComment     = questions.MaxText // characters
	maxBody        = 256 * 1024        // bytes: 4-byte characters, escaped, of a comment and several texts
	// OnPage is where an answer given on the survey page is said to come from.
	OnPage = desk.Channel("page")
)

// asked is a survey that a link leads to.
type asked struct {
	view
	survey desk.Survey
	ticket desk.Ticket
	form   desk.Questionnaire // as it was asked
}

// open follows a link. Where it leads nowhere the page that says so has been written.
func (p *portal) open(w http.ResponseWriter, r *http.Request) (asked, bool) {
	fields, err := p.Key.Open(links.SurveyPurpose, r.PathValue("token"), p.Now())
	switch {
	case errors.Is(err, sign.ErrExpired):
		p.over(w, r)
		return asked{}, false
	case err != nil || len(fields) != 1:
		p.notFound(w, r)
		return asked{}, false
	}
	survey, err := p.Store.Survey(r.Context(), desk.SurveyID(fields[0]))
	if err != nil {
		p.failed(w, r, err)
		return asked{}, false
	}
	v := survey.Value
	if v.Asked.IsZero() || v.State == desk.SurveyExpired || !p.Now().Before(v.Expires) {
		p.over(w, r)
		return asked{}, false
	}
	t, err := p.Store.Ticket(r.Context(), v.Ticket)
	if err != nil {
		p.failed(w, r, err)
		return asked{}, false
	}
	form, err := p.Desk.Questionnaire(r.Context(), v)
	if err != nil {
		p.failed(w, r, err)
		return asked{}, false
	}
	page, ok := p.begin(w, r, v.Lang, "score", "change")
	return asked{page, v, t.Value, form}, ok
}

func (p *portal) failed(w http.ResponseWriter, r *http.Request, err error) {
	if desk.KindOf(err) == desk.NotFound {
		p.notFound(w, r)
		return
	}
	p.unavailable(w, r)
}

func (p *portal) over(w http.ResponseWriter, r *http.Request) {
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	p.say(w, r, http.StatusGone, v.Page, v.L("这次评价已经结束", "This survey has closed"),
		v.L("链接已过有效期，不能再评价了。如果还有问题，直接回复我们就好。", "This link has expired, so you can no longer answer. If you still need help, just send us a message."))
}

// survey shows the question, or thanks for an answer given. It records nothing,
// whatever its address says: ?score= only preselects.
func (p *portal) survey(w http.ResponseWriter, r *http.Request) {
	a, ok := p.open(w, r)
	if !ok {
		return
	}
	given := a.survey.Score
	if given != nil && (a.survey.Settled(p.Now()) || !r.URL.Query().Has("change")) {
		p.thanks(w, r, http.StatusOK, a)
		return
	}
	s := sheet{status: http.StatusOK, posted: posted{chosen: given != nil}}
	if given != nil {
		s.Score = *given
	}
	if n, ok := questions.Digits(a.form.Kind, r.URL.Query().Get("score")); ok {
		s.Value, s.chosen = n, true
	}
	p.ask(w, r, a, s)
}

// posted is what came from the page's form.
type posted struct {
	desk.Score
	chosen bool
	seen   bool     // a person was seen: by the script, or by the box ticked
	step   string   // of the page that it comes from
	asked  []string // the further questions that it showed
}

// answer takes what the page's own form posts. What a person sent is kept at once, and
// questions that follow from it are asked then: half an answer is better than none.
func (p *portal) answer(w http.ResponseWriter, r *http.Request) {
	a, ok := p.open(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		p.ask(w, r, a, sheet{status: http.StatusBadRequest, fault: a.L("没有收到完整的内容，请再提交一次。", "Not everything arrived. Please send it again.")})
		return
	}
	in, status, fault := p.read(r, a)
	if fault != "" {
		p.ask(w, r, a, sheet{posted: in, status: status, fault: fault})
		return
	}
	if in.seen {
		in.At, in.By = p.Now().UTC(), OnPage
		v, err := p.Desk.Answer(r.Context(), a.survey.ID, in.Score)
		if err != nil {
			p.refused(w, r, a, err)
			return
		}
		a.survey = v
	}
	if s := (sheet{posted: in, status: http.StatusOK, later: true}); len(a.next(in)) > 0 || !in.seen {
		p.ask(w, r, a, s)
		return
	}
	p.redirect(w, r, a)
}

func (p *portal) refused(w http.ResponseWriter, r *http.Request, a asked, err error) {
	switch {
	case errors.Is(err, ticketing.ErrSurveyOver):
		p.over(w, r)
	case errors.Is(err, ticketing.ErrSurveySettled):
		p.thanks(w, r, http.StatusConflict, a)
	default:
		p.failed(w, r, err)
	}
}

// next lists the questions shown after these answers that no page has asked yet.
func (a asked) next(in posted) []desk.MoreQuestion {
	var out []desk.MoreQuestion
	for _, m := range questions.Shown(a.form, in.Score) {
		if !slices.Contains(in.asked, m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// read makes an answer of what was posted, or says what is wrong with it, in the
// customer's language.
func (p *portal) read(r *http.Request, a asked) (in posted, status int, fault string) {
	in.Comment = clean(r.PostForm.Get("comment"))
	least, most := a.form.Kind.Bounds()
	n, err := strconv.Atoi(r.PostForm.Get("score"))
	in.Value, in.chosen = n, err == nil && n >= least && n <= most
	for _, m := range a.form.More {
		values := r.PostForm["q-"+m.ID]
		for i := range values {
			values[i] = clean(values[i])
		}
		if one, ok := questions.Read(m, values); ok {
			in.Answers = append(in.Answers, one)
		}
	}
	fields, err := p.Key.Open(confirmPurpose, r.PostForm.Get("confirm"), p.Now())
	if err != nil || len(fields) != 3 || fields[0] != string(a.survey.ID) {
		return in, http.StatusForbidden, a.L("页面打开得太久了，请再点一次“提交”。", "This page has been open for too long. Please press the button once more.")
	}
	in.step, in.asked = fields[1], strings.Split(fields[2], ",")
	in.seen = r.PostForm.Get("seen") == "1" || in.step == stepConfirm && r.PostForm.Get("sure") == "1" ||
		in.step == stepMore // which is shown only to who was seen before it
	if fault = a.fault(in, least, most); fault != "" {
		return in, http.StatusUnprocessableEntity, fault
	}
	return in, 0, ""
}

func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

func (a asked) fault(in posted, least, most int) string {
	span := strconv.Itoa(least) + a.L(" 到 ", " to ") + strconv.Itoa(most)
	switch {
	case !in.chosen:
		return a.L("请先选择一个评分（"+span+"）。", "Please choose a rating first, from "+span+".")
	case utf8.RuneCountInString(in.Comment) > maxComment:
		return a.L("留言最多 2000 字。", "Please keep your comment to 2,000 characters or fewer.")
	case in.step == stepConfirm && !in.seen:
		return a.L("请勾选下面的方框，确认这是您本人的评价。", "Please tick the box to confirm that this is your own rating.")
	}
	for _, m := range questions.Shown(a.form, in.Score) {
		one, ok := questions.Find(in.Answers, m.ID)
		switch {
		case !ok && m.Required && slices.Contains(in.asked, m.ID):
			return a.L("这个问题需要回答：", "This question needs an answer: ") + a.text(m.Text)
		case ok && questions.One(m, one) != nil:
			return a.rangeFault(m)
		}
	}
	return ""
}

// rangeFault tells what a question takes.
func (a asked) rangeFault(m desk.MoreQuestion) string {
	q := a.text(m.Text)
	switch m.Type {
	case desk.AskScale:
		lo, hi := strconv.Itoa(m.Min), strconv.Itoa(m.Max)
		return a.L("“"+q+"”请选择 "+lo+" 到 "+hi+" 之间的分数。", q+" Please choose from "+lo+" to "+hi+".")
	case desk.AskText:
		return a.L("“"+q+"”最多写 2000 字。", q+" At most 2,000 characters, please.")
	}
	return a.L("“"+q+"”请从给出的选项中选择。", q+" Please choose from the options.")
}
