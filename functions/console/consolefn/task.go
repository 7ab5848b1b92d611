package consolefn

import (
	"net/url"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// taskRow is a task of the ticket that is not over.
type taskRow struct {
	listRow
	Seen bool // the agent may open it
}

// tasksOf reads the ticket's open tasks: a read unit for every two, none without.
func (v *visit) tasksOf(t desk.Ticket) ([]taskRow, error) {
	rows, err := v.Store.Tickets(v.r.Context(), t.Tasks...)
	var out []taskRow
	for _, r := range rows {
		out = append(out, taskRow{v.listRow(r.Value), v.shows(r.Value)})
	}
	return out, err
}

// TaskTeams are whom a task can be given to, the others first: one's own team needs no task
// as a rule.
func (p ticketPage) TaskTeams() []choice {
	return slices.SortedStableFunc(slices.Values(p.Teams), func(a, b choice) int {
		switch {
		case a.Chosen == b.Chosen:
			return 0
		case a.Chosen:
			return 1
		}
		return -1
	})
}

// ParentURL is where the ticket is that a task is of.
func (p ticketPage) ParentURL() string {
	return "/console/tickets/" + url.PathEscape(p.T.Parent.Number())
}

// openTask gives another team something to do for this ticket.
func (v *visit) openTask() error {
	return v.do(func(id desk.TicketID) error {
		form := v.r.PostForm
		due, err := v.localTime(form.Get("due"))
		if err != nil {
			return err
		}
		n := ticketing.Task{Team: form.Get("team"), Subject: form.Get("subject"), Text: v.text(), Due: due, Wait: form.Get("wait") != ""}
		_, err = v.Desk.OpenTask(v.r.Context(), v.writing("task", n.Team+"\x00"+n.Subject+"\x00"+n.Text), id, n)
		return err
	})
}
