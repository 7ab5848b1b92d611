package apifn

import (
	"net/http"
	"slices"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/store"
)

// maxLists bounds how many partitions one request merges.
const maxLists = 60

// ticketsView is a page of tickets. More says that there are further ones.
type ticketsView struct {
	Items      []ticketView `json:"items"`
	NextCursor *string      `json:"next_cursor"`
	More       bool         `json:"more"`
}

// ticketQuery is what GET /v1/tickets asks for.
type ticketQuery struct {
	team, assignee string
	status         desk.Status
	channel        desk.Channel
	priority       desk.Priority
	kind           desk.Type
	tag            string
	newestFirst    bool
	cursor         string
	limit          int
}

func words[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func (p params) tickets() (q ticketQuery, err error) {
	q.team, q.assignee = p.get("team"), p.get("assignee")
	status, err := p.oneOf("status", words(desk.Statuses)...)
	if err != nil {
		return q, err
	}
	q.status = desk.Status(status)
	sort, err := p.oneOf("sort", "newest", "oldest")
	if err != nil {
		return q, err
	}
	q.newestFirst = sort != "oldest"
	channel, err := p.oneOf("channel", words(settings.Channels)...)
	if err != nil {
		return q, err
	}
	q.tag, q.channel = p.get("tag"), desk.Channel(channel)
	priority, err := p.oneOf("priority", words(desk.Priorities)...)
	if err != nil {
		return q, err
	}
	kind, err := p.oneOf("type", words(desk.Types)...)
	if err != nil {
		return q, err
	}
	q.priority, q.kind = desk.Priority(priority), desk.Type(kind)
	q.cursor, q.limit, err = p.page()
	return q, err
}

// listTickets reads one partition where the query names one (an assignee, or team and
// status), and merges the newest of several where it doesn't.
func (a *api) listTickets(c *call) error {
	p, err := c.params("view", "team", "status", "assignee", "channel", "priority", "type", "tag", "sort", "cursor", "limit")
	if err != nil {
		return err
	}
	q, err := p.tickets()
	if err != nil {
		return err
	}
	if q.assignee == myself {
		q.assignee = c.by.ID
	}
	if err := c.mayList(q.team); err != nil {
		return err
	}
	view, err := p.oneOf("view", viewOverdue, viewAtRisk)
	if err != nil {
		return err
	}
	switch {
	case view != "":
		return a.listLate(c, p, view, q)
	case q.assignee == nobody:
		return a.listWaiting(c, p, q)
	case q.assignee != "":
		return a.listAssignees(c, p, q)
	case q.team != "" && q.status != "":
		page, err := a.Store.TicketsOfTeam(c.ctx, q.team, q.status, q.cursor, q.limit, q.newestFirst)
		return a.ticketPage(c, p, page, err, q)
	default:
		return a.listMerged(c, p, q)
	}
}

// listAssignees reads an agent's active tickets, or those done where the status asked
// for is one of a ticket that is done.
func (a *api) listAssignees(c *call, p params, q ticketQuery) error {
	active := q.status == "" || q.status.Active()
	page, err := a.Store.TicketsOfAgent(c.ctx, q.assignee, active, q.cursor, q.limit, q.newestFirst)
	return a.ticketPage(c, p, page, err, q)
}

// ticketPage answers with a page's headers. An index may lag behind, and an assignee's
// partition holds several teams and statuses: what doesn't fit by now is left out.
func (a *api) ticketPage(c *call, p params, page store.TicketPage, err error, q ticketQuery) error {
	if err != nil {
		return refusedCursor(err)
	}
	rows, err := a.Store.Tickets(c.ctx, page.IDs...)
	if err != nil {
		return err
	}
	return a.answerTickets(c, p, rows, page.Cursor, nil, q)
}

func (a *api) answerTickets(c *call, p params, rows []store.Row[desk.Ticket], next string, err error, q ticketQuery) error {
	if err != nil {
		return refusedCursor(err)
	}
	rows = slices.DeleteFunc(rows, func(r store.Row[desk.Ticket]) bool { return !q.fits(r.Value) || !c.shows(r.Value) })
	return c.json(http.StatusOK, ticketsView{viewAll(rows, viewTicket), p.next(next), next != ""})
}

// among says whether a value is the one asked for; "" asks for any.
func among(asked, value string) bool { return asked == "" || asked == value }

func (q ticketQuery) fits(t desk.Ticket) bool {
	return among(string(q.channel), string(t.From.Channel)) && among(string(q.priority), string(t.Priority)) &&
		among(string(q.kind), string(t.Type)) && (q.tag == "" || slices.Contains(t.Tags, q.tag)) &&
		(q.team == "" || t.Team == q.team) && (q.status == "" || t.Status == q.status) &&
		(q.assignee == "" || t.Assignee == q.assignee || q.assignee == nobody && t.Assignee == "" && t.Status.Active())
}

func (a *api) listMerged(c *call, p params, q ticketQuery) error {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	return a.answerMerged(c, p, q, q.lists(s, c.who))
}

// answerMerged answers with the first tickets of several lists together.
func (a *api) answerMerged(c *call, p params, q ticketQuery, lists []store.List) error {
	if len(lists) > maxLists {
		return errTooManyTeams
	}
	rows, next, err := a.Store.MergePage(c.ctx, lists, q.cursor, q.limit, q.newestFirst)
	return a.answerTickets(c, p, rows, next, err, q)
}

// teams are the caller's, as many as one request may read the lists of.
func (a *api) teams(c *call) (teams []string, err error) {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range s.Teams {
		if c.who.Team(t.ID) {
			teams = append(teams, t.ID)
		}
	}
	if len(teams) > maxLists {
		return nil, errTooManyTeams
	}
	return teams, nil
}

var errTooManyTeams = badParameter("team", "is needed: the desk has too many teams to list all at once")

// lists are the partitions of a query: every team of the caller's where it names none,
// every active status where it names none.
func (q ticketQuery) lists(s *config.Settings, who allow.Principal) []store.List {
	teams, statuses := []string{q.team}, []desk.Status{q.status}
	if q.team == "" {
		teams = nil
		for _, t := range s.Teams {
			if who.Team(t.ID) {
				teams = append(teams, t.ID)
			}
		}
	}
	if q.status == "" {
		statuses = slices.DeleteFunc(slices.Clone(desk.Statuses), func(s desk.Status) bool { return !s.Active() })
	}
	var lists []store.List
	for _, team := range teams {
		for _, status := range statuses {
			lists = append(lists, store.List{Team: team, Status: status})
		}
	}
	return lists
}

func (a *api) listMessages(c *call) error {
	q, err := c.list("sort")
	if err != nil {
		return err
	}
	sort, err := q.oneOf("sort", "newest", "oldest")
	if err != nil {
		return err
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	lang := c.lang()
	rows, next, err := a.Store.Messages(c.ctx, t.Value.ID, q.cursor, q.limit, sort == "newest")
	return answerPage(c, q, rows, next, err, func(r store.Row[desk.Message]) messageView { return c.message(r.Value, lang) })
}

func (a *api) listCustomers(c *call) error {
	q, err := c.monthly()
	if err != nil {
		return err
	}
	found, next, err := a.Store.Customers(c.ctx, q.period, q.cursor, q.limit)
	return answerPage(c, q, found, next, err, func(s store.CustomerSummary) personView { return personView{string(s.ID), s.Name} })
}

func (a *api) listQuarantine(c *call) error {
	q, err := c.daily()
	if err != nil {
		return err
	}
	rows, next, err := a.Store.Quarantine(c.ctx, q.period, q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, func(r store.Row[store.Quarantined]) quarantineView { return viewQuarantined(r.Value, c.lang()) })
}

func (a *api) getCustomer(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	return a.answerCustomer(c, desk.CustomerID(c.r.PathValue("id")))
}

func (a *api) listCustomersTickets(c *call) error {
	q, err := c.list()
	if err != nil {
		return err
	}
	row, err := a.Store.Customer(c.ctx, desk.CustomerID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if lists := store.PersonLists(row.Value); len(lists) > 1 {
		rows, next, err := a.Store.MergePage(c.ctx, lists, q.cursor, q.limit, true)
		return a.answerTickets(c, q.params, rows, next, err, ticketQuery{})
	}
	page, err := a.Store.TicketsOfCustomer(c.ctx, row.Value.ID, q.cursor, q.limit)
	return a.ticketPage(c, q.params, page, err, ticketQuery{})
}
