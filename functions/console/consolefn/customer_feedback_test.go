package consolefn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// A customer's page tells what they think, of whoever was merged into them, too; a person
// without any has no empty list.
func TestCustomerPageTellsFeedback(t *testing.T) {
	w := newWorld(t).signIn()
	c := desk.Customer{ID: "c1", Name: "Mei", Created: w.tick(), Merges: []desk.Merge{{From: "c2", At: w.tick()}}}
	var tx store.Tx
	tx.PutCustomer(store.Row[desk.Customer]{Value: c})
	require.NoError(t, w.deps.Store.Commit(t.Context(), &tx))
	require.NotContains(t, w.page("/console/customers/c1?lang=en"), ">Feedback</h2>")

	put := func(id desk.FeedbackID, of desk.CustomerID, words string) {
		var tx store.Tx
		tx.PutFeedback(store.Row[desk.Feedback]{Value: desk.Feedback{
			ID: id, Source: desk.FromForm, Type: desk.Suggestion, Customer: of, At: w.tick(), Team: "support",
			Answers: []desk.FeedbackAnswer{{Question: desk.CommentQuestion, Text: words}},
		}})
		require.NoError(t, w.deps.Store.Commit(t.Context(), &tx))
	}
	put("f1", "c2", "open on Sundays")
	put("f2", "c1", "sell <b>bread</b>")
	page := w.page("/console/customers/c1?lang=en")
	require.Contains(t, page, ">Feedback</h2>")
	require.Regexp(t, `(?s)sell &lt;b&gt;bread&lt;/b&gt;.*open on Sundays`, page)
	require.Contains(t, w.page("/console/customers/c1?lang=zh-CN"), ">客户反馈</h2>")
}
