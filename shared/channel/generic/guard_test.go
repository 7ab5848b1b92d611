package generic_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/generic"
)

// A callback that leads into the desk's own network is never connected to.
func TestGuardedAtDialTime(t *testing.T) {
	secrets := map[string]string{"secret": first}
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "localhost", "[::1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:10.0.0.1]",
		"[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "198.18.0.1", "[ff02::1]",
	} {
		s := sender(t, `{"callback_url":"https://`+host+`:9/replies"}`, generic.Client(false), secrets)
		out := s.Send(t.Context(), message)
		require.Equal(t, channel.OutcomeAuth, out.Kind, "%s: %s", host, out.Reason)
		require.Contains(t, out.Reason, "not public", host)
	}
}

// Loopback is open where the account says so, and nothing else is.
func TestLoopbackForTryingOut(t *testing.T) {
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.Header; w.WriteHeader(http.StatusNoContent) }))
	defer srv.Close()
	secrets := []map[string]string{{"secret": first}, {"secret": second}}
	s := sender(t, `{"callback_url":"`+srv.URL+`","allow_loopback":true}`, generic.Client(true), secrets...)
	require.Equal(t, channel.OutcomeSent, s.Send(t.Context(), message).Kind)
	require.Len(t, strings.Fields(got.Get("Webhook-Signature")), 2, "one signature by each live secret")

	s = sender(t, `{"callback_url":"https://10.0.0.1/","allow_loopback":true}`, generic.Client(true), secrets...)
	require.Equal(t, channel.OutcomeAuth, s.Send(t.Context(), message).Kind)
}

// What can't be sent is said at once.
func TestNothingIsSentInVain(t *testing.T) {
	secrets := map[string]string{"secret": first}
	require.Equal(t, channel.OutcomeAuth, sender(t, `{}`, generic.Client(false), secrets).Send(t.Context(), message).Kind)
	s := sender(t, set, generic.Client(false), secrets)
	empty := message
	empty.Text = " "
	require.Equal(t, channel.OutcomeRefused, s.Send(t.Context(), empty).Kind)
}
