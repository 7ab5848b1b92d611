package apifn_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// A ticket tells its deadlines, and what is late is listed with the soonest one first.
func TestDeadlines(t *testing.T) {
	b := newBench(t)
	s, err := b.desk.Settings(context.Background())
	require.NoError(t, err)
	b.do("GET", "/v1/tickets?view=late", "").names(400, "view")
	without := b.receive(desk.WeChat, "before", "hello")
	require.Nil(t, b.do("GET", "/v1/tickets/"+without, "").is(200).json()["sla"])

	s.SLA = []config.SLA{{ID: "fast", FirstResponse: config.Duration(time.Hour), WarnBefore: config.Duration(30 * time.Minute)}}
	first := b.receive(desk.WeChat, "one", "hello")
	second := b.receive(desk.SMS, "two", "hello")
	due := b.now.Add(time.Hour)
	b.now = b.now.Add(59 * time.Minute) // past the first one's deadline, and the second one's warning
	for _, number := range []string{first, second} {
		id, ok := desk.ParseNumber(number)
		require.True(t, ok)
		require.NoError(t, b.desk.FireTimers(context.Background(), id, b.now))
	}
	require.Equal(t, []string{first}, numbers(b.do("GET", "/v1/tickets?view=overdue", "").is(200).items()))
	require.Equal(t, []string{second}, numbers(b.do("GET", "/v1/tickets?view=at_risk", "").is(200).items()))
	require.Equal(t, []string{first}, numbers(b.do("GET", "/v1/tickets?view=overdue&team=support", "").is(200).items()))
	require.Empty(t, b.do("GET", "/v1/tickets?view=overdue&team=sales", "").is(200).items())
	b.do("GET", "/v1/tickets?view=overdue&cursor=AAAA", "").names(400, "cursor")

	got := b.do("GET", "/v1/tickets/"+second, "").is(200).json()["sla"].(map[string]any)
	require.Equal(t, "fast", got["policy"])
	require.Nil(t, got["resolution"])
	require.Equal(t, map[string]any{
		"stage": "active", "due_at": due.Format(time.RFC3339), "met_at": nil, "breached": false, "target_s": json.Number("3600"),
	}, got["first_response"])

	b.now = due.Add(time.Minute)
	third, _ := desk.ParseNumber(second)
	require.NoError(t, b.desk.FireTimers(context.Background(), third, b.now))
	require.Equal(t, []string{first, second}, b.allPages("/v1/tickets?view=overdue&limit=1"), "of all teams")
	require.Empty(t, b.allPages("/v1/tickets?view=overdue&limit=1&status=closed"))
	require.Equal(t, []string{without, first, second}, b.allPages("/v1/tickets?assignee=none&limit=1"), "of all teams")
}

// The policies are listed as they are chosen: in order, with what each promises.
func TestListSLAPolicies(t *testing.T) {
	b := newBench(t)
	require.Empty(t, b.do("GET", "/v1/sla/policies", "").is(200).items())
	b.s.SLA = []config.SLA{
		{ID: "vip", When: config.SLAWhen{Tiers: []string{"vip"}}, FirstResponse: config.Duration(time.Hour), OnBreach: config.SLABreach{Assign: "nobody"}},
		{ID: "rest", Calendar: "office", Resolution: config.Duration(48 * time.Hour), PauseOnHold: true},
	}
	got := b.do("GET", "/v1/sla/policies", "").is(200).items()
	require.Len(t, got, 2)
	vip, rest := got[0].(map[string]any), got[1].(map[string]any)
	require.Equal(t, []any{"vip", []any{"vip"}, json.Number("3600"), nil, nil}, []any{vip["id"], vip["tiers"], vip["first_response_s"], vip["resolution_s"], vip["calendar"]})
	require.Equal(t, "nobody", vip["on_breach"].(map[string]any)["assignee_id"])
	require.Equal(t, []any{"office", true, json.Number("172800")}, []any{rest["calendar"], rest["pause_on_hold"], rest["resolution_s"]})
}
