package local_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/shared/desk"
)

// looked asks the API for words and gives how many tickets have them.
func (l *life) looked(t *testing.T, q string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.base+"/v1/search?q="+url.QueryEscape(q), nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+local.DefaultAPIToken)
	var found struct{ Items []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(ask(t, http.StatusOK, req, nil)), &found))
	return len(found.Items)
}

// kept are the segments that hold a word.
func (l *life) kept(t *testing.T, word string) (n int) {
	objects, err := l.World.Blob.List(t.Context(), "search/", "", 1000)
	require.NoError(t, err)
	for _, o := range objects {
		if raw, err := l.World.Blob.Get(t.Context(), o.Key, 0); err == nil && strings.Contains(string(raw), word) {
			n++
		}
	}
	return n
}

// What a customer wrote and what an agent answered is found after some minutes; once the
// customer has left and is erased, neither is it found nor does a segment hold their words.
func TestLifeOfASearch(t *testing.T) {
	t.Parallel()
	l := begin(t)
	w, err := l.WeChat(l.base)
	require.NoError(t, err)
	walk(t, []step{
		{"what was written is found", func(t *testing.T) {
			req, err := w.Text("oAnn", "7001", "我的杯子碎了 porcelain", l.clock.Now())
			call(t, req, err)
			l.later(t, time.Minute, func() bool { return l.looked(t, "杯子 porcelain") == 1 })
		}},
		{"and what was answered", func(t *testing.T) {
			l.reply(t, l.find(t, "oAnn", 1).ID, "马上补发一只")
			l.later(t, time.Minute, func() bool { return l.looked(t, "补发") == 1 })
			require.Positive(t, l.kept(t, "porcelain"))
		}},
		{"who leaves is forgotten", func(t *testing.T) {
			req, err := w.Event("oAnn", "unsubscribe", "", l.clock.Now())
			call(t, req, err)
			l.later(t, time.Minute, func() bool { return l.looked(t, "porcelain") == 0 && l.kept(t, "porcelain") == 0 })
			require.Equal(t, desk.StatusPending, l.find(t, "oAnn", 1).Status)
		}},
	})
}
