package standin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

func pages(t *testing.T, w *world) http.Handler {
	t.Helper()
	h, err := standin.NewPages(w.Standin, func(lang string) string {
		return map[string]string{"zh-CN": "示例客服", "en": "Example Desk"}[lang]
	}, time.FixedZone("CST", 8*3600))
	require.NoError(t, err)
	return h
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func post(h http.Handler, target string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// filled is a world in which something was sent on each channel.
func filled(t *testing.T, inject func(context.Context, standin.Inbound) error) *world {
	t.Helper()
	w := open(t, func(c *standin.Config) { c.Inject = inject })
	_, _, err := w.do(t, "POST", sendURL+w.token(t), `{"touser":"oLin","msgtype":"msgmenu","msgmenu":{"head_content":"满意吗？<script>alert(1)</script>","list":[{"id":"1","content":"满意"}]}}`)
	require.NoError(t, err)
	_, _, err = w.do(t, "POST", twilioURL, "To=%2B8613800138000&From=%2B15005550006&Body="+strings.Repeat("%E5%A5%BD", 71), "Authorization", "Basic QUMxOnNlY3JldCBvZiBBQzE=")
	require.NoError(t, err)
	_, _, err = w.do(t, "POST", sesURL, sesBody(rawMail), "Authorization", "AWS4-HMAC-SHA256 x")
	require.NoError(t, err)
	return w
}

// The outbox looks like the channel, in both languages, and runs nothing that a
// message brought along.
func TestOutboxPage(t *testing.T) {
	h := pages(t, filled(t, func(context.Context, standin.Inbound) error { return nil }))
	zh := get(h, "/outbox?lang=zh-CN")
	require.Equal(t, 200, zh.Code)
	require.Contains(t, zh.Header().Get("Content-Security-Policy"), "default-src 'none'")
	for _, want := range []string{
		`lang="zh-CN"`, "示例客服", "满意吗？&lt;script&gt;", `name="text" value="满意"`, `name="menu" value="1"`, "UCS-2 · 2 段", "Re: 订单", "a.pdf", "2026年3月10日 20:00",
		`href="/"`, `name="reply" value="01000`, `name="to" value="help&#43;tag@desk.example"`, `name="viewport"`,
	} {
		require.Contains(t, zh.Body.String(), want)
	}
	require.NotContains(t, zh.Body.String(), "<script>alert")
	en := get(h, "/outbox?lang=en&channel=sms").Body.String()
	require.Contains(t, en, "UCS-2 · 2 segments")
	require.Contains(t, en, "Example Desk")
	require.NotContains(t, en, "Re: 订单", "only the channel chosen")

	for _, asset := range regexp.MustCompile(`/outbox/assets/[^"]+`).FindAllString(zh.Body.String(), -1) {
		require.Equal(t, 200, get(h, asset).Code, asset)
	}
	require.Equal(t, 404, get(h, "/outbox/assets/none.js").Code)
}

func TestEmptyOutbox(t *testing.T) {
	body := get(pages(t, open(t)), "/outbox?lang=en").Body.String()
	require.Contains(t, body, "No messages yet")
	require.NotContains(t, body, "<form", "nothing to write with where nothing takes it")
}

func TestOutboxJSON(t *testing.T) {
	h := pages(t, filled(t, nil))
	w := get(h, "/outbox.json?channel=sms")
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Contains(t, w.Body.String(), `"customer":"+8613800138000"`)
	require.NotContains(t, w.Body.String(), "oLin")
	require.JSONEq(t, "[]", get(h, "/outbox.json?customer=nobody").Body.String())
}

// What a person writes goes to the desk as a webhook and then shows as the customer's.
func TestComposer(t *testing.T) {
	var got standin.Inbound
	fail := false
	w := filled(t, func(_ context.Context, in standin.Inbound) error {
		got = in
		if fail {
			return errors.New("desk says 403")
		}
		return nil
	})
	h := pages(t, w)
	form := url.Values{"channel": {"email"}, "from": {"lin@customer.example"}, "to": {"help+tag@desk.example"}, "subject": {"Re: 订单"}, "text": {"谢谢\r\n再见"}, "reply": {"id@email.amazonses.com"}}
	resp := post(h, "/outbox/write?channel=email&lang=en", form, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 303, resp.Code)
	require.Equal(t, "/outbox?channel=email&lang=en", resp.Header().Get("Location"))
	require.Equal(t, standin.Inbound{Channel: desk.Email, From: "lin@customer.example", To: "help+tag@desk.example", Subject: "Re: 订单", Text: "谢谢\n再见", InReplyTo: "id@email.amazonses.com"}, got)
	require.Contains(t, get(h, "/outbox").Body.String(), "谢谢\n再见")

	tap := url.Values{"channel": {"wechat"}, "from": {"oLin"}, "menu": {"1"}, "text": {"满意"}}
	require.Equal(t, 303, post(h, "/outbox/write?lang=en", tap).Code)
	require.Equal(t, standin.Inbound{Channel: desk.WeChat, From: "oLin", MenuID: "1", Text: "满意"}, got, "a tap on a menu is a message of the customer")

	require.Equal(t, 422, post(h, "/outbox/write", url.Values{"channel": {"wechat"}}).Code)
	fail = true
	require.Equal(t, 502, post(h, "/outbox/write?lang=en", form).Code)
	require.Equal(t, 403, post(h, "/outbox/write", form, "Sec-Fetch-Site", "cross-site").Code, "another site can't write")
	require.Equal(t, 400, post(h, "/outbox/write", url.Values{"text": {strings.Repeat("x", 70_000)}}).Code)
}
