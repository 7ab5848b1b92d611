package portalfn

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/ticketing"
)

const (
	// confirmPurpose is what the token inside the page's form is signed for. Without it
	// a post counts for nothing: scanners of mails post to links they find (promise 7).
	confirmPurpose = "survey-page"
	confirmFor     = 24 * time.Hour
	maxComment     = 2000      // characters
	maxBody        = 32 * 1024 // bytes: a comment of 4-byte characters, escaped, and the rest
	// OnPage is where an answer given on the survey page is said to come from.
	OnPage = desk.Channel("page")
)

type surveyPage struct {
	look.Page
	Question string
	Subject  string
	Number   string
	Scores   []scoreChoice
	Comment  string
	Max      int
	Confirm  string
	Fault    string
	Changing bool
	Given    scoreChoice // the thank-you page: what counts now
	Thanks   string
	Change   string // where to change the answer
}

type scoreChoice struct {
	Value   int
	Label   string
	Chosen  bool
	Checked bool
}

var scoreLabels = [...][2]string{
	{"很不满意", "Very bad"}, {"不满意", "Bad"}, {"一般", "So-so"}, {"满意", "Good"}, {"非常满意", "Very good"},
}

func choices(v look.Page, chosen int) []scoreChoice {
	var out []scoreChoice
	for i, l := range scoreLabels {
		out = append(out, scoreChoice{Value: i + 1, Label: v.L(l[0], l[1]), Chosen: i+1 == chosen})
	}
	return out
}

// asked is a survey that a link leads to.
type asked struct {
	view
	survey desk.Survey
	ticket desk.Ticket
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
	page, ok := p.begin(w, r, v.Lang, "score", "change")
	return asked{page, v, t.Value}, ok
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
	p.say(w, r, http.StatusGone, v.Page, v.L("这次评价已经结束", "This survey is over"),
		v.L("链接已过有效期，不能再评价了。如果还有问题，直接回复我们就好。", "The link has expired and takes no more answers. If anything is still open, simply write to us."))
}

// survey shows the question, or thanks for an answer given. It records nothing,
// whatever its address says: ?score= only preselects.
func (p *portal) survey(w http.ResponseWriter, r *http.Request) {
	a, ok := p.open(w, r)
	if !ok {
		return
	}
	if a.survey.Score != nil && !r.URL.Query().Has("change") {
		p.thanks(w, r, a)
		return
	}
	chosen, _ := strconv.Atoi(r.URL.Query().Get("score"))
	comment := ""
	if a.survey.Score != nil {
		comment = a.survey.Score.Comment
		if chosen == 0 {
			chosen = a.survey.Score.Value
		}
	}
	p.ask(w, r, http.StatusOK, a, chosen, comment, "")
}

func (p *portal) ask(w http.ResponseWriter, r *http.Request, status int, a asked, chosen int, comment, fault string) {
	page := surveyPage{
		Page: a.Page, Question: a.s.CSAT.Question.In(a.Lang), Subject: a.ticket.Subject, Number: a.ticket.ID.Number(),
		Scores: choices(a.Page, chosen), Comment: comment, Max: maxComment, Fault: fault, Changing: a.survey.Score != nil,
		Confirm: p.Key.Token(confirmPurpose, p.Now().Add(confirmFor), string(a.survey.ID)),
	}
	page.Title = a.L("服务评价", "How did we do?")
	p.write(w, r, status, "survey", page)
}

func (p *portal) thanks(w http.ResponseWriter, r *http.Request, a asked) {
	page := surveyPage{
		Page: a.Page, Thanks: a.s.CSAT.Thanks.In(a.Lang), Comment: a.survey.Score.Comment,
		Change: r.URL.Path + "?change=1&lang=" + a.Lang,
	}
	page.Title = a.L("感谢您的评价", "Thank you")
	for _, c := range choices(a.Page, a.survey.Score.Value) {
		if c.Chosen {
			page.Given = c
		}
	}
	p.write(w, r, http.StatusOK, "thanks", page)
}

// answer records what the page's own form posts.
func (p *portal) answer(w http.ResponseWriter, r *http.Request) {
	a, ok := p.open(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		p.ask(w, r, http.StatusBadRequest, a, 0, "", a.L("没有收到完整的内容，请再提交一次。", "Not everything arrived. Please send it again."))
		return
	}
	score, _ := strconv.Atoi(r.PostForm.Get("score"))
	comment := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.PostForm.Get("comment"), ""), "\r\n", "\n"))
	if status, fault := p.fault(a, r.PostForm.Get("confirm"), score, comment); fault != "" {
		p.ask(w, r, status, a, score, comment, fault)
		return
	}
	_, err := p.Desk.Answer(r.Context(), a.survey.ID, desk.Score{Value: score, Comment: comment, At: p.Now().UTC(), By: OnPage})
	switch {
	case errors.Is(err, ticketing.ErrSurveyOver):
		p.over(w, r)
	case err != nil:
		p.failed(w, r, err)
	default:
		look.SetHeaders(w.Header())
		http.Redirect(w, r, r.URL.Path+"?lang="+a.Lang, http.StatusSeeOther)
	}
}

// fault says what is wrong with a post, in the customer's language.
func (p *portal) fault(a asked, confirm string, score int, comment string) (int, string) {
	fields, err := p.Key.Open(confirmPurpose, confirm, p.Now())
	switch {
	case err != nil || len(fields) != 1 || fields[0] != string(a.survey.ID):
		return http.StatusForbidden, a.L("页面打开得太久了，请再按一次提交。", "This page has been open for too long. Please press the button once more.")
	case score < ticketing.CSATMin || score > ticketing.CSATMax:
		return http.StatusUnprocessableEntity, a.L("请先选择一个评分。", "Please choose a score first.")
	case utf8.RuneCountInString(comment) > maxComment:
		return http.StatusUnprocessableEntity, a.L("留言最多 2000 字。", "The comment may have at most 2,000 characters.")
	}
	return 0, ""
}
