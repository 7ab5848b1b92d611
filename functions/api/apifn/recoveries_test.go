package apifn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// A bad answer is listed until it is followed up, and moves only forward.
func TestRecoveries(t *testing.T) {
	b := newBench(t)
	s, err := b.desk.Settings(t.Context())
	require.NoError(t, err)
	s.Recoveries.Within = config.Duration(24 * time.Hour)
	number := b.receive(desk.SMS, "+15005550009", "hello")
	planned := b.do("POST", "/v1/tickets/"+number+"/surveys", `{"survey":"csat"}`).is(202).json()
	id := desk.SurveyID(planned["id"].(string))
	row, err := b.desk.Store.Survey(t.Context(), id)
	require.NoError(t, err)
	b.now = row.Value.Due
	require.NoError(t, b.desk.FireSurvey(t.Context(), id, row.Value.Gen, b.now, nil))
	_, err = b.desk.Answer(t.Context(), id, desk.Score{Value: 1, At: b.now, By: desk.SMS})
	require.NoError(t, err)

	path := "/v1/recoveries/" + string(id)
	require.Len(t, b.do("GET", "/v1/recoveries", "").is(200).items(), 1)
	require.Len(t, b.do("GET", "/v1/recoveries?team=sales&state=due&limit=1", "").is(200).items(), 1)
	require.Empty(t, b.do("GET", "/v1/recoveries?team=support", "").is(200).items())
	require.Empty(t, b.do("GET", "/v1/recoveries?state=done", "").is(200).items())
	b.do("GET", "/v1/recoveries?state=lost", "").names(400, "state")
	b.do("GET", "/v1/recoveries?cursor=AAAA", "").names(400, "cursor")
	b.do("GET", "/v1/recoveries/none", "").is(404)
	got := b.do("GET", path, "").is(200).json()
	require.Equal(t, number, got["ticket"])
	require.Equal(t, false, got["overdue"])
	b.now = b.now.Add(25 * time.Hour)
	require.Equal(t, true, b.do("GET", path, "").is(200).json()["overdue"])

	b.do("PATCH", path, `{"owner_id":"nobody-known"}`).names(422, "owner_id")
	b.do("PATCH", path, `{"state":"asked_again"}`).is(409)
	b.do("PATCH", path, `{"state":"lost"}`).is(422)
	b.do("PATCH", path, `{"status":"done"}`).is(422)
	got = b.do("PATCH", path, `{"state":"contacted","note":"called her"}`, "Idempotency-Key", "k").is(200).json()
	require.Equal(t, "contacted", got["state"])
	b.do("PATCH", path, `{"state":"done"}`).is(200)
	got = b.do("PATCH", path, `{"state":"asked_again"}`).is(200).json()
	require.NotEmpty(t, got["asked_again"])
	require.Empty(t, b.do("GET", "/v1/recoveries", "").is(200).items())
	require.Len(t, b.do("GET", "/v1/recoveries?state=asked_again", "").is(200).items(), 1)
}

// The follow-ups of all teams page as one list, the first deadline first.
func TestRecoveriesOfAllTeams(t *testing.T) {
	b := newBench(t)
	var tx store.Tx
	for i, team := range []string{"support", "sales", "support", "sales", "support"} {
		r := desk.Recovery{Survey: desk.SurveyID(fmt.Sprint("s", i)), Ticket: desk.TicketID(fmt.Sprint("7K3Q9", i)), Team: team, State: desk.RecoveryDue, Kind: desk.CSAT, Of: "csat", Opened: t0, Deadline: t0.Add(time.Duration(i) * time.Hour)}
		tx.PutRecovery(store.Row[desk.Recovery]{Value: r})
		r.Survey, r.State, r.Recovered = "won"+r.Survey, desk.RecoveryAskedAgain, r.Deadline
		tx.PutRecovery(store.Row[desk.Recovery]{Value: r})
	}
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	pages := func(path string) (ids []any) {
		for cursor := ""; ; {
			a := b.do("GET", path+cursor, "").is(200)
			for _, r := range a.items() {
				ids = append(ids, field(r, "id"))
			}
			next, ok := a.json()["next_cursor"].(string)
			if !ok {
				return ids
			}
			cursor = "&cursor=" + next
		}
	}
	require.Equal(t, []any{"s0", "s1", "s2", "s3", "s4"}, pages("/v1/recoveries?limit=2"))
	require.Equal(t, []any{"s1", "s3"}, pages("/v1/recoveries?limit=1&team=sales"))
	require.Equal(t, []any{"wons4", "wons3", "wons2", "wons1", "wons0"}, pages("/v1/recovered?limit=2&month=2026-03"))
}
