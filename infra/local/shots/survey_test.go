package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// surveyOf makes the desk ask a survey of a kind, and gives the page's address.
func (c *scene) surveyOf(kind desk.SurveyKind, look string) (string, desk.SurveyID) {
	v := config.DefaultSurvey(kind)
	v.Look = look
	two := 2
	v.Questions = []config.SurveyQuestion{
		{ID: "why", Type: desk.AskChoices, Text: config.Text{"zh-CN": "哪里让您不满意？", "en": "What went wrong?"}, ShowIf: config.ShowIf{Question: "score", To: &two},
			Choices: []config.Choice{{Value: "slow", Label: config.Text{"zh-CN": "回复太慢", "en": "It took too long"}}, {Value: "unsolved", Label: config.Text{"zh-CN": "问题没有解决", "en": "It isn't solved"}}}},
	}
	c.s.Surveys = []config.Survey{v}
	id := c.fillOne(string(kind) + look)
	page := c.path(c.ask(id))
	return page, c.last
}

// fillOne is one resolved ticket of a form.
func (c *scene) fillOne(who string) desk.TicketID {
	from := form
	from.ID = who + "@example.com"
	id := c.comes(desk.Inbound{ID: who, From: from, Form: "contact", Name: "陈晨", Subject: "订单与物流", Text: "三天没有物流更新了。", Lang: "zh-CN"})
	require.NoError(c.t, c.desk.SetStatus(c.t.Context(), c.act("lin", "林小雨"), id, desk.StatusResolved, time.Time{}))
	t, err := c.desk.Store.Ticket(c.t.Context(), id)
	require.NoError(c.t, err)
	c.last = t.Value.Survey
	return id
}

func (c *scene) given(id desk.SurveyID) *desk.Score {
	row, err := c.desk.Store.Survey(c.t.Context(), id)
	require.NoError(c.t, err)
	return row.Value.Score
}

// Each kind of survey is answered on a phone of 360 pixels, by taps and with the keyboard:
// nothing is wider than the phone, and what the content policy blocks is nothing.
// DESKHOOK_SHOTS keeps the pictures.
func TestSurveyOnAPhone(t *testing.T) {
	b := browsertest.Open(t, browser.Small)
	c := newScene(t)
	for _, one := range []struct {
		kind  desk.SurveyKind
		look  string
		score string
		value int
	}{{desk.CSAT, "faces", ".s5", 5}, {desk.CSAT, "stars", ".s4", 4}, {desk.NPS, "", ".s0", 0}, {desk.CES, "", ".s7", 7}} {
		name := "survey-" + string(one.kind) + one.look
		page, id := c.surveyOf(one.kind, one.look)
		c.phone(b, page, name)
		b.Click(".score" + one.score)
		b.Keep(name + "-chosen")
		b.Click("button[type=submit]")
		if one.value <= 2 { // what went wrong?
			b.Until(`document.querySelector(".options")`)
			require.Equal(t, one.value, c.given(id).Value, "the score is in already")
			b.Click(".option")
			b.Keep(name + "-more")
			b.Click("button[type=submit]")
		}
		b.Until(`document.querySelector(".given")`)
		b.Keep(name + "-thanks")
		require.Equal(t, one.value, c.given(id).Value)
	}
	require.Empty(t, b.Complaints())
}

// Without JavaScript the same page takes two steps: choose, then confirm.
func TestSurveyWithoutJavaScript(t *testing.T) {
	b := browsertest.Open(t, browser.Small)
	c := newScene(t)
	require.NoError(t, b.NoScript())
	page, id := c.surveyOf(desk.CSAT, "faces")
	c.phone(b, page+"?score=1", "survey-noscript")
	b.Click("button[type=submit]")
	b.Do(chromedp.WaitVisible(chromedp.CSS("input[name=sure]")))
	require.Nil(t, c.given(id))
	b.Keep("survey-noscript-confirm")
	b.Click(".options .option")
	b.Click("input[name=sure]")
	b.Click("button[type=submit]")
	b.Do(chromedp.WaitVisible(chromedp.CSS(".given")))
	require.Equal(t, 1, c.given(id).Value)
	require.Equal(t, []desk.Answer{{Question: "why", Chosen: []string{"slow"}}}, c.given(id).Answers)
}

// phone opens a page on a phone, looks whether it fits, and keeps its picture.
func (c *scene) phone(b *browsertest.Tab, path, name string) {
	b.Open(c.base + path)
	b.Fits(browser.Small, name)
	b.Keep(name)
}
