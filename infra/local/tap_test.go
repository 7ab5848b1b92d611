package local_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A tap on a menu in the outbox is Tencent's call of a tap, and no typed text.
func TestTapInTheOutbox(t *testing.T) {
	t.Parallel()
	l := begin(t)
	form := url.Values{"channel": {"wechat"}, "from": {"oAnn"}, "text": {"5 非常满意"}, "menu": {"s-7K3Q-5"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.base+"/outbox/write", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	tk := l.find(t, "oAnn", 1)
	first := l.timeline(t, tk.ID)[0]
	require.Equal(t, "5 非常满意", first.Text)
	require.Contains(t, first.Fields, desk.Field{Name: "bizmsgmenuid", Value: "s-7K3Q-5"})
}
