package consolefn

import (
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

type feedbackPage struct {
	frame
	Month, Before, After string
	Rows                 []feedbackRow
	More                 string
}

type feedbackRow struct {
	store.FeedbackSummary
	URL     string
	Number  string
	By      string
	Team    string
	Bad     bool
	Agent   string // its name
	Praise  bool
	When    time.Time
	Who     string  // where the customer's page is
	Squares [5]bool // filled up to the score
}

const month = "2006-01"

// feedback lists a month's answers, newest first. The bad ones are marked.
func (v *visit) feedback() error {
	q := v.r.URL.Query()
	at, err := time.Parse(month, q.Get("month"))
	if err != nil {
		at, _ = time.Parse(month, v.now.Format(month)) // lists are kept by months of UTC
	}
	page := feedbackPage{frame: v.frame("feedback", "满意度", "Feedback", "month", "agent"), Month: at.Format(month), Before: at.AddDate(0, -1, 0).Format(month)}
	if next := at.AddDate(0, 1, 0); !next.After(v.now) {
		page.After = next.Format(month)
	}
	rows, cursor, err := v.Store.Feedback(v.r.Context(), page.Month, q.Get("cursor"), 100)
	if err != nil {
		return err
	}
	if cursor != "" {
		page.More = "?" + url.Values{"month": {page.Month}, "cursor": {cursor}, "agent": {q.Get("agent")}}.Encode()
	}
	agent := q.Get("agent")
	for _, f := range rows {
		if !v.mayRead(allow.Feedback, f.Team) || agent != "" && f.Agent != agent {
			continue
		}
		row := feedbackRow{
			FeedbackSummary: f, Number: f.Ticket.Number(), URL: "/console/tickets/" + f.Ticket.Number(),
			Agent: v.agentName(f.Agent), When: feedbackWhen(f), Who: "/console/customers/" + url.PathEscape(string(f.Customer)),
			By: journal.Channel(f.Channel, v.lang), Team: v.teamName(f.Team), Bad: v.s.BadScore(f.Kind, f.Value),
		}
		_, most := f.Kind.Bounds()
		row.Praise = f.Value == most && f.Comment != ""
		for i := range row.Squares {
			row.Squares[i] = i < f.Value
		}
		page.Rows = append(page.Rows, row)
	}
	return v.write("feedback", page)
}

// feedbackWhen is zero for answers of before the list kept it.
func feedbackWhen(f store.FeedbackSummary) time.Time {
	if f.At == 0 {
		return time.Time{}
	}
	return time.Unix(f.At, 0)
}
