package local_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// subscriber is a program that takes events, proving each with the standard's own
// library, and that refuses the first try of each.
type subscriber struct {
	wh *standardwebhooks.Webhook

	mu    sync.Mutex
	tries map[string]int
	types []string
}

func (s *subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.Header.Get("webhook-id")
	s.tries[id]++
	switch {
	case err != nil || s.wh.VerifyIgnoringTimestamp(body, r.Header) != nil:
		s.types = append(s.types, "forged")
		w.WriteHeader(http.StatusUnauthorized)
	case s.tries[id] == 1:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		var p struct{ Type string }
		_ = json.Unmarshal(body, &p)
		s.types = append(s.types, p.Type)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *subscriber) has(types ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(s.types, t) })
}

// What happens is told to who subscribed, over the whole desk: signed so that the
// standard's own library takes it, and again after a refusal with the same id.
func TestLifeOfEvents(t *testing.T) {
	t.Parallel()
	wh, err := standardwebhooks.NewWebhook("whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtMzItYnl0ZXMtb2s=")
	require.NoError(t, err)
	sub := &subscriber{wh: wh, tries: map[string]int{}}
	server := httptest.NewServer(sub)
	t.Cleanup(server.Close)
	l := begin(t, func(s *config.Settings) {
		s.Webhooks = []config.Webhook{{Name: "erp", URL: server.URL + "/events", Events: []string{"*"}, AllowLoopback: true}}
	})
	tw, err := l.Twilio(l.base)
	require.NoError(t, err)
	req, err := tw.Message("+14155550777", "SM00000000000000000000000000000777", "hello")
	ask(t, http.StatusOK, req, err)
	id := l.find(t, "+14155550777", 1).ID
	l.reply(t, id, "good day")
	l.later(t, 10*time.Second, func() bool { return sub.has("ticket.created", "message.received", "message.sent") })
	require.False(t, sub.has("forged"))
}
