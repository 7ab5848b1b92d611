package apifn_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// TestRoutesAndSpecAgree: every documented operation is served, and no other: what is
// not documented is 404 or 405.
func TestRoutesAndSpecAgree(t *testing.T) {
	b := newBench(t)
	var documented []string
	for path, item := range spec(t).Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	slices.Sort(documented)
	require.Equal(t, apifn.Routes(), documented)
	for _, route := range documented {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{number}", "DH-0000-00", "{id}", "x").Replace(path)
		a := b.do(method, path, `{"text":"x"}`, "Authorization", "Bearer "+leadToken)
		require.NotEqual(t, http.StatusMethodNotAllowed, a.status, route)
		if a.status == http.StatusNotFound {
			require.NotContains(t, string(a.body), "nothing at this address", route)
		}
	}
}

// TestTicketLists: one partition pages by cursor to its end, several are merged, and
// what is listed is what was asked for.
func TestTicketLists(t *testing.T) {
	b := newBench(t)
	var wechat, sms []string
	for i := range 5 {
		wechat = append(wechat, b.receive(desk.WeChat, fmt.Sprint("w", i), "hello"))
		sms = append(sms, b.receive(desk.SMS, fmt.Sprint("s", i), "hello"))
	}
	slices.Reverse(wechat)
	slices.Reverse(sms)

	var paged []string
	path := "/v1/tickets?team=support&status=new&limit=2"
	for cursor := ""; ; {
		a := b.do("GET", path+cursor, "").is(200)
		paged = append(paged, numbers(a.items())...)
		next, ok := a.json()["next_cursor"].(string)
		require.Equal(t, ok, a.json()["more"])
		if !ok {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Equal(t, wechat, paged)

	b.do("PATCH", "/v1/tickets/"+sms[1], `{"priority":"high","tags":["refund"],"type":"complaint"}`).is(200)
	all := b.do("GET", "/v1/tickets", "").is(200)
	require.Len(t, all.items(), 10)
	require.Equal(t, sms[0], numbers(all.items())[0])
	require.Equal(t, false, all.json()["more"])
	some := b.do("GET", "/v1/tickets?sort=oldest&limit=3", "").is(200)
	require.Equal(t, wechat[4], numbers(some.items())[0])
	require.Equal(t, true, some.json()["more"])
	require.NotNil(t, some.json()["next_cursor"])
	for _, sort := range []string{"newest", "oldest"} {
		whole := numbers(b.do("GET", "/v1/tickets?sort="+sort, "").is(200).items())
		require.Equal(t, whole, b.allPages("/v1/tickets?limit=3&sort="+sort), sort)
	}
	require.Equal(t, sms[1:2], b.allPages("/v1/tickets?limit=3&priority=high"))
	require.Equal(t, sms[1:2], b.allPages("/v1/tickets?limit=3&tag=refund&channel=sms&type=complaint"))
	require.Empty(t, b.allPages("/v1/tickets?limit=3&tag=refund&channel=wechat"))
	require.Equal(t, sms, numbers(b.do("GET", "/v1/tickets?team=sales", "").is(200).items()))
	require.Empty(t, b.do("GET", "/v1/tickets?status=closed", "").is(200).items())

	b.do("PATCH", "/v1/tickets/"+wechat[2], `{"assignee_id":"li"}`).is(200)
	require.Equal(t, wechat[2:3], numbers(b.do("GET", "/v1/tickets?assignee=li", "").is(200).items()))
	require.Equal(t, wechat[2:3], numbers(b.do("GET", "/v1/tickets?assignee=me", "", "Authorization", "Bearer "+leadToken).is(200).items()))
	require.Empty(t, b.do("GET", "/v1/tickets?assignee=me", "").is(200).items())
	require.Empty(t, b.do("GET", "/v1/tickets?assignee=li&team=sales", "").is(200).items())
	require.Empty(t, b.do("GET", "/v1/tickets?assignee=li&status=resolved", "").is(200).items())
}

// allPages follows the cursor to the end of a list of tickets.
func (b *bench) allPages(path string) []string {
	b.t.Helper()
	var all []string
	for cursor := ""; ; {
		a := b.do("GET", path+cursor, "").is(200)
		all = append(all, numbers(a.items())...)
		next, ok := a.json()["next_cursor"].(string)
		require.Equal(b.t, ok, a.json()["more"])
		if !ok {
			return all
		}
		cursor = "&cursor=" + next
	}
}

// TestCursorsBelongToTheirQuery: a broken cursor, or one of another query, is named.
func TestCursorsBelongToTheirQuery(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.receive(desk.WeChat, fmt.Sprint(i), "hello")
	}
	cursor := b.do("GET", "/v1/tickets?team=support&status=new&limit=1", "").is(200).json()["next_cursor"].(string)
	b.do("GET", "/v1/tickets?status=new&team=support&limit=2&cursor="+cursor, "").is(200)
	for _, path := range []string{
		"/v1/tickets?team=support&status=new&sort=oldest&cursor=" + cursor,
		"/v1/tickets?team=support&status=open&cursor=" + cursor,
		"/v1/tickets?cursor=" + cursor,
		"/v1/feedback?cursor=" + cursor,
		"/v1/tickets?team=support&status=new&cursor=" + cursor[:len(cursor)-4],
		"/v1/tickets?team=support&status=new&cursor=%00",
		"/v1/customers?cursor=AAAAAAAAAAAAAAAA",
	} {
		b.do("GET", path, "").names(400, "cursor")
	}
}

// TestParametersAreRefusedByName: no slip of the pen silently lists everything.
func TestParametersAreRefusedByName(t *testing.T) {
	b := newBench(t)
	for path, name := range map[string]string{
		"/v1/tickets?asignee=amy":                                 "asignee",
		"/v1/tickets?team=a&team=b":                               "team",
		"/v1/tickets?status=solved":                               "status",
		"/v1/tickets?channel=fax":                                 "channel",
		"/v1/tickets?sort=up":                                     "sort",
		"/v1/tickets?limit=0":                                     "limit",
		"/v1/tickets?limit=101":                                   "limit",
		"/v1/tickets?limit=ten":                                   "limit",
		"/v1/customers?month=2026-13":                             "month",
		"/v1/feedback?month=march":                                "month",
		"/v1/figures?from=2026-3-1":                               "from",
		"/v1/figures?from=2026-03-02&to=2026-03-01":               "from",
		"/v1/figures?from=2025-03-02&to=2026-03-01":               "from",
		"/v1/figures?from=0001-01-01":                             "from",
		"/v1/figures?cut=person%23amy":                            "cut",
		"/v1/tickets/DH-0000-00?x=1":                              "x",
		"/v1/tickets/DH-0000-00/messages?sort=sideways":           "sort",
		"/v1/tickets?%zz":                                         "query",
		"/v1/tickets?team=%95":                                    "team",
		"/v1/tickets?status=new&team=" + strings.Repeat("t", 201): "team",
	} {
		b.do("GET", path, "").names(400, name)
	}
	b.do("GET", "/v1/quarantine?day=today", "", "Authorization", "Bearer "+leadToken).names(400, "day")
}

// TestTicketIsReadByItsNumber: as people type it; the ETag is the version.
func TestTicketIsReadByItsNumber(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "Where is my parcel?")
	for _, typed := range []string{number, strings.ToLower(number), strings.TrimPrefix(number, "DH-")} {
		a := b.do("GET", "/v1/tickets/"+typed, "").is(200)
		require.Equal(t, `"1"`, a.header.Get("ETag"))
		v := a.json()
		require.Equal(t, number, v["number"])
		require.Equal(t, "new", v["status"])
		require.Equal(t, "wechat", v["via"].(map[string]any)["channel"])
		require.Nil(t, v["assignee_id"])
		require.Equal(t, "王芳", v["customer"].(map[string]any)["name"])
	}
	b.do("GET", "/v1/tickets/DH-0000-00", "").is(404)
	b.do("GET", "/v1/tickets/no-such-number", "").is(404)
}

// TestPatch: what is left out stays, null takes the assignee away, the answer is the
// ticket as it is now.
func TestPatch(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	v := b.do("PATCH", path, `{"assignee_id":"li","priority":"high","status":"pending"}`).is(200).json()
	require.Equal(t, []any{"li", "high", "pending"}, []any{v["assignee_id"], v["priority"], v["status"]})
	v = b.do("PATCH", path, `{"assignee_id":null}`).is(200).json()
	require.Equal(t, []any{nil, "high", "pending"}, []any{v["assignee_id"], v["priority"], v["status"]})
	version := v["version"]
	require.Equal(t, version, b.do("PATCH", path, `{}`).is(200).json()["version"])
	v = b.do("PATCH", path, `{"status":"snoozed","snoozed_until":"2026-03-05T17:00:00+08:00"}`).is(200).json()
	require.Equal(t, "2026-03-05T09:00:00Z", v["snoozed_until"])

	for body, field := range map[string]string{
		`{"assignee_id":"nobody","status":"open"}`: "assignee_id",
		`{"assignee_id":7}`:                        "assignee_id",
		`{"priority":"highest","status":"open"}`:   "priority",
		`{"priority":1}`:                           "priority",
		`{"status":"new"}`:                         "status",
		`{"status":"solved"}`:                      "status",
		`{"status":"snoozed"}`:                     "snoozed_until",
		`{"status":"snoozed","snoozed_until":"2026-03-01T00:00:00Z"}`: "snoozed_until",
		`{"status":"open","snoozed_until":"2027-03-01T00:00:00Z"}`:    "snoozed_until",
		`{"priority":"low","assignee":"li"}`:                          "assignee",
		`{"status":"open","subject":"<script>"}`:                      "subject",
	} {
		b.do("PATCH", path, body).names(422, field)
	}
	require.Equal(t, "snoozed", b.do("GET", path, "").json()["status"]) // nothing was changed by any of them
	b.do("PATCH", path, `{"status":"closed"}`).is(200)
	b.do("PATCH", path, `{"status":"pending"}`).is(409)
}

// TestIfMatch: a change is held to the version read before, and nobody's change slips
// in between the check and the write.
func TestIfMatch(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	path := "/v1/tickets/" + number
	tag := b.do("GET", path, "").header.Get("ETag")
	a := b.do("PATCH", path, `{"priority":"high","assignee_id":"li","status":"open"}`, "If-Match", `"999", `+tag).is(200)
	b.do("PATCH", path, `{"priority":"low"}`, "If-Match", tag).is(412)
	b.do("PATCH", path, `{"priority":"low"}`, "If-Match", "W/"+a.header.Get("ETag")).is(412)
	b.do("PATCH", path, `{"priority":"urgent"}`, "If-Match", "*").is(200)

	tag = b.do("GET", path, "").header.Get("ETag")
	id, _ := desk.ParseNumber(number)
	b.before = func() {
		require.NoError(t, b.desk.Assign(context.Background(), ticketing.Act{At: b.now, By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}}, id, "amy"))
	}
	b.do("PATCH", path, `{"priority":"low"}`, "If-Match", tag).is(412)
	v := b.do("GET", path, "").json()
	require.Equal(t, []any{"amy", "urgent"}, []any{v["assignee_id"], v["priority"]})
}

// TestReplyAndNote: a reply is public and queued, a note is neither.
func TestReplyAndNote(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	reply := b.do("POST", path+"/messages", `{"text":"On its way."}`).is(201).json()
	require.Equal(t, []any{"outgoing", true}, []any{reply["type"], reply["public"]})
	require.Equal(t, "queued", reply["delivery"].(map[string]any)["state"])
	require.Equal(t, "Amy", reply["author"].(map[string]any)["name"])
	require.Equal(t, "pending", b.do("GET", path, "").json()["status"])
	b.now = b.now.Add(time.Second)
	note := b.do("POST", path+"/messages", `{"text":"VIP","public":false}`).is(201).json()
	require.Equal(t, []any{"note", false, nil}, []any{note["type"], note["public"], note["delivery"]})
	b.now = b.now.Add(time.Second)
	b.do("POST", path+"/messages", `{"text":"Done.","public":true,"status":"resolved"}`).is(201)
	require.Equal(t, "resolved", b.do("GET", path, "").json()["status"])

	timeline := b.do("GET", path+"/messages?limit=100", "", "Accept-Language", "zh-CN,zh;q=0.9").is(200).items()
	first := timeline[0].(map[string]any)
	require.Equal(t, []any{"incoming", "hello"}, []any{first["type"], first["text"]})
	require.NotEmpty(t, first["decisions"])
	newest := b.do("GET", path+"/messages?sort=newest&limit=1", "").is(200)
	require.Equal(t, timeline[len(timeline)-1].(map[string]any)["id"], newest.items()[0].(map[string]any)["id"])
	require.NotNil(t, newest.json()["next_cursor"])

	for body, field := range map[string]string{
		`{"text":"  "}`: "text", `{}`: "text", `{"text":7}`: "text", `{"text":"x","public":"no"}`: "public",
		`{"text":"x","public":false,"status":"open"}`: "status", `{"text":"x","status":"snoozed"}`: "status",
		`{"text":"x","status":"banana"}`: "status", `{"text":"x","Public":false,"to":"y"}`: "Public",
		`{"text":"` + strings.Repeat("x", 65*1024) + `"}`: "text",
	} {
		b.do("POST", path+"/messages", body).names(422, field)
	}
	b.do("POST", "/v1/tickets/DH-0000-00/messages", `{"text":"x"}`).is(404)
}

// TestIdempotencyKey: the same call twice is done once, with the same answer; the key
// of another call is refused, and keys of different callers don't meet.
func TestIdempotencyKey(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/messages"
	first := b.do("POST", path, `{"text":"one"}`, "Idempotency-Key", "k1").is(201).json()
	b.now = b.now.Add(time.Minute)
	again := b.do("POST", path, `{"text":"one"}`, "Idempotency-Key", "k1").is(201).json()
	require.Equal(t, first["id"], again["id"])
	replay := b.do("POST", path, ` { "public": true, "text":"one"}`, "Idempotency-Key", "k3").is(201)
	require.Empty(t, replay.header.Get("Idempotency-Replayed"))
	replay = b.do("POST", path, `{"text":"one", "public":true}`, "Idempotency-Key", "k3").is(201)
	require.Equal(t, "true", replay.header.Get("Idempotency-Replayed"))
	b.do("POST", path, `{"text":"one","status":"resolved"}`, "Idempotency-Key", "k1").names(422, "Idempotency-Key")
	b.do("POST", path, `{"text":"two"}`, "Idempotency-Key", "k1").names(422, "Idempotency-Key")
	other := b.do("POST", path, `{"text":"one"}`, "Idempotency-Key", "k1", "Authorization", "Bearer "+leadToken).is(201).json()
	require.NotEqual(t, first["id"], other["id"])
	b.do("POST", path, `{"text":"one"}`, "Idempotency-Key", strings.Repeat("k", 201)).names(400, "Idempotency-Key")
}

// TestSendAgain: only what failed or is uncertain, and only by a person's call.
func TestSendAgain(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	path := "/v1/tickets/" + number + "/messages"
	id := b.do("POST", path, `{"text":"one"}`).is(201).json()["id"].(string)
	b.do("POST", path+"/"+id+"/send-again", "").is(409)
	b.do("POST", path+"/nothing/send-again", "").is(404)
	b.do("POST", path+"/"+strings.Repeat("x", 2000)+"/send-again", "").is(404)

	ticket, _ := desk.ParseNumber(number)
	row, err := b.desk.Store.Message(t.Context(), ticket, desk.MessageID(id))
	require.NoError(t, err)
	row.Value.State = desk.Uncertain
	var tx store.Tx
	tx.PutMessage(row)
	require.NoError(t, b.desk.Store.Commit(t.Context(), &tx))
	b.now = b.now.Add(time.Minute)
	v := b.do("POST", path+"/"+id+"/send-again", "", "Idempotency-Key", "again").is(202).json()
	require.Equal(t, "failed", v["delivery"].(map[string]any)["state"])
	b.do("POST", path+"/"+id+"/send-again", "", "Idempotency-Key", "again").is(202)
	var queued int
	for _, m := range b.do("GET", path, "").items() {
		if d, ok := m.(map[string]any)["delivery"].(map[string]any); ok && d["state"] == "queued" {
			queued++
		}
	}
	require.Equal(t, 1, queued)
}

// TestCustomers: those of a month, one with addresses, and their tickets.
func TestCustomers(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	list := b.do("GET", "/v1/customers?month=2026-03", "").is(200).items()
	require.Len(t, list, 1)
	id := list[0].(map[string]any)["id"].(string)
	v := b.do("GET", "/v1/customers/"+id, "").is(200).json()
	require.Equal(t, "w", v["addresses"].([]any)[0].(map[string]any)["address"])
	require.Equal(t, []string{number}, numbers(b.do("GET", "/v1/customers/"+id+"/tickets", "").is(200).items()))
	b.do("GET", "/v1/customers/nobody", "").is(404)
	b.do("GET", "/v1/customers/nobody/tickets", "").is(404)
	require.Empty(t, b.do("GET", "/v1/customers?month=2026-02", "").is(200).items())
}

// TestFeedback: an answered survey is listed in its month.
func TestFeedback(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	b.do("POST", "/v1/tickets/"+number+"/messages", `{"text":"Done.","status":"resolved"}`).is(201)
	id, _ := desk.ParseNumber(number)
	row, err := b.desk.Store.Ticket(t.Context(), id)
	require.NoError(t, err)
	survey, err := b.desk.Store.Survey(t.Context(), row.Value.Survey)
	require.NoError(t, err)
	b.now = survey.Value.Due
	require.NoError(t, b.desk.FireSurvey(t.Context(), survey.Value.ID, survey.Value.Gen, b.now, nil))
	b.now = b.now.Add(time.Minute)
	_, err = b.desk.Answer(t.Context(), survey.Value.ID, desk.Score{Value: 2, Comment: "slow", At: b.now, By: desk.WeChat})
	require.NoError(t, err)
	v := b.do("GET", "/v1/feedback", "").is(200).items()[0].(map[string]any)
	require.Equal(t, []any{number, "slow", "wechat"}, []any{v["ticket"], v["comment"], v["channel"]})
	b.do("GET", "/v1/customers/"+v["customer_id"].(string), "").is(200)
}

// TestQuarantine: for leads; the reason is told, the content is not.
func TestQuarantine(t *testing.T) {
	b := newBench(t)
	var tx store.Tx
	tx.PutQuarantine(store.Quarantined{ID: "q1", At: t0, Channel: desk.Email, Account: "support", Reason: "not a mail", Envelope: []byte("secret words")})
	require.NoError(t, b.desk.Store.Commit(t.Context(), &tx))
	b.do("GET", "/v1/quarantine", "").is(403)
	a := b.do("GET", "/v1/quarantine?day=2026-03-02", "", "Authorization", "Bearer "+leadToken).is(200)
	require.Equal(t, "not a mail", a.items()[0].(map[string]any)["reason"])
	require.NotContains(t, string(a.body), "secret words")

	item := a.items()[0].(map[string]any)
	path := fmt.Sprintf("/v1/quarantine/%s/%s", item["at"], item["id"])
	require.Equal(t, "released", b.do("POST", path+"/release", "", "Authorization", "Bearer "+leadToken).is(200).json()["state"])
	b.do("POST", path+"/drop", "", "Authorization", "Bearer "+leadToken).is(409)
	b.do("POST", path+"/drop", "").is(403)
	b.do("POST", "/v1/quarantine/yesterday/x/release", "", "Authorization", "Bearer "+leadToken).is(404)
}

// TestFigures: days of the desk's zone, totals, channels; zero is a value.
func TestFigures(t *testing.T) {
	b := newBench(t)
	facts := []desk.Fact{
		{Kind: desk.FactOpened, Day: "2026-03-01", Channel: desk.WeChat, Team: "support"},
		{Kind: desk.FactFirstAnswered, Day: "2026-03-02", Channel: desk.WeChat, Team: "support"},
	}
	var tx store.Tx
	for _, f := range facts {
		for _, s := range kpi.Count(f) {
			tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
		}
	}
	require.NoError(t, b.desk.Store.Commit(t.Context(), &tx))
	v := b.do("GET", "/v1/figures", "").is(200).json()
	require.Equal(t, []any{"2026-02-24", "2026-03-02", "Asia/Shanghai"}, []any{v["from"], v["to"], v["time_zone"]})
	require.Len(t, v["days"], 7)
	require.Len(t, v["channels"], 2)
	total := v["total"].(map[string]any)
	require.EqualValues(t, "1", total["opened"])
	require.EqualValues(t, "0", total["first_response"].(map[string]any)["median_s"])
	require.Nil(t, total["csat"])
	require.Len(t, v["definitions"], len(kpi.Names()))

	one := b.do("GET", "/v1/figures?from=2026-03-01&to=2026-03-01&cut=team%23support", "", "Accept-Language", "zh-CN").is(200).json()
	require.Len(t, one["days"], 1)
	require.Empty(t, one["channels"])
	require.EqualValues(t, "0", one["total"].(map[string]any)["first_answered"])
	require.Equal(t, kpi.Definition("csat", "zh-CN"), one["definitions"].(map[string]any)["csat"])
}

// TestWhoMayCall: no token, a wrong one and a role too small are told apart, and
// nothing is told without a good one.
func TestWhoMayCall(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	for _, header := range []string{"", "Bearer", "Bearer  ", "Basic " + agentToken, "Bearer wrong", agentToken} {
		a := b.do("GET", "/v1/tickets/"+number, "", "Authorization", header).is(401)
		require.Contains(t, a.header.Get("WWW-Authenticate"), `Bearer realm="deskhook"`)
		require.NotContains(t, string(a.body), "hello")
	}
	b.do("GET", "/v1/tickets/"+number, "", "Authorization", "bearer "+agentToken).is(200)
	b.do("GET", "/v1/health", "", "Authorization", "").is(200)
	b.do("GET", "/v1/openapi.json", "", "Authorization", "").is(200)
	_, err := access.Keyring(access.ServiceToken{})(t.Context(), "")
	require.ErrorIs(t, err, access.ErrUnknown)
}

// TestBodies: what is no JSON object, or too much of it, is told without guessing.
func TestBodies(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/messages"
	for body, status := range map[string]int{
		`{"text":`: 400, `{"text":"x"}{}`: 400, `nonsense`: 400, `[]`: 422, `"x"`: 422,
		`{"text":"` + strings.Repeat("x", 1<<20) + `"}`: 413,
	} {
		b.do("POST", path, body).is(status)
	}
	b.do("POST", path, `text=x`, "Content-Type", "application/x-www-form-urlencoded").is(415)
	b.do("POST", path, "").is(415)
}

// TestProblemsEverywhere: unknown paths and methods are problems, too.
func TestProblemsEverywhere(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		method, path, allow string
		status              int
	}{
		{"GET", "/v1/nothing", "", 404},
		{"GET", "/", "", 404},
		{"DELETE", "/v1/tickets/update_many", "PUT", 405},
		{"DELETE", "/v1/tickets/DH-0000-00", "GET, HEAD, PATCH", 405},
		{"PUT", "/v1/figures", "GET, HEAD", 405},
		{"GET", "/v1/tickets/DH-0000-00/messages/x/send-again", "POST", 405},
	} {
		a := b.do(tt.method, tt.path, "").is(tt.status)
		require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
		require.Equal(t, tt.allow, a.header.Get("Allow"))
		require.EqualValues(t, fmt.Sprint(tt.status), a.json()["status"])
	}
}

// FuzzRequests: whatever comes from the network is answered, never with a 500.
func FuzzRequests(f *testing.F) {
	f.Add("GET", "/v1/tickets", "team=support&status=new&cursor=x", "")
	f.Add("PATCH", "/v1/tickets/7K3Q9W", "", `{"assignee_id":null}`)
	f.Add("GET", "/v1/figures", "cut=team%23%00&from=2026-01-01", "")
	b := newBench(f)
	b.receive(desk.WeChat, "w", "hello")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		r, err := http.NewRequest(method, "http://desk.test", strings.NewReader(body))
		if err != nil {
			return // not a request at all
		}
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header.Set("Authorization", "Bearer "+leadToken)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		require.NotEqual(t, 500, w.Code, "%s", w.Body)
	})
}

// TestBodiesAreStrict: null is no object, and a field that has no null is not left out by
// one; names are what the document says, to the letter.
func TestBodiesAreStrict(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	b.do("PATCH", path, `null`).is(422)
	b.do("PATCH", path, ` {"assignee_id":null} `).is(200)
	b.do("PATCH", path, `{"priority":null}`).names(422, "priority")
	b.do("PATCH", path, `{"Priority":"low"}`).names(422, "Priority")
	b.do("POST", path+"/spam", `{"block":null}`).names(422, "block")
	b.do("GET", "/v1/tickets?team=", "").names(400, "team")
	b.do("PATCH", path, `{"tags":["a",null]}`).names(422, "tags[1]")
	id := b.do("GET", path, "").json()["customer"].(map[string]any)["id"].(string)
	b.do("PATCH", "/v1/customers/"+id, `{"consents":{"news":null}}`).names(422, "consents.news")
	b.do("PATCH", "/v1/customers/"+id, `{"custom_fields":{}}`).is(200)
}

// TestIdempotencyKeyOfEveryPost: whatever a key was used for on a ticket, it stands for
// that and nothing else; a ticket begun twice is one.
func TestIdempotencyKeyOfEveryPost(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	b.do("POST", path+"/spam", `{"block":false}`, "Idempotency-Key", "k").is(200)
	b.do("POST", path+"/spam", `{"block":true}`, "Idempotency-Key", "k").names(422, "Idempotency-Key")
	b.do("POST", path+"/not-spam", "", "Idempotency-Key", "k").names(422, "Idempotency-Key")
	b.do("POST", path+"/messages", `{"text":"x"}`, "Idempotency-Key", "k").names(422, "Idempotency-Key")
	require.Equal(t, "spam", b.do("GET", path, "").json()["status"])

	other := "/v1/tickets/" + b.receive(desk.WeChat, "x", "hello")
	many := fmt.Sprintf(`{"numbers":[%q],"ticket":{"priority":"normal"}}`, strings.TrimPrefix(other, "/v1/tickets/"))
	b.do("PUT", "/v1/tickets/update_many", many, "Idempotency-Key", "n").is(200) // as it was
	b.do("PATCH", other, `{"priority":"high"}`).is(200)
	b.do("PUT", "/v1/tickets/update_many", many, "Idempotency-Key", "n").is(200)
	require.Equal(t, "high", b.do("GET", other, "").json()["priority"], "asked for before it was changed")

	start := `{"channel":"sms","to":"+14155550100","text":"hello"}`
	one := b.do("POST", "/v1/tickets", start, "Idempotency-Key", "s").is(201).json()["number"]
	again := b.do("POST", "/v1/tickets", start, "Idempotency-Key", "s").is(201)
	require.Equal(t, one, again.json()["number"])
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	b.do("POST", "/v1/tickets", `{"channel":"sms","to":"+14155550100","text":"hello?"}`, "Idempotency-Key", "s").names(422, "Idempotency-Key")
}

// TestLostAnswer: the write was done, but the answer was not heard; the same request again
// finds it.
func TestLostAnswer(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	b.lost = true
	r := httptest.NewRequest("POST", path+"/messages", strings.NewReader(`{"text":"one"}`))
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + agentToken}, "Idempotency-Key": {"k"}}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	require.Equal(t, 500, w.Code)
	b.do("POST", path+"/messages", `{"text":"one"}`, "Idempotency-Key", "k").is(201)
	require.EqualValues(t, "1", b.do("GET", path, "").json()["answers"])
}

// TestLongReply: an answer that goes out in several messages is answered with its first.
func TestLongReply(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	a := b.do("POST", path+"/messages", `{"text":"`+strings.Repeat("您好。", 1000)+`"}`).is(201).json()
	require.True(t, strings.HasPrefix(a["text"].(string), "您好。"))
	require.EqualValues(t, "5", b.do("GET", path, "").json()["unsent"])
}
