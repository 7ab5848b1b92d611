package consolefn

import (
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
)

type customerPage struct {
	frame
	Person person
	Events []item
}

// customersShown bounds what one page tells of a customer.
const customersShown = 50

func (v *visit) customer() error {
	ctx := v.r.Context()
	row, err := v.Store.Customer(ctx, desk.CustomerID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	page := customerPage{frame: v.frame("", "客户", "Customer")}
	if page.Person, err = v.person(row, customersShown); err != nil {
		return err
	}
	if page.Person.Name != "" {
		page.Title = page.Person.Name
	}
	events, _, err := v.Store.CustomerEvents(ctx, row.Value.ID, "", customersShown)
	if err != nil {
		return err
	}
	for _, e := range events {
		page.Events = append(page.Events, v.item(e.Value, ""))
	}
	return v.write("customer", page)
}

// remark gives a customer the name that the agents call them by.
func (v *visit) remark() error {
	id := desk.CustomerID(v.r.PathValue("id"))
	if err := v.Desk.Remark(v.r.Context(), v.act(), id, v.r.PostForm.Get("remark")); err != nil {
		return err
	}
	if t, ok := desk.ParseNumber(v.r.PostForm.Get("back")); ok {
		v.redirect("/console/tickets/" + t.Number())
		return nil
	}
	v.redirect("/console/customers/" + url.PathEscape(string(id)))
	return nil
}

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
	page := feedbackPage{frame: v.frame("feedback", "满意度", "Feedback", "month"), Month: at.Format(month), Before: at.AddDate(0, -1, 0).Format(month)}
	if next := at.AddDate(0, 1, 0); !next.After(v.now) {
		page.After = next.Format(month)
	}
	rows, cursor, err := v.Store.Feedback(v.r.Context(), page.Month, q.Get("cursor"), 100)
	if err != nil {
		return err
	}
	if cursor != "" {
		page.More = "?" + url.Values{"month": {page.Month}, "cursor": {cursor}}.Encode()
	}
	for _, f := range rows {
		row := feedbackRow{
			FeedbackSummary: f, Number: f.Ticket.Number(), URL: "/console/tickets/" + f.Ticket.Number(),
			By: journal.Channel(f.Channel, v.lang), Team: v.teamName(f.Team), Bad: v.s.BadScore(f.Kind, f.Value),
		}
		for i := range row.Squares {
			row.Squares[i] = i < f.Value
		}
		page.Rows = append(page.Rows, row)
	}
	return v.write("feedback", page)
}
