package consolefn

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

type feedbackPage struct {
	frame
	From, To string // days in the desk's zone, both included
	Rows     []feedbackRow
	More     string
	Until    time.Time // the list was searched no further back, and isn't full
	Filtered bool

	Sources, Types, Kinds, Channels, Teams, Agents []choice
	Min, Max                                       string
	Topics                                         []choice // open ones
}

// feedbackRow is one record, in words.
type feedbackRow struct {
	desk.Feedback
	Score     string // with its scale
	Source    string
	TypeName  string
	Number    string
	URL       string
	Post      string // where it is taken up
	Team      string
	AgentName string
	Who       string // the customer's name
	WhoURL    string
	By        string
	Squares   []bool // filled up to the score, of a scale that isn't long
	More      []desk.FeedbackAnswer
}

// rowOf is a row with what its words are said with.
type rowOf struct {
	frame
	Row    feedbackRow
	Topics []choice // that it may be tied to
	Back   string   // to this list
}

// Of lets a part of the page show one row.
func (p feedbackPage) Of(r feedbackRow) rowOf {
	back := p.visit.r.URL.RawQuery
	if back != "" {
		back = "?" + back
	}
	return rowOf{p.frame, r, p.Topics, back}
}

// Asks says whether a record can ask for something: it has words, and isn't praise.
func (r feedbackRow) Asks() bool { return r.Words() != "" && r.Type != desk.Praise }

// feedbackShown is how many records a page shows: each is a read unit, and its customer
// another.
const feedbackShown = 50

// squares is the longest scale that is drawn.
const squares = 7

// feedback lists what customers think, newest first: of a month unless days are given.
func (v *visit) feedback() error {
	page := feedbackPage{frame: v.frame("feedback", "客户反馈", "Feedback", feedbackParams...)}
	q := v.r.URL.Query()
	filter, err := store.ReadFeedbackFilter(q.Get)
	if err != nil {
		return err
	}
	query, err := v.feedbackDays(&page, q)
	if err != nil {
		return err
	}
	query.Fits = func(e store.FeedbackEntry) bool { return filter.Fits(e) && v.mayRead(allow.Feedback, e.Team) }
	found, err := v.Store.FindFeedback(v.r.Context(), query, q.Get("cursor"), feedbackShown)
	if err != nil {
		return err
	}
	v.feedbackFilters(&page, q)
	page.Until = found.Until
	if found.Next != "" {
		q.Set("cursor", found.Next)
		page.More = "?" + q.Encode()
	}
	if page.Topics, err = v.openTopics(); err != nil {
		return err
	}
	page.Rows, err = v.feedbackRows(page.frame, found.Rows)
	if err != nil {
		return err
	}
	return v.write("feedback", page)
}

var feedbackParams = []string{"source", "type", "kind", "channel", "team", "agent", "score_min", "score_max", "from", "to", "month"}

// feedbackDays reads the days: a month as 2006-01, or from and to; the last 31 days where
// neither is given or readable.
func (v *visit) feedbackDays(page *feedbackPage, q url.Values) (store.FeedbackQuery, error) {
	day := func(name string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, q.Get(name), page.Zone)
		if err != nil {
			return time.Time{}
		}
		return at
	}
	from, to := day("from"), day("to")
	if month, err := time.ParseInLocation("2006-01", q.Get("month"), page.Zone); err == nil && from.IsZero() && to.IsZero() {
		from, to = month, month.AddDate(0, 1, -1)
	}
	if to.IsZero() {
		to = v.now.In(page.Zone)
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -30)
	}
	if to.Before(from) || to.Sub(from) > 367*24*time.Hour {
		return store.FeedbackQuery{}, desk.FieldError("from", "must be at most 366 days before to")
	}
	page.From, page.To = from.Format(time.DateOnly), to.Format(time.DateOnly)
	date := func(t time.Time, more int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+more, 0, 0, 0, 0, page.Zone)
	}
	return store.FeedbackQuery{From: date(from, 0), To: date(to, 1)}, nil
}

func (v *visit) feedbackFilters(page *feedbackPage, q url.Values) {
	page.Min, page.Max = q.Get("score_min"), q.Get("score_max")
	pick := func(name string, all string) []choice { return []choice{{Name: all, Chosen: q.Get(name) == ""}} }
	page.Sources = pick("source", page.L("全部来源", "All sources"))
	for _, s := range desk.FeedbackSources {
		page.Sources = append(page.Sources, choice{ID: string(s), Name: journal.Source(s, v.lang), Chosen: q.Get("source") == string(s)})
	}
	page.Types = pick("type", page.L("全部类型", "All types"))
	for _, t := range desk.FeedbackTypes {
		page.Types = append(page.Types, choice{ID: string(t), Name: journal.Type(t, v.lang), Chosen: q.Get("type") == string(t)})
	}
	page.Kinds = pick("kind", page.L("全部评分", "All scores"))
	for _, k := range desk.SurveyKinds {
		page.Kinds = append(page.Kinds, choice{ID: string(k), Name: kindName(page.frame, k), Chosen: q.Get("kind") == string(k)})
	}
	page.Channels = pick("channel", page.L("全部渠道", "All channels"))
	for _, c := range []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.WebForm, desk.Generic} {
		page.Channels = append(page.Channels, choice{ID: string(c), Name: journal.Channel(c, v.lang), Chosen: q.Get("channel") == string(c)})
	}
	page.Teams = pick("team", page.L("全部小组", "All teams"))
	for _, t := range v.s.Teams {
		if v.mayRead(allow.Feedback, t.ID) {
			page.Teams = append(page.Teams, choice{ID: t.ID, Name: v.teamName(t.ID), Chosen: q.Get("team") == t.ID})
		}
	}
	page.Agents = pick("agent", page.L("全部客服", "All agents"))
	for _, a := range v.s.Agents {
		page.Agents = append(page.Agents, choice{ID: a.ID, Name: a.Name, Chosen: q.Get("agent") == a.ID})
	}
	page.Filtered = slices.ContainsFunc(feedbackParams, func(name string) bool { return q.Get(name) != "" })
}

func kindName(f frame, k desk.SurveyKind) string {
	switch k {
	case desk.NPS:
		return f.L("推荐意愿（NPS）", "NPS")
	case desk.CES:
		return f.L("轻松度（CES）", "CES")
	}
	return f.L("满意度（CSAT）", "CSAT")
}

func (v *visit) feedbackRows(f frame, rows []store.Row[desk.Feedback]) ([]feedbackRow, error) {
	ids := make([]desk.CustomerID, len(rows))
	for i, r := range rows {
		ids[i] = r.Value.Customer
	}
	names, err := v.Store.CustomerNames(v.r.Context(), v.lang, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]feedbackRow, len(rows))
	for i, r := range rows {
		out[i] = v.feedbackRow(f, r.Value)
		if out[i].Who = names[r.Value.Customer]; out[i].Who == "" {
			out[i].Who = f.L("未留姓名的客户", "Customer without a name")
		}
	}
	return out, nil
}

func (v *visit) feedbackRow(f frame, r desk.Feedback) feedbackRow {
	row := feedbackRow{
		Feedback: r, Source: journal.Source(r.Source, v.lang), Team: v.teamName(r.Team), AgentName: v.agentName(r.Agent),
		Post:   "/console/feedback/" + url.PathEscape(string(r.ID)) + "/topic",
		WhoURL: "/console/customers/" + url.PathEscape(string(r.Customer)), By: journal.Channel(r.Channel, v.lang),
	}
	if r.Type != "" {
		row.TypeName = journal.Type(r.Type, v.lang)
	}
	if r.Ticket != "" {
		row.Number = r.Ticket.Number()
		row.URL = "/console/tickets/" + row.Number
		if r.Message != "" {
			row.URL = messageURL(r.Ticket, r.Message)
		}
	}
	if a, ok := r.Score(); ok {
		row.Score = strconv.Itoa(*a.Number) + " / " + strconv.Itoa(a.Max)
		if a.Max <= squares {
			row.Squares = make([]bool, a.Max)
		}
		for i := range row.Squares {
			row.Squares[i] = i < *a.Number
		}
	}
	for _, a := range r.Answers {
		if a.Question != desk.ScoreQuestion && a.Question != desk.CommentQuestion {
			row.More = append(row.More, a)
		}
	}
	return row
}
