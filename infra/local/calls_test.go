package local_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/provider"
)

func get(t *testing.T, url string, into any) string {
	resp, err := client.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, json.Unmarshal(b, into))
	return string(b)
}

// The local desk tells which webhook calls came and why any was refused, and nothing of
// what stood in them.
func TestCallsAreTold(t *testing.T) {
	d, base := start(t)
	w, err := d.WeChat(base)
	require.NoError(t, err)
	req, err := w.Text("oAlice", "1001", "a word of hers", time.Now())
	call(t, req, err)
	for path, body := range map[string]string{"/webhooks/sms/main": "Body=a+word+of+hers", "/webhooks/sms/other": "", "/webhooks/generic/main": "{}"} {
		resp, err := client.Post(base+path, "application/x-www-form-urlencoded", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	require.NoError(t, d.Mail(t.Context(), "", provider.Mail{From: "cy@customer.example", To: d.MailAddress(), Text: "a word of his", MessageID: "m1@x", At: time.Now()}.Bytes()))

	var got struct{ Calls []local.ReceivedCall }
	require.Eventually(t, func() bool {
		text := get(t, base+"/local/calls", &got)
		require.NotContains(t, text, "word")
		require.NotContains(t, text, "oAlice")
		return len(got.Calls) == 5
	}, 10*time.Second, 20*time.Millisecond)
	outcomes := map[string]int{}
	for _, c := range got.Calls {
		outcomes[c.Channel+"/"+c.Account+" "+c.Reason] = c.Status
	}
	require.Equal(t, map[string]int{
		"wechat/main received": 200, "sms/main unauthentic": 403, "sms/other unknown_account": 404, "generic/main unauthentic": 403, "email/ received": 0,
	}, outcomes)
	get(t, base+"/local/calls?after=4", &got)
	require.Len(t, got.Calls, 1)
}

// Tokens' faults and dead letters are told without anything secret.
func TestStateIsTold(t *testing.T) {
	_, base := start(t)
	var got struct {
		Tokens []local.TokenState
		Dead   map[string]int
	}
	require.Eventually(t, func() bool {
		require.NotContains(t, get(t, base+"/local/state", &got), "local-wechat")
		return len(got.Tokens) == 1
	}, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, "wechat", got.Tokens[0].Channel)
	require.Empty(t, got.Tokens[0].Error)
	require.Contains(t, got.Dead, "inbound-dead.fifo")
}
