package portalfn_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
)

func (w *world) noSurvey(a desk.Address) bool {
	w.t.Helper()
	id, err := w.desk.Store.Identity(w.t.Context(), a)
	require.NoError(w.t, err)
	return id.Value.NoSurvey
}

// RFC 8058: one post without cookies takes the address off surveys; opening the link
// changes nothing (promise 7), nor does any other post.
func TestOneClickUnsubscribe(t *testing.T) {
	w := newWorld(t)
	ticket := w.submit("hello")
	mail := func(id string) desk.Address { return desk.Address{Channel: desk.Email, Account: "support", ID: id} }
	link := func(a desk.Address) string { return links.Unsubscribe("", w.key, a, ticket) }

	ann := mail("ann@x.test")
	page := body(t, w.do("GET", link(ann), nil))
	require.Contains(t, page, "ann@x.test")
	require.Contains(t, page, `name="List-Unsubscribe" value="One-Click"`)
	require.Contains(t, body(t, w.do("GET", link(ann)+"?lang=zh-CN", nil)), "确认退订")
	w.do("GET", link(ann)+"?List-Unsubscribe=One-Click", nil)
	require.Equal(t, http.StatusBadRequest, w.do("POST", link(ann)+"?List-Unsubscribe=One-Click", url.Values{}).StatusCode)
	require.Equal(t, http.StatusBadRequest, w.do("POST", link(ann), url.Values{"List-Unsubscribe": {"yes"}}).StatusCode)
	require.False(t, w.noSurvey(ann))

	resp := w.do("POST", link(ann), url.Values{"List-Unsubscribe": {"One-Click"}})
	require.Equal(t, http.StatusOK, resp.StatusCode, "no redirect")
	require.True(t, w.noSurvey(ann))
	require.Equal(t, http.StatusOK, w.do("POST", link(ann), url.Values{"List-Unsubscribe": {"One-Click"}}).StatusCode, "twice does it once")

	bob := mail("bob@x.test")
	r := httptest.NewRequest("POST", link(bob), strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	require.Equal(t, http.StatusOK, rec.Code)
	require.True(t, w.noSurvey(bob))

	eve := mail("eve@x.test")
	require.Equal(t, http.StatusNotFound, w.do("POST", link(eve)+"x", url.Values{"List-Unsubscribe": {"One-Click"}}).StatusCode)
	require.False(t, w.noSurvey(eve))
	rows, _, err := w.desk.Store.Messages(t.Context(), ticket, "", 100, false)
	require.NoError(t, err)
	found := 0
	for _, m := range rows {
		for _, d := range m.Value.Decisions {
			if d.Code == "opt.no_surveys" {
				found++
			}
		}
	}
	require.Equal(t, 2, found, "each stands in the ticket's journal, once")
}
