package apifn_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// The document tells of each event there is, and of no other; the headers are those that
// are sent.
func TestEventsAreInTheContract(t *testing.T) {
	want := append(words(desk.Events), string(desk.EventTest))
	slices.Sort(want)
	require.Equal(t, want, slices.Sorted(maps.Keys(spec(t).Webhooks)))
	secret, ok, err := config.LocalDefaults(config.WebhookSecret("erp"))
	require.True(t, ok, "%v", err)
	header, err := generic.Headers([]string{secret, secret}, tell.ID(t0, "x"), t0, []byte("{}"))
	require.NoError(t, err)
	for name, item := range spec(t).Webhooks {
		require.NotNil(t, item.Post, name)
		require.Empty(t, *item.Post.Security, name)
		for _, p := range item.Post.Parameters {
			value := header.Get(p.Value.Name)
			require.NotEmpty(t, value, p.Value.Name)
			require.Regexp(t, regexp.MustCompile(p.Value.Schema.Value.Pattern), value)
		}
		require.Len(t, item.Post.Parameters, 3, name)
	}
}

func words[S ~string](list []S) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// told validates an event as it is sent.
func told(t *testing.T, e desk.Event) {
	t.Helper()
	item := spec(t).Webhooks[string(e.Name)]
	require.NotNil(t, item, e.Name)
	var v any
	require.NoError(t, json.Unmarshal([]byte(e.Body), &v))
	schema := item.Post.RequestBody.Value.Content["application/json"].Schema.Value
	require.NoError(t, schema.VisitJSON(v, openapi3.EnableJSONSchema2020()), "%s", e.Body)
	v.(map[string]any)["type"] = "another"
	require.Error(t, schema.VisitJSON(v, openapi3.EnableJSONSchema2020()), "its schema names it")
}

// What the desk tells fits the document: events of a desk at work, out of its change feed.
func TestEventsFitTheContract(t *testing.T) {
	w := newWhole(t)
	w.work()
	changes, err := w.rows.T.(rushed).Table.(*bolt.DB).Changes(t.Context(), "", 10_000)
	require.NoError(t, err)
	seen := map[desk.EventName]bool{}
	for _, c := range changes {
		if d, ok := store.HookWork(c); ok {
			told(t, d.Event)
			seen[d.Event.Name] = true
		}
		d, ok := store.ChangeOf(c)
		if !ok {
			continue
		}
		for _, e := range tell.Events(d, tell.Rules{Bad: w.s.BadScore}) {
			told(t, e)
			seen[e.Name] = true
		}
	}
	for _, e := range w.rest() {
		told(t, e)
		seen[e.Name] = true
	}
	require.ElementsMatch(t, append(slices.Clone(desk.Events), desk.EventTest), slices.Collect(maps.Keys(seen)))
}

// work lets happen what this bench can let happen.
func (w *whole) work() {
	t := w.t
	number := w.at("/v1/tickets/{number}")
	w.s.SLA = []config.SLA{{ID: "fast", FirstResponse: config.Duration(time.Hour), WarnBefore: config.Duration(30 * time.Minute)}}
	late, _ := desk.ParseNumber(w.receive(desk.WeChat, "late", strings.Repeat("字", 9000)))
	for range 2 {
		w.now = w.now.Add(40 * time.Minute)
		require.NoError(t, w.desk.FireTimers(t.Context(), late, w.now))
	}
	w.call("PATCH", number, `{"assignee_id":"li","tags":["refund"],"status":"pending"}`).is(200)
	w.call("PATCH", number, `{"status":"resolved"}`).is(200)
	w.answered(desk.Sent)
	w.answered(desk.Failed)
	w.recovering()
	w.call("POST", "/v1/topics/"+w.topic+"/done", `{"text":{"en":"It is there","zh-CN":"做好了"}}`).is(202)
	w.call("POST", "/v1/customers/"+w.customer+"/merge", `{"into":"`+w.other()+`","why":"said so"}`).is(http.StatusOK)
	w.call("POST", "/v1/customers/"+w.customer+"/unmerge", "").is(http.StatusOK)
	w.call("POST", "/v1/webhooks/erp/test", "").is(202)
}

// rest are events whose writes are other functions' work.
func (w *whole) rest() (out []desk.Event) {
	tellOf := func(c desk.Change) {
		c.Row, c.Version, c.Seq, c.At = "row", 1, "7", w.now
		out = append(out, tell.Events(c, tell.Rules{})...)
	}
	journal := func(ticket desk.TicketID, code string, args map[string]string) *desk.Message {
		return &desk.Message{ID: "1", Ticket: ticket, Kind: desk.Journal, At: w.now, Decisions: []desk.Decision{{Code: code, Args: args}}}
	}
	tellOf(desk.Change{Message: journal("7K3Q9W", "recovery.due", map[string]string{"owner": "li"})})
	tellOf(desk.Change{Owner: "c", Message: journal("", "erased.left", nil)})
	tellOf(desk.Change{Owner: "c", Message: journal("", lifecycle.RiskChanged, map[string]string{"was_risk": "low", "risk": "high", "stage": "active", "reasons": "a, b"})})
	skipped := desk.Survey{ID: "s", Ticket: "7K3Q9W", Kind: desk.NPS, State: desk.SurveySkipped, Why: "survey.capped"}
	tellOf(desk.Change{Survey: &skipped})
	return out
}
