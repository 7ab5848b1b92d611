package apifn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// review hands a review over, a day after the one before.
func (b *bench) review(id string, rating int, kind desk.Type) {
	b.t.Helper()
	b.now = b.now.Add(24 * time.Hour)
	_, err := b.desk.Receive(b.t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InReview, ID: "w" + id + fmt.Sprint(rating), From: desk.Address{Channel: desk.Generic, Account: "shop", ID: "u" + id}, Text: "words " + id,
		Given: &desk.Given{ID: id, Version: b.now.Unix(), Type: kind, Rating: &rating, Min: 1, Max: 5},
	})
	require.NoError(b.t, err)
}

// A filtered list has full pages over the months; nothing is listed twice or left out.
func TestFeedbackFilters(t *testing.T) {
	b := newBench(t)
	s, err := b.desk.Settings(t.Context())
	require.NoError(t, err)
	s.Feedback = config.Feedback{BadRating: 2, ReviewTickets: config.ReviewsNone}
	for i := range 60 { // from 3 March to 1 May
		b.review(fmt.Sprint("r", i), 1+i%5, map[bool]desk.Type{true: desk.Suggestion}[i%2 == 0])
	}
	var got []string
	path := "/v1/feedback?from=2026-03-01&to=2026-05-31&source=review&score_min=2&score_max=4&limit=7"
	for pages := 0; ; pages++ {
		v := b.do("GET", path, "").is(200).json()
		items := v["items"].([]any)
		for _, x := range items {
			got = append(got, x.(map[string]any)["comment"].(string))
		}
		if v["next_cursor"] == nil {
			break
		}
		require.Len(t, items, 7, "page %d is full", pages)
		require.Nil(t, v["searched_until"])
		path = "/v1/feedback?from=2026-03-01&to=2026-05-31&source=review&score_min=2&score_max=4&limit=7&cursor=" + v["next_cursor"].(string)
	}
	require.Len(t, got, 36)
	require.Equal(t, "words r58", got[0], "newest first")

	require.Len(t, b.do("GET", "/v1/feedback?month=2026-03&limit=100", "").is(200).items(), 29)
	require.Len(t, b.do("GET", "/v1/feedback?month=2026-03&limit=100&type=suggestion", "").is(200).items(), 15)
	require.Empty(t, b.do("GET", "/v1/feedback?month=2026-03&kind=csat", "").is(200).items())
	require.Empty(t, b.do("GET", "/v1/feedback?month=2026-03&channel=sms", "").is(200).items())
	require.Empty(t, b.do("GET", "/v1/feedback?month=2026-03&agent=li", "").is(200).items())
	require.Len(t, b.do("GET", "/v1/feedback?from=2026-04-01&to=2026-04-02", "").is(200).items(), 2, "both days are included")
	for query, name := range map[string]string{
		"source=mail": "source", "type=task": "type", "kind=stars": "kind", "score_min=x": "score_min", "score_min=4&score_max=2": "score_min",
		"from=2026-03-02&to=2026-03-01": "from", "from=2024-01-01": "from", "from=2026-03-01&month=2026-03": "month",
	} {
		b.do("GET", "/v1/feedback?"+query, "").names(400, name)
	}

	first := b.do("GET", "/v1/feedback?limit=1", "").is(200).items()[0].(map[string]any)
	b.review("r59", 2, "")
	one := b.do("GET", "/v1/feedback/"+first["id"].(string), "").is(200).json()
	require.Equal(t, []any{"r59", "review", nil}, []any{one["submission_id"], one["source"], one["ticket"]})
	require.Len(t, one["earlier"], 1)
	b.do("GET", "/v1/feedback/none", "").is(404)
}

// Where a filter finds little in much, the list stops at its budget, says how far it came
// and goes on from there.
func TestFeedbackBudget(t *testing.T) {
	b := newBench(t)
	s, err := b.desk.Settings(t.Context())
	require.NoError(t, err)
	s.Feedback = config.Feedback{BadRating: 2, ReviewTickets: config.ReviewsNone}
	b.review("low", 1, "")
	five := 5
	for batch := range 42 {
		var tx store.Tx
		for i := range 50 {
			b.now = b.now.Add(time.Second)
			tx.PutFeedback(store.Row[desk.Feedback]{Value: desk.Feedback{
				ID: desk.FeedbackID(fmt.Sprint(batch, "-", i)), Source: desk.FromReview, At: b.now,
				Answers: []desk.FeedbackAnswer{{Question: desk.ScoreQuestion, Number: &five, Min: 1, Max: 5}},
			}})
		}
		require.NoError(t, b.desk.Store.Commit(t.Context(), &tx))
	}
	v := b.do("GET", "/v1/feedback?score_max=1", "").is(200).json()
	require.Empty(t, v["items"])
	require.NotNil(t, v["next_cursor"])
	require.NotNil(t, v["searched_until"])
	v = b.do("GET", "/v1/feedback?score_max=1&cursor="+v["next_cursor"].(string), "").is(200).json()
	require.Len(t, v["items"], 1)
	require.Nil(t, v["next_cursor"])
}

// What a customer thinks is listed with what those think who were merged into them, page
// by page, and only where the caller sees the team's feedback.
func TestCustomersFeedback(t *testing.T) {
	b := newBench(t)
	put := func(rows ...desk.Feedback) {
		var tx store.Tx
		for _, f := range rows {
			b.now = b.now.Add(time.Second)
			f.At, f.Source = b.now, desk.FromForm
			f.Answers = []desk.FeedbackAnswer{{Question: desk.CommentQuestion, Type: desk.AskText, Text: "call 13812345678"}}
			tx.PutFeedback(store.Row[desk.Feedback]{Value: f})
		}
		require.NoError(t, b.rows.Commit(t.Context(), &tx))
	}
	var tx store.Tx
	tx.PutCustomer(store.Row[desk.Customer]{Value: desk.Customer{ID: "c1", Created: b.now, Merges: []desk.Merge{{From: "c2"}}}})
	tx.PutCustomer(store.Row[desk.Customer]{Value: desk.Customer{ID: "c2", Created: b.now, Merged: "c1"}})
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	for i := range 6 {
		put(desk.Feedback{ID: desk.FeedbackID(fmt.Sprint("f", i)), Customer: desk.CustomerID(fmt.Sprint("c", 1+i%2)), Team: []string{"support", "sales"}[i/3]})
	}
	put(desk.Feedback{ID: "g", Customer: "c3", Team: "support"})

	walk := func(who string) (ids []string) {
		for cursor := ""; ; {
			v := b.as(who, "GET", "/v1/customers/c2/feedback?limit=2"+cursor, "").is(200).json()
			for _, x := range v["items"].([]any) {
				ids = append(ids, x.(map[string]any)["id"].(string))
			}
			next, more := v["next_cursor"].(string)
			if !more {
				return ids
			}
			cursor = "&cursor=" + next
		}
	}
	b.people(map[string]allow.Principal{"lead": inTeam("li", allow.Lead, "support"), "support": inTeam("amy", allow.Agent, "support"), "all": inTeam("bo", allow.Agent)})
	b.s.Access.MaskContacts = true
	require.Equal(t, []string{"f5", "f4", "f3", "f2", "f1", "f0"}, walk("lead"))
	require.Equal(t, []string{"f2", "f1", "f0"}, walk("support"))
	require.Contains(t, string(b.as("lead", "GET", "/v1/customers/c1/feedback", "").is(200).body), "13812345678")
	require.NotContains(t, string(b.as("all", "GET", "/v1/customers/c1/feedback", "").is(200).body), "13812345678")
	b.as("lead", "GET", "/v1/customers/c9/feedback", "").is(404)
	b.as("lead", "GET", "/v1/customers/c1/feedback?cursor=AAAA", "").names(400, "cursor")
}

// A mark is put, replaced and taken back; it is kept as feedback meanwhile.
func TestMarkMessage(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "please add a dark mode")
	id := b.do("GET", "/v1/tickets/"+number+"/messages", "").is(200).items()[0].(map[string]any)["id"].(string)
	path := "/v1/tickets/" + number + "/messages/" + id + "/mark"
	b.do("PUT", path, `{"type":"task"}`).is(422)
	b.do("PUT", path, `{}`).is(422)
	require.Equal(t, "complaint", b.do("PUT", path, `{"type":"complaint"}`).is(200).json()["marked_as"])
	require.Equal(t, "suggestion", b.do("PUT", path, `{"type":"suggestion"}`).is(200).json()["marked_as"])
	items := b.do("GET", "/v1/feedback?source=message", "").is(200).items()
	require.Len(t, items, 1)
	require.Equal(t, "suggestion", items[0].(map[string]any)["type"])
	require.Nil(t, b.do("DELETE", path, "").is(200).json()["marked_as"])
	require.Empty(t, b.do("GET", "/v1/feedback?source=message", "").is(200).items())
	b.do("DELETE", "/v1/tickets/"+number+"/messages/none/mark", "").is(404)
}

// Who marks a message reads no more of it than who reads it: a masked agent no file's name.
func TestMarkIsMasked(t *testing.T) {
	b := newBench(t)
	got, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "m", Text: "see the file", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "w"},
		Attachments: []desk.Attachment{{Name: "tel13812345678.pdf", Type: "application/pdf", Blob: "files/x"}},
	})
	require.NoError(t, err)
	b.s.Access.MaskContacts = true
	b.people(map[string]allow.Principal{"one": inTeam("one", allow.Agent)})
	path := "/v1/tickets/" + got.Ticket.Number() + "/messages/" + string(got.Message) + "/mark"
	require.NotContains(t, string(b.as("one", "PUT", path, `{"type":"complaint"}`).is(200).body), "13812345678")
	require.NotContains(t, string(b.as("one", "DELETE", path, "").is(200).body), "13812345678")
}
