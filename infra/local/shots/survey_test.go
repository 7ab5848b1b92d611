package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

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
// nothing is wider than the phone, and what the content policy blocks is nothing. SHOTS_OUT
// keeps the pictures.
func TestSurveyOnAPhone(t *testing.T) {
	needBrowser(t)
	c := newScene(t)
	b, cancel, err := openBrowser(t.Context(), os.Getenv("SHOTS_DARK") != "")
	require.NoError(t, err)
	defer cancel()
	for _, one := range []struct {
		kind  desk.SurveyKind
		look  string
		score string
		value int
	}{{desk.CSAT, "faces", ".s5", 5}, {desk.CSAT, "stars", ".s4", 4}, {desk.NPS, "", ".s0", 0}, {desk.CES, "", ".s7", 7}} {
		name := string(one.kind) + one.look
		page, id := c.surveyOf(one.kind, one.look)
		c.keep(b, page, name)
		require.NoError(t, chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(".score"+one.score))))
		c.snap(b, name+"-chosen")
		require.NoError(t, chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("button[type=submit]"))))
		if one.value <= 2 { // what went wrong?
			require.NoError(t, chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".options"))))
			require.Equal(t, one.value, c.given(id).Value, "the score is in already")
			require.NoError(t, chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(".option"))))
			c.snap(b, name+"-more")
			require.NoError(t, chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("button[type=submit]"))))
		}
		require.NoError(t, chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".given"))))
		c.snap(b, name+"-thanks")
		require.Equal(t, one.value, c.given(id).Value)
	}
	require.Equal(t, []string(nil), b.complaints())
}

// Without JavaScript the same page takes two steps: choose, then confirm.
func TestSurveyWithoutJavaScript(t *testing.T) {
	needBrowser(t)
	c := newScene(t)
	b, cancel, err := openBrowser(t.Context(), false)
	require.NoError(t, err)
	defer cancel()
	require.NoError(t, b.noScript())
	page, id := c.surveyOf(desk.CSAT, "faces")
	c.keep(b, page+"?score=1", "noscript")
	require.NoError(t, chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("button[type=submit]")), chromedp.WaitVisible(chromedp.CSS("input[name=sure]"))))
	require.Nil(t, c.given(id))
	c.snap(b, "noscript-confirm")
	require.NoError(t, chromedp.Do(b.ctx,
		chromedp.Click(chromedp.CSS(".options .option")),
		chromedp.Click(chromedp.CSS("input[name=sure]")),
		chromedp.Click(chromedp.CSS("button[type=submit]")),
		chromedp.WaitVisible(chromedp.CSS(".given")),
	))
	require.Equal(t, 1, c.given(id).Value)
	require.Equal(t, []desk.Answer{{Question: "why", Chosen: []string{"slow"}}}, c.given(id).Answers)
}

// keep opens a page on a phone, looks whether it fits, and keeps its picture.
func (c *scene) keep(b *browser, path, name string) {
	png, err := b.picture(c.base+path, 360, 740, true)
	require.NoError(c.t, err)
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
	require.NoError(c.t, err)
	require.LessOrEqual(c.t, wide, 360, "%s is wider than the phone", name)
	c.save(name, png)
}

func (c *scene) snap(b *browser, name string) {
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	require.NoError(c.t, err)
	c.save(name, png)
}

func (c *scene) save(name string, png []byte) {
	if out := os.Getenv("SHOTS_OUT"); out != "" {
		require.NoError(c.t, os.WriteFile(filepath.Join(out, "survey-"+name+".png"), png, 0o644))
	}
}

// noScript switches the pages' own scripts off.
func (b *browser) noScript() error {
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}
