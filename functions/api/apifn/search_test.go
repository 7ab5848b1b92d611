package apifn_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// index makes the words of tickets findable.
func (b *bench) index(numbers ...string) {
	b.t.Helper()
	var tx store.Tx
	for i, n := range numbers {
		id, _ := desk.ParseNumber(n)
		rows, _, err := b.rows.Messages(context.Background(), id, "", 100, false)
		require.NoError(b.t, err)
		touched := store.TouchedRow{At: b.now}
		for _, r := range rows {
			touched.Messages = append(touched.Messages, store.Touched{Ticket: id, Message: r.Value.ID})
		}
		tx.PutTouched(fmt.Sprint(i), touched)
	}
	require.NoError(b.t, b.rows.Commit(context.Background(), &tx))
	_, err := (&find.Indexer{Store: b.rows, Blob: b.files}).Run(context.Background())
	require.NoError(b.t, err)
}

func found(a answer) (out []string) {
	for _, i := range a.items() {
		out = append(out, i.(map[string]any)["ticket"].(map[string]any)["number"].(string))
	}
	return out
}

func searching(q string) string { return "/v1/search?q=" + url.QueryEscape(q) }

// One box finds a ticket by its number, a customer by address and name, and words.
func TestSearch(t *testing.T) {
	b := newBench(t)
	first := b.receive(desk.SMS, "+8613800138000", "我的订单还没到")
	second := b.receive(desk.WeChat, "oABCDEF0123456789abcdef", "订单要退款, order A-17 please")
	b.index(first, second)

	a := b.do("GET", searching(first), "").is(200)
	require.Equal(t, first, a.json()["ticket"].(map[string]any)["number"])
	for _, q := range []string{"138 0013 8000", "+86 138-0013-8000", "oABCDEF0123456789abcdef"} {
		v := b.do("GET", searching(q), "").is(200).json()
		require.Equal(t, "address", v["customers"].([]any)[0].(map[string]any)["matched_by"], q)
		require.Len(t, v["tickets"], 1, q)
	}
	require.Len(t, b.do("GET", searching("王"), "").is(200).json()["customers"], 2)

	a = b.do("GET", searching("订单"), "").is(200)
	require.Equal(t, []string{second, first}, found(a))
	require.Nil(t, a.json()["next_cursor"])
	require.Equal(t, "我的订单还没到", a.items()[1].(map[string]any)["snippet"])
	require.Equal(t, []string{second}, found(b.do("GET", searching("ORDER 退款"), "").is(200)))

	page := b.do("GET", searching("订单")+"&limit=1", "").is(200)
	require.Equal(t, []string{second}, found(page))
	next := page.json()["next_cursor"].(string)
	require.Equal(t, []string{first}, found(b.do("GET", searching("订单")+"&cursor="+next, "").is(200)))
	b.do("GET", searching("退款")+"&cursor="+next, "").names(400, "cursor")

	require.Empty(t, found(b.do("GET", searching("订单")+"&to=2020-01-01", "").is(200)))
	require.Len(t, found(b.do("GET", searching("订单")+"&from=2020-01-01", "").is(200)), 2)
	b.do("GET", "/v1/search", "").names(400, "q")
	b.do("GET", searching("x")+"&from=2026-02-01&to=2026-01-01", "").names(400, "from")
}

// What a role may not see is not found by any way in, and a masked agent reads no number
// that a snippet has cut in two.
func TestSearchShowsWhatTheCallerMaySee(t *testing.T) {
	b := newBench(t)
	theirs := b.receive(desk.SMS, "+14155550100", "secret word")
	ours := b.receive(desk.WeChat, "w", "secret word, call +14155550199 or 13800138000 please")
	b.index(theirs, ours)
	b.people(map[string]allow.Principal{"support": inTeam("amy", allow.Agent, "support")})
	require.Equal(t, []string{ours}, found(b.as("support", "GET", searching("secret"), "").is(200)))
	v := b.as("support", "GET", searching(theirs), "").is(200).json()
	require.Nil(t, v["ticket"])
	require.Empty(t, b.as("support", "GET", searching("+14155550100"), "").is(200).json()["tickets"])

	b.s.Access.MaskContacts = true
	for _, q := range []string{"secret", "13800138000", "14155550199"} {
		a := b.as("support", "GET", searching(q), "").is(200)
		require.Len(t, a.items(), 1, q)
		require.NotContains(t, string(a.body), "1380013")
		require.NotContains(t, string(a.body), "1415555")
	}
}

// A search is a look at customers' data, and noted as one, without what was looked for.
func TestSearchIsAudited(t *testing.T) {
	b := newBench(t)
	b.do("GET", searching("somebody@example.com"), "").is(200)
	a := b.do("GET", "/v1/audit", "", "Authorization", "Bearer "+leadToken).is(200)
	require.Equal(t, "GET /v1/search", a.items()[0].(map[string]any)["action"])
	require.NotContains(t, string(a.body), "somebody")
}
