package look_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/look"
)

func kit(t *testing.T, js string) *look.Kit {
	t.Helper()
	k, err := look.NewKit("/assets", fstest.MapFS{
		"page.html": {Data: []byte(`{{define "page"}}<script src="{{asset "a.js"}}"></script>{{.}}{{end}}{{define "wrong"}}{{asset "b.js"}}{{end}}`)},
		"a.js":      {Data: []byte(js)},
	})
	require.NoError(t, err)
	return k
}

// An asset may be kept for ever because other content has another name.
func TestAssetsAreNamedByContentAndKept(t *testing.T) {
	one, err := kit(t, "1").AssetURL("a.js")
	require.NoError(t, err)
	two, err := kit(t, "2").AssetURL("a.js")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
	require.Regexp(t, `^/assets/a\.[0-9a-f]{10}\.js$`, one)

	w := httptest.NewRecorder()
	require.True(t, kit(t, "1").ServeAsset(w, httptest.NewRequest("GET", one, nil)))
	require.Equal(t, "1", w.Body.String())
	require.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	for _, other := range []string{two, "/assets/a.js", "/assets/page.html", "/other/" + strings.TrimPrefix(one, "/assets/")} {
		require.False(t, kit(t, "1").ServeAsset(httptest.NewRecorder(), httptest.NewRequest("GET", other, nil)), other)
	}
}

func TestPagesEscapeAndCarryTheHeaders(t *testing.T) {
	k := kit(t, "1")
	page, err := k.Execute("page", "<b>")
	require.NoError(t, err)
	require.Contains(t, string(page), "&lt;b&gt;")
	_, err = k.Execute("wrong", nil)
	require.ErrorContains(t, err, `no asset "b.js"`)

	w := httptest.NewRecorder()
	look.Write(w, httptest.NewRequest("GET", "/", nil), http.StatusNotFound, page)
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	policy := w.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")

	w = httptest.NewRecorder()
	look.Write(w, httptest.NewRequest("HEAD", "/", nil), http.StatusOK, page)
	require.Empty(t, w.Body.String())
}

func TestLang(t *testing.T) {
	for name, c := range map[string]struct{ url, cookie, accept, fallback, want string }{
		"the address decides":           {"/?lang=en", "zh-CN", "zh-CN", "zh-CN", "en"},
		"then what was chosen before":   {"/", "zh-CN", "en", "en", "zh-CN"},
		"then the browser":              {"/", "", "fr, zh-Hans;q=0.8, en;q=0.5", "en", "zh-CN"},
		"then the desk":                 {"/", "", "fr", "zh-CN", "zh-CN"},
		"nonsense is passed over":       {"/?lang=xx", "%%", ";;;", "", "en"},
		"traditional reads Chinese too": {"/?lang=zh-TW", "", "", "en", "zh-CN"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", c.url, nil)
			r.Header.Set("Accept-Language", c.accept)
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: look.LangCookie, Value: c.cookie})
			}
			require.Equal(t, c.want, look.Lang(r, c.fallback))
		})
	}
}

func TestPageLinksToItselfInTheOtherLanguage(t *testing.T) {
	r := httptest.NewRequest("GET", "/console?view=mine&lang=en&fbclid=1", nil)
	p := look.NewPage(r, "en", "Desk", time.UTC, "view")
	require.Equal(t, "/console?lang=zh-CN&view=mine", p.Other)
	require.Equal(t, "yes", p.L("是", "yes"))
	at := time.Date(2026, 11, 2, 23, 5, 0, 0, time.UTC)
	require.Equal(t, "2 Nov 2026, 23:05", p.When(at))
	p.Lang, p.Zone = "zh-CN", time.FixedZone("", 8*3600)
	require.Equal(t, "2026年11月3日 07:05", p.When(at))
	require.Empty(t, p.When(time.Time{}))
}

// Whatever a browser sends, the page has one of the two languages.
func FuzzLang(f *testing.F) {
	f.Add("lang=zh", "zh-CN;q=0.9, *;q=0")
	f.Add("lang=%00", strings.Repeat("a-", 500))
	f.Fuzz(func(t *testing.T, query, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		r.Header.Set("Accept-Language", accept)
		require.Contains(t, []string{look.Chinese, look.English}, look.Lang(r, ""))
	})
}
