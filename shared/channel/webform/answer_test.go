package webform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/stretchr/testify/require"
)

func answer(t *testing.T, c *webform.Channel, r channel.Request) channel.Response {
	t.Helper()
	v, err := c.Verify(t.Context(), r)
	if err != nil {
		return c.Refuse(r, err)
	}
	return c.Ack(v)
}

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// A script gets JSON, and may read it only on a page that the form lists.
func TestAnswerToScript(t *testing.T) {
	c := form(t)
	r := post("application/json", `{"email":"a@b.example","message":"x"}`, "origin", "https://shop.example", "accept", browser)
	resp := answer(t, c, r)
	require.Equal(t, 200, resp.Status)
	require.Equal(t, "application/json", resp.Header["content-type"])
	require.Equal(t, "https://shop.example", resp.Header["access-control-allow-origin"])
	require.Contains(t, resp.Header["vary"], "Origin")
	id := envelope(t, c, r).Dedup
	require.JSONEq(t, `{"ok":true,"id":"`+id+`","status_url":"https://desk.example.com/s/`+id+`"}`, string(resp.Body))

	for _, origin := range []string{"null", "https://evil.example", "https://shop.example.evil", "http://shop.example", ""} {
		r.Header["origin"] = []string{origin}
		require.NotContains(t, answer(t, c, r).Header, "access-control-allow-origin", origin)
	}
	c.StatusURL = nil
	require.JSONEq(t, `{"ok":true,"id":"`+id+`"}`, string(answer(t, c, r).Body))
}

func TestPreflight(t *testing.T) {
	var f config.Form
	require.NoError(t, json.Unmarshal([]byte(contact), &f))
	resp := webform.Preflight(f, "https://shop.example")
	require.Equal(t, 204, resp.Status)
	require.Equal(t, "https://shop.example", resp.Header["access-control-allow-origin"])
	require.Equal(t, "POST", resp.Header["access-control-allow-methods"])
	f.Origins = append(f.Origins, "null")
	for _, origin := range []string{"null", "", "https://other.example"} {
		require.Equal(t, map[string]string{"vary": "Origin, Accept, Accept-Language"}, webform.Preflight(f, origin).Header, origin)
	}
}

// A browser is sent on with 303: to _next only where the form allows it.
func TestAnswerToBrowser(t *testing.T) {
	c := form(t)
	for next, ok := range map[string]bool{
		"https://shop.example/thanks":         true,
		"https://shop.example/thanks?lang=zh": true,
		"https://shop.example/":               false,
		"https://shop.example.evil/thanks":    false,
		"https://shop.example@evil/thanks":    false,
		"//evil.example/":                     false,
		"javascript:alert(1)":                 false,
		"":                                    false,
	} {
		resp := answer(t, c, post(urlencoded, goodForm+"&_next="+strings.NewReplacer("?", "%3F", "&", "%26").Replace(next), "accept", browser))
		require.Equal(t, 303, resp.Status)
		if ok {
			require.Equal(t, next, resp.Header["location"])
		} else {
			require.Regexp(t, `^https://desk\.example\.com/s/[0-9a-f]{20}$`, resp.Header["location"], next)
		}
	}
	c.StatusURL = nil
	resp := answer(t, c, post(urlencoded, goodForm, "accept", browser, "accept-language", "zh"))
	require.Equal(t, 200, resp.Status)
	require.Contains(t, string(resp.Body), "提交成功")
}

func TestRefusalToScript(t *testing.T) {
	resp := answer(t, form(t), post("application/json", `{"email":"x","_lang":"en"}`, "origin", "https://shop.example"))
	require.Equal(t, 422, resp.Status)
	require.Equal(t, "application/problem+json", resp.Header["content-type"])
	require.Equal(t, "https://shop.example", resp.Header["access-control-allow-origin"])
	require.JSONEq(t, `{"type":"about:blank","title":"Unprocessable Entity","status":422,"errors":[
		{"field":"email","message":"Please give an e-mail address such as name@example.com."},
		{"field":"message","message":"Please fill this in."}]}`, string(resp.Body))
}

// What was typed is not lost over a mistake, and is shown as text, never as HTML.
func TestRefusalToBrowser(t *testing.T) {
	body := "name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&email=x&topic=other&message=my+long+words&_id=n1&_next=https://shop.example/thanks"
	resp := answer(t, form(t), post(urlencoded, body, "accept", browser, "accept-language", "zh-CN"))
	require.Equal(t, 422, resp.Status)
	require.Equal(t, "text/html; charset=utf-8", resp.Header["content-type"])
	require.Contains(t, resp.Header["content-security-policy"], "default-src 'none'; style-src 'sha256-")
	page := string(resp.Body)
	for _, want := range []string{
		`<html lang="zh-CN">`, "请填写正确的邮箱地址", "my long words", `value="other" selected`,
		`name="_id" value="n1"`, `name="_next" value="https://shop.example/thanks"`, `name="_gotcha"`,
		`action="/forms/main" enctype="multipart/form-data"`, `value="&lt;script&gt;alert(1)&lt;/script&gt;"`,
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "<script>")

	resp = answer(t, form(t), post("text/plain", "x", "accept", browser, "referer", "https://shop.example/form"))
	require.Equal(t, 415, resp.Status)
	require.Contains(t, string(resp.Body), `<a href="https://shop.example/form">Go back</a>`)
	resp = answer(t, form(t), post("text/plain", "x", "accept", browser, "referer", "javascript:alert(1)"))
	require.NotContains(t, string(resp.Body), "javascript:")
}

func TestLanguage(t *testing.T) {
	for accept, want := range map[string]string{
		"zh-TW,zh;q=0.9": "zh-CN", "fr,en-US;q=0.5": "en", "": "zh-CN", "de": "zh-CN", "zh;q=0, en": "en",
	} {
		c := form(t)
		c.Lang = "zh-CN"
		require.Equal(t, want, envelope(t, c, post(urlencoded, goodForm, "accept-language", accept)).Meta["lang"], accept)
	}
}

// Any body of any type is read or refused, and either has an answer.
func FuzzSubmission(f *testing.F) {
	f.Add(urlencoded, []byte(goodForm), browser)
	f.Add("application/json", []byte(`{"email":["a@b.example"],"message":1}`), "*/*")
	f.Add(multi, []byte(withFile("\n", `filename*=utf-8''%00a`)), browser)
	f.Fuzz(func(t *testing.T, contentType string, body []byte, accept string) {
		c, err := newForm(contact)
		require.NoError(t, err)
		r := post(contentType, string(body), "accept", accept)
		v, err := c.Verify(t.Context(), r)
		if err != nil {
			require.ErrorIs(t, err, channel.ErrRefused)
			require.GreaterOrEqual(t, c.Refuse(r, err).Status, 400)
			return
		}
		require.Less(t, c.Ack(v).Status, 400)
		es, err := c.Envelopes(v)
		require.NoError(t, err)
		ins, err := c.Parse(es[0])
		require.NoError(t, err)
		require.NotEmpty(t, ins[0].From.ID)
	})
}
