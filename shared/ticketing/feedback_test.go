package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// found are all records of the bench's year, newest first.
func (b *bench) found() []desk.Feedback {
	page, err := b.Store.FindFeedback(b.ctx, store.FeedbackQuery{From: t0.AddDate(-1, 0, 0), To: b.now.Add(time.Hour)}, "", 100)
	require.NoError(b.t, err)
	var out []desk.Feedback
	for _, r := range page.Rows {
		out = append(out, r.Value)
	}
	return out
}

func (b *bench) feedbackRow(id desk.FeedbackID) store.Row[desk.Feedback] {
	row, err := b.Store.Feedback(b.ctx, id)
	require.NoError(b.t, err)
	return row
}

func reviewIn(id, review string, version int64, rating int, words string) desk.Inbound {
	return desk.Inbound{
		Kind: desk.InReview, ID: id, From: desk.Address{Channel: desk.Generic, Account: "shop", ID: "u-1"}, Text: words, Lang: "en",
		Given: &desk.Given{ID: review, Version: version, Rating: &rating, Min: 1, Max: 5},
	}
}

// A survey's answer is one record, however often it is given and changed.
func TestAnswerIsOneRecord(t *testing.T) {
	b := newBench(t)
	tk := b.resolveAndAsk(nil)
	b.receive(text("2", "4"))
	b.receive(text("2", "4"))
	b.receive(text("3", "quick"))
	b.pass(time.Minute)
	b.receive(text("4", "5"))
	list := b.found()
	require.Len(t, list, 1)
	f := list[0]
	require.Equal(t, desk.FromSurvey, f.Source)
	require.Equal(t, string(tk.Survey), f.Submission)
	score, ok := f.Score()
	require.True(t, ok)
	require.Equal(t, []int{5, 1, 5}, []int{*score.Number, score.Min, score.Max})
	require.Equal(t, []any{"quick", desk.Praise, tk.ID, tk.Customer, desk.WeChat}, []any{f.Words(), f.Type, f.Ticket, f.Customer, f.Channel})
}

// A form for feedback keeps its submission with the ticket it opens; a repeat writes
// nothing more, and what is spam is no feedback.
func TestFormFeedback(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, FollowUp: []string{config.FollowComplaint}}
	b.s.Forms = []config.Form{{ID: "ideas", Feedback: true, Type: desk.Suggestion, Fields: []config.FormField{
		{Name: "what", Type: config.FieldChoice, Role: config.RoleKind}, {Name: "area", Type: config.FieldChoice}, {Name: "message", Role: "message"},
	}}}
	in := desk.Inbound{
		Kind: desk.InMessage, ID: "s1", Form: "ideas", From: desk.Address{Channel: desk.WebForm, Account: "ideas", ID: "a@x.test"}, Text: "It came late", Lang: "en",
		Contact: desk.Contact{Mail: "a@x.test"}, Given: &desk.Given{Type: desk.Complaint},
		Fields: []desk.Field{{Name: "what", Value: "Complaint"}, {Name: "area", Label: "Area", Value: "Delivery"}, {Name: "message", Value: "It came late"}},
	}
	got := b.receive(in)
	require.True(t, b.receive(in).Duplicate)
	list := b.found()
	require.Len(t, list, 1)
	f := list[0]
	require.Equal(t, []any{desk.FromForm, "ideas", "s1", desk.Complaint, got.Ticket, true}, []any{f.Source, f.Of, f.Submission, f.Type, f.Ticket, f.Bad})
	require.Equal(t, []desk.FeedbackAnswer{
		{Question: desk.CommentQuestion, Type: desk.AskText, Text: "It came late"},
		{Question: "area", Label: "Area", Type: desk.AskChoice, Chosen: []string{"Delivery"}},
	}, f.Answers)
	require.Equal(t, desk.Complaint, b.ticket(got.Ticket).Type)
	row, err := b.Recovery(b.ctx, desk.SurveyID(f.ID))
	require.NoError(t, err)
	require.Equal(t, desk.RecoveryDue, row.Value.State)

	require.Equal(t, desk.Conflict, desk.KindOf(b.MarkMessage(b.ctx, b.act(), got.Ticket, got.Message, desk.Complaint)), "it is one record already")

	spam := in
	spam.ID, spam.Spam, spam.From.ID = "s2", "honeypot", "b@x.test"
	b.receive(spam)
	require.Len(t, b.found(), 1)
}

// A review is one record over all its versions; what was said before is kept.
func TestReviews(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, ReviewTickets: config.ReviewsBad, FollowUp: []string{config.FollowRating}}
	good := b.receive(reviewIn("w1", "r1", 1, 4, "fine"))
	require.Empty(t, good.Ticket, "a good one opens none")
	id := desk.NewFeedbackID(desk.FromReview, "shop", "r1")
	first := b.feedbackRow(id)
	require.Equal(t, "fine", first.Value.Words())

	b.pass(time.Hour)
	b.receive(reviewIn("w2", "r1", 1, 4, "fine")) // handed over again, under another delivery's id
	b.receive(reviewIn("w3", "r1", 2, 4, "fine")) // a version that says the same
	require.Equal(t, first.Version, b.feedbackRow(id).Version, "nothing new is written")

	edited := b.receive(reviewIn("w4", "r1", 3, 1, "broken after a day"))
	require.NotEmpty(t, edited.Ticket, "now it is bad")
	b.pass(time.Minute)
	b.receive(reviewIn("w5", "r1", 2, 5, "an older version comes late"))
	b.receive(reviewIn("w6", "r1", 4, 2, "broken, but they answered"))
	f := b.feedbackRow(id).Value
	require.Equal(t, []any{"broken, but they answered", 2, edited.Ticket}, []any{f.Words(), f.Edits, f.Ticket})
	earlier, err := b.Store.Earlier(b.ctx, id, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"fine", "broken after a day"}, []string{earlier[0].Value.Words(), earlier[1].Value.Words()})
	require.Len(t, b.found(), 1)
	ms := b.messages(edited.Ticket)
	require.Equal(t, 1, count(codes(ms), "feedback.recorded"))
	require.Equal(t, 1, count(codes(ms), "feedback.edited"))
	require.Equal(t, 1, count(codes(ms), "recovery.opened"))
	require.Equal(t, "1 / 5", ms[0].Fields[0].Value)
	mine, _, err := b.Store.FeedbackOf(b.ctx, f.Customer, "", 10)
	require.NoError(t, err)
	require.Len(t, mine, 1)
}

// A review without a version goes by its time, and the same words by no time at all.
func TestReviewWithoutVersion(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, ReviewTickets: config.ReviewsNone}
	b.receive(reviewIn("w1", "r1", 0, 1, "bad"))
	b.pass(time.Hour)
	b.receive(reviewIn("w2", "r1", 0, 1, "bad"))
	id := desk.NewFeedbackID(desk.FromReview, "shop", "r1")
	require.Zero(t, b.feedbackRow(id).Value.Edits)
	b.receive(reviewIn("w3", "r1", 0, 5, "good after all"))
	require.Equal(t, 1, b.feedbackRow(id).Value.Edits)
	require.Empty(t, b.feedbackRow(id).Value.Ticket, "the settings want none")
}

// An agent's mark keeps a message as feedback until it is taken back; another mark
// replaces it.
func TestMarkedMessages(t *testing.T) {
	b := newBench(t)
	b.s.Feedback = config.Feedback{BadRating: 2, FollowUp: []string{config.FollowComplaint}}
	got := b.receive(text("1", "Amy was great, but it took a week"))
	b.pass(time.Minute)
	agent := "amy"
	require.NoError(t, b.Change(b.ctx, b.act(), got.Ticket, ticketing.Change{Assignee: &agent}))
	mark := func(as desk.Type) error {
		b.pass(time.Minute)
		return b.MarkMessage(b.ctx, b.act(), got.Ticket, got.Message, as)
	}
	require.NoError(t, mark(desk.Praise))
	require.NoError(t, mark(desk.Praise), "a second click")
	list := b.found()
	require.Len(t, list, 1)
	require.Equal(t, []any{desk.FromMessage, desk.Praise, "amy", got.Message}, []any{list[0].Source, list[0].Type, list[0].Agent, list[0].Message})
	require.Equal(t, 1, count(codes(b.messages(got.Ticket)), "feedback.praise"))
	require.Equal(t, desk.Praise, b.messages(got.Ticket)[0].Marked)

	require.NoError(t, mark(desk.Complaint))
	require.Equal(t, desk.Complaint, b.found()[0].Type)
	row, err := b.Recovery(b.ctx, desk.SurveyID(list[0].ID))
	require.NoError(t, err)
	require.Equal(t, desk.RecoveryDue, row.Value.State)

	require.NoError(t, mark(""))
	require.Empty(t, b.found())
	require.Empty(t, b.feedbackRow(list[0].ID).Value.Answers, "no list leads to it, nor would an erasure")
	row, err = b.Recovery(b.ctx, desk.SurveyID(list[0].ID))
	require.NoError(t, err)
	require.Equal(t, desk.RecoveryDropped, row.Value.State)
	require.NoError(t, mark(desk.Complaint))
	require.Len(t, b.found(), 1)
	row, err = b.Recovery(b.ctx, desk.SurveyID(list[0].ID))
	require.NoError(t, err)
	require.Equal(t, desk.RecoveryDue, row.Value.State, "marked again")

	require.Error(t, mark("task"))
	reply, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Thanks"})
	require.NoError(t, err)
	err = b.MarkMessage(b.ctx, b.act(), got.Ticket, reply, desk.Praise)
	require.Equal(t, desk.Conflict, desk.KindOf(err), "the desk's own words are no feedback")
}

// Asked again after the follow-up, a customer who is better content counts as recovered
// while they stay so; figures, facts and rows say the same.
func TestRecovered(t *testing.T) {
	b, tk := recovering(t)
	b.s.Asking.Cooldown, b.s.Surveys[0].Cooldown = 0, 0
	b.answers(tk, 1)
	for _, s := range []desk.RecoveryState{desk.RecoveryContacted, desk.RecoveryDone, desk.RecoveryAskedAgain} {
		_, err := b.ChangeRecovery(b.ctx, b.act(), tk.Survey, ticketing.RecoveryChange{State: &s})
		require.NoError(t, err)
	}
	again := b.recovery(tk).Again
	b.now = b.survey(again).Due
	b.fire(nil)
	answer := func(n int) {
		b.pass(time.Minute)
		_, err := b.Answer(b.ctx, again, desk.Score{Value: n, At: b.now, By: desk.WeChat})
		require.NoError(t, err)
	}
	list := func() int {
		rows, _, err := b.Store.Recovered(b.ctx, []string{"support"}, "2026-03", "", 10)
		require.NoError(t, err)
		return len(rows)
	}
	facts := func(k desk.FactKind) (n int) {
		for _, f := range b.facts() {
			if f.Kind == k {
				n++
			}
		}
		return n
	}
	answer(4)
	require.Equal(t, 1, list())
	r := b.recovery(tk)
	require.Equal(t, []int{1, 4}, []int{r.Score, *r.AgainScore})
	answer(1)
	require.Zero(t, list(), "no better than before")
	require.True(t, b.recovery(tk).Recovered.IsZero())
	answer(5)
	require.Equal(t, 1, list())
	require.Equal(t, []int{1, 1, 2, 1}, []int{
		facts(desk.FactRecoveryOpened) - 1, facts(desk.FactRecoveryDone), facts(desk.FactRecovered), facts(desk.FactUnrecovered),
	}, "the asking again, answered with 1 in between, opened one of its own")
	require.Contains(t, codes(b.messages(tk.ID)), "recovery.recovered")
}
