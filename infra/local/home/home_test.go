package home_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/home"
)

func open(t *testing.T, status func() home.Status) http.Handler {
	t.Helper()
	h, err := home.New(home.Config{
		Desk: func(lang string) string {
			return map[string]string{"zh-CN": "示例客服", "en": "Example Desk"}[lang]
		},
		Zone: time.FixedZone("CST", 8*3600),
		Links: func() []home.Link {
			return []home.Link{{Icon: "webform", URL: "/forms/contact", TitleZH: "联系我们", TitleEN: "Contact us"}}
		},
		Status: status, Folder: ".deskhook",
	})
	require.NoError(t, err)
	return h
}

func call(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

// `/` is a page with the way to everything, in both languages.
func TestHome(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	h := open(t, func() home.Status {
		return home.Status{Calls: 41, Failed: 2, Waiting: 3, Dead: 1, Recent: []home.Call{{At: at, Function: "tickets", Trigger: "queue inbound.fifo", Took: 12345 * time.Microsecond, Error: "<b>no</b>"}}}
	})
	zh := call(h, "GET", "/?lang=zh-CN")
	require.Equal(t, 200, zh.Code)
	for _, want := range []string{`lang="zh-CN"`, "示例客服", `href="/forms/contact"`, `href="/console"`, `href="/outbox"`, `href="/v1/openapi.json"`, `href="/healthz"`, "处理失败", "2026年3月10日 20:00", "12ms", "&lt;b&gt;no", ".deskhook"} {
		require.Contains(t, zh.Body.String(), want)
	}
	en := call(h, "GET", "/?lang=en").Body.String()
	require.Contains(t, en, "Example Desk")
	require.Contains(t, en, "Dead letters")
	for _, asset := range regexp.MustCompile(home.Assets+`/[^"]+`).FindAllString(en, -1) {
		require.Equal(t, 200, call(h, "GET", asset).Code, asset)
	}
}

func TestHomeWithoutCalls(t *testing.T) {
	require.Contains(t, call(open(t, func() home.Status { return home.Status{} }), "GET", "/?lang=en").Body.String(), "No calls yet")
	require.NotContains(t, call(open(t, nil), "GET", "/?lang=en").Body.String(), "Dead letters")
}

func TestHomeListsTheNewestCalls(t *testing.T) {
	body := call(open(t, func() home.Status {
		return home.Status{Recent: append(make([]home.Call, 19), home.Call{Function: "twentieth"}, home.Call{Function: "too-old"})}
	}), "GET", "/").Body.String()
	require.Contains(t, body, "twentieth")
	require.NotContains(t, body, "too-old")
}

func TestHomeAnswersNothingElse(t *testing.T) {
	h := open(t, nil)
	require.Equal(t, 404, call(h, "GET", "/other").Code)
	require.Equal(t, 404, call(h, "GET", home.Assets+"/none.css").Code)
	require.Equal(t, 405, call(h, "POST", "/").Code)
}
