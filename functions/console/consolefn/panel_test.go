package consolefn_test

import (
	"html"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var frameSource = regexp.MustCompile(`<iframe src="([^"]*)"`)

// The company's page is told who the customer is in a token that it can check and that
// ends soon; agents who see no contacts get none into their browser.
func TestPanel(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.mails("ann@x.test", "a1@x")
	page := "/console/tickets/" + id.Number() + "?lang=en"
	require.NotContains(t, w.page(page), "<iframe")
	w.s.Panel = config.Panel{URL: "https://orders.test/of?shop=1"}
	require.Contains(t, w.page(page), "The secret panel/key is not set")

	const key = "a key of at least thirty-two bytes"
	w.deps.Secrets = func(name string) (string, bool, error) { return key, name == config.PanelSecret, nil }
	w.handler = consolefn.New(w.deps)
	resp := w.do("GET", page, nil)
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "frame-src 'self' https://orders.test;")
	u, err := url.Parse(html.UnescapeString(frameSource.FindStringSubmatch(body(t, resp))[1]))
	require.NoError(t, err)
	require.Equal(t, "1", u.Query().Get("shop"))
	claims := jwt.MapClaims{}
	read := func(u *url.URL, key string) error {
		_, err := jwt.ParseWithClaims(u.Query().Get("token"), claims, func(*jwt.Token) (any, error) { return []byte(key), nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience("https://orders.test"), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return w.now }))
		return err
	}
	require.NoError(t, read(u, key))
	require.Error(t, read(u, key+"x"))
	require.Equal(t, []any{"ann@x.test"}, claims["emails"])
	require.Equal(t, "lin", claims["agent"])
	require.Equal(t, id.Number(), claims["ticket"])

	customer := "/console/customers/" + string(w.ticket(id).Customer)
	w.s.CustomerFields = []config.CustomerField{{ID: "home", Type: config.CustomerText, Label: config.Text{"en": "At home"}}}
	require.NoError(t, w.desk.ChangeCustomer(t.Context(), w.amy(), w.ticket(id).Customer, ticketing.Profile{Fields: map[string]string{"home": "13800138000"}}))
	require.Contains(t, w.page(customer), "<iframe")
	w.s.Access.MaskContacts = true
	u, err = url.Parse(html.UnescapeString(frameSource.FindStringSubmatch(w.page(customer))[1]))
	require.NoError(t, err)
	claims = jwt.MapClaims{}
	require.NoError(t, read(u, key))
	require.NotContains(t, claims, "emails")
	require.Equal(t, map[string]any{"home": "***00"}, claims["fields"])
	require.Equal(t, string(w.ticket(id).Customer), claims["sub"])
}
