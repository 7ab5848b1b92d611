package portalfn_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

var inputs = regexp.MustCompile(`<input type="(hidden|radio|checkbox)" name="([^"]+)" value="([^"]*)"([^>]*)>`)

// formOf is what a program finds in a page's form and would post as it stands: hidden
// fields and what is ticked.
func formOf(page string) url.Values {
	v := url.Values{}
	for _, m := range inputs.FindAllStringSubmatch(page, -1) {
		if m[1] == "hidden" || strings.Contains(m[4], " checked") {
			v.Add(m[2], m[3])
		}
	}
	return v
}

// Promise 7: a scanner that follows the link in a mail and posts what it finds, page after
// page, with scripts or without, votes nothing; a person without a script does.
func TestScannersPostWhatTheyFind(t *testing.T) {
	w := newWorld(t)
	w.s.Surveys[0].Questions = []config.SurveyQuestion{{ID: "why", Type: desk.AskText, Text: config.Text{"en": "Why?"}}}
	link, id := w.asked()
	page := body(t, w.do("GET", link+"?score=4", nil))
	for range 5 {
		form := formOf(page)
		require.Equal(t, "4", form.Get("score"))
		page = body(t, w.do("POST", link, form))
		require.Nil(t, w.score(id))
	}
	require.Contains(t, page, `name="sure"`, "the scanner stands before a box to tick")

	for score := range 6 { // a scanner that tries every choice
		form := formOf(body(t, w.do("GET", link, nil)))
		form.Set("score", string(rune('0'+score)))
		w.do("POST", link, form)
		require.Nil(t, w.score(id))
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"} {
		w.do(method, link+"?score=1&seen=1&sure=1", nil, "Purpose", "prefetch", "Sec-Purpose", "prefetch;prerender")
		require.Nil(t, w.score(id), method)
	}

	form := formOf(page)
	form.Set("sure", "1")
	require.Equal(t, http.StatusSeeOther, w.do("POST", link, form).StatusCode)
	require.Equal(t, 4, w.score(id).Value)
}

func branching(w *world) {
	n := 2
	w.s.Surveys[0].Questions = []config.SurveyQuestion{
		{ID: "again", Type: desk.AskChoice, Text: config.Text{"en": "Would you come again?"}, Choices: []config.Choice{{Value: "yes", Label: config.Text{"en": "Yes"}}, {Value: "no", Label: config.Text{"en": "No"}}}},
		{ID: "why", Type: desk.AskText, Required: true, Text: config.Text{"en": "What went wrong?"}, ShowIf: config.ShowIf{Question: "score", To: &n}},
	}
}

// What follows from a score is asked on a second page; the score is kept already.
func TestFollowUpQuestions(t *testing.T) {
	w := newWorld(t)
	branching(w)
	link, id := w.asked()
	page := body(t, w.do("GET", link+"?lang=en", nil))
	require.Contains(t, page, "Would you come again?")
	require.NotContains(t, page, "What went wrong?")

	form := formOf(page)
	form.Set("seen", "1")
	form.Set("score", "1")
	form.Set("q-again", "no")
	form.Set("comment", "slow")
	page = body(t, w.do("POST", link+"?lang=en", form))
	require.Contains(t, page, "What went wrong?")
	require.Equal(t, 1, w.score(id).Value, "half an answer is better than none")

	form = formOf(page)
	form.Set("seen", "1")
	missing := w.do("POST", link+"?lang=en", form)
	require.Equal(t, http.StatusUnprocessableEntity, missing.StatusCode)
	page = body(t, missing)
	require.Contains(t, page, "needs an answer: What went wrong?")
	form = formOf(page)
	form.Set("seen", "1")
	form.Set("q-why", "Nobody came.")
	require.Equal(t, http.StatusSeeOther, w.do("POST", link+"?lang=en", form).StatusCode)
	require.Equal(t, []desk.Answer{{Question: "again", Chosen: []string{"no"}}, {Question: "why", Text: "Nobody came."}}, w.score(id).Answers)
	require.Equal(t, "slow", w.score(id).Comment)

	// Changing the score drops what it led to.
	form = formOf(body(t, w.do("GET", link+"?change=1", nil)))
	require.Equal(t, "Nobody came.", form.Get("q-why"))
	form.Set("seen", "1")
	form.Set("score", "5")
	w.do("POST", link, form)
	require.Equal(t, []desk.Answer{{Question: "again", Chosen: []string{"no"}}}, w.score(id).Answers)
}

// Without a script the follow-up stands on the page that confirms.
func TestFollowUpWithoutScript(t *testing.T) {
	w := newWorld(t)
	branching(w)
	link, id := w.asked()
	form := formOf(body(t, w.do("GET", link, nil)))
	form.Set("score", "2")
	page := body(t, w.do("POST", link+"?lang=en", form))
	require.Nil(t, w.score(id))
	require.Contains(t, page, "What went wrong?")
	require.Contains(t, page, "2 / 5")
	form = formOf(page)
	form.Set("sure", "1")
	form.Set("q-why", "Late.")
	require.Equal(t, http.StatusSeeOther, w.do("POST", link, form).StatusCode)
	require.Equal(t, []desk.Answer{{Question: "why", Text: "Late."}}, w.score(id).Answers)
}

// Without a script one box is ticked, however many pages follow from the answers.
func TestOneConfirmationWithoutScript(t *testing.T) {
	w := newWorld(t)
	branching(w)
	no := "no"
	w.s.Surveys[0].Questions[1].ShowIf = config.ShowIf{Question: "again", Is: []string{no}}
	w.s.Surveys[0].Questions = append(w.s.Surveys[0].Questions, config.SurveyQuestion{
		ID: "who", Type: desk.AskChoice, Text: config.Text{"en": "Who was it?"}, ShowIf: config.ShowIf{Question: "again", Is: []string{no}},
		Choices: []config.Choice{{Value: "shop", Label: config.Text{"en": "The shop"}}, {Value: "post", Label: config.Text{"en": "The post"}}},
	})
	w.s.Surveys[0].Questions[0].ShowIf = config.ShowIf{Question: "score", To: new(3)}
	link, id := w.asked()
	form := formOf(body(t, w.do("GET", link, nil)))
	form.Set("score", "1")
	form = formOf(body(t, w.do("POST", link+"?lang=en", form))) // the box, and "again?"
	form.Set("sure", "1")
	form.Set("q-again", no)
	page := body(t, w.do("POST", link+"?lang=en", form))
	require.Contains(t, page, "Who was it?")
	require.NotContains(t, page, `name="sure"`)
	form = formOf(page)
	form.Set("q-why", "Late.")
	form.Set("q-who", "post")
	require.Equal(t, http.StatusSeeOther, w.do("POST", link, form).StatusCode)
	require.Len(t, w.score(id).Answers, 3)
}

// Zero is an answer, and one out of range is told the range.
func TestNPSPage(t *testing.T) {
	w := newWorld(t)
	w.s.Surveys = []config.Survey{config.DefaultSurvey(desk.NPS)}
	link, id := w.asked()
	page := body(t, w.do("GET", link+"?score=0&lang=en", nil))
	require.Regexp(t, `value="0" required checked`, page)
	require.Contains(t, page, "<title>Would you recommend us?")
	require.Equal(t, 11, strings.Count(page, `name="score"`))
	form := formOf(page)
	form.Set("seen", "1")
	form.Set("score", "11")
	require.Contains(t, body(t, w.do("POST", link+"?lang=en", form)), "from 0 to 10")
	require.Nil(t, w.score(id))
	form.Set("score", "0")
	w.do("POST", link, form)
	require.Equal(t, 0, w.score(id).Value)
	require.Contains(t, body(t, w.do("GET", link+"?lang=en", nil)), "0 / 10")
}

// The page asks what was asked, whatever the settings say since; after a day an answer
// stands, and a kind page says so.
func TestPageKeepsItsQuestionsAndSettles(t *testing.T) {
	w := newWorld(t)
	link, id := w.asked()
	form := formOf(body(t, w.do("GET", link, nil)))
	form.Set("seen", "1")
	form.Set("score", "3")
	w.do("POST", link, form)
	w.do("POST", link, form)
	row, err := w.desk.Store.Answers(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, row, 1, "pressed twice is one answer")

	w.now = w.now.Add(desk.Changeable + time.Minute)
	form.Set("score", "5")
	late := w.do("POST", link+"?lang=en", form)
	require.Equal(t, http.StatusForbidden, late.StatusCode, "the form is too old")
	page := body(t, w.do("GET", link+"?lang=en&change=1", nil))
	require.Contains(t, page, "no longer be changed")
	require.NotContains(t, page, "Change my rating")
	require.Equal(t, 3, w.score(id).Value)
}

// A form opened before the day was over and sent after it changes nothing.
func TestSettledWhileOpen(t *testing.T) {
	w := newWorld(t)
	link, id := w.asked()
	form := formOf(body(t, w.do("GET", link, nil)))
	form.Set("seen", "1")
	form.Set("score", "3")
	w.do("POST", link, form)
	w.now = w.now.Add(desk.Changeable - time.Minute)
	form = formOf(body(t, w.do("GET", link+"?change=1", nil)))
	form.Set("seen", "1")
	form.Set("score", "1")
	w.now = w.now.Add(2 * time.Minute)
	late := w.do("POST", link+"?lang=en", form)
	require.Equal(t, http.StatusConflict, late.StatusCode)
	require.Contains(t, body(t, late), "no longer be changed")
	require.Equal(t, 3, w.score(id).Value)
}
