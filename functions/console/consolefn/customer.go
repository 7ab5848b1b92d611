package consolefn

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/store"
)

type customerPage struct {
	frame
	Person  person
	Panel   *panel
	Entries []entry
	Older   string
	Merges  []merged
	Reached []reached
	Stands  stands
	Scores  []scored
	Thinks  []feedbackRow
	Langs   []choice
	Agreed  []agreed
	Hints   []desk.Hint
	Tiers   []choice
	Fields  []fieldInput
	Tags    string
}

// Of lets a part of the page show one record of feedback.
func (p customerPage) Of(r feedbackRow) rowOf { return rowOf{frame: p.frame, Row: r} }

// entry is one line of a customer's timeline: a ticket, or words.
type entry struct {
	item
	Row *listRow
}

// merged is a customer taken in, which can be undone.
type merged struct {
	desk.Merge
	Who string
}

// customersShown bounds what one page tells of a customer.
const customersShown = 50

func (v *visit) customer() error {
	ctx := v.r.Context()
	row, err := v.Store.Customer(ctx, desk.CustomerID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	page := customerPage{frame: v.frame("", "未留姓名的客户", "Customer without a name", "older")}
	if page.Person, err = v.person(row, customersShown); err != nil {
		return err
	}
	if page.Person.Name != "" {
		page.Title = page.Person.Name
	}
	for _, m := range row.Value.Merges {
		page.Merges = append(page.Merges, merged{m, v.who(m.By)})
	}
	page.Hints = identity.Open(row.Value)
	ids, err := v.Desk.Addresses(v.r.Context(), row.Value)
	if err != nil {
		return err
	}
	page.Reached = v.reachedAt(ids)
	page.Stands = v.stands(lifecycle.Known{Customer: row.Value, Identities: ids, Tickets: page.Person.all})
	page.Scores = v.scores(page.frame, row.Value)
	if page.Thinks, err = v.thoughts(page.frame, row.Value); err != nil {
		return err
	}
	page.Panel = v.panel(row.Value, "")
	v.profileForm(&page)
	return v.entries(&page)
}

// entries reads a page of the timeline over all channels.
func (v *visit) entries(p *customerPage) error {
	all, next, err := v.Store.PersonTimeline(v.r.Context(), p.Person.C, v.r.URL.Query().Get("older"), customersShown)
	if err != nil {
		return err
	}
	if err := v.nameCustomers(p.Person.C, all); err != nil {
		return err
	}
	for _, h := range all {
		if h.Ticket.Value.ID == "" {
			p.Entries = append(p.Entries, entry{item: v.item(h.Event, "")})
			continue
		}
		if !v.shows(h.Ticket.Value) {
			continue
		}
		row := v.listRow(h.Ticket.Value)
		p.Entries = append(p.Entries, entry{item: item{At: h.At}, Row: &row})
	}
	if next != "" {
		p.Older = p.Person.URL + "?" + url.Values{"older": {next}}.Encode()
	}
	return v.write("customer", *p)
}

// nameCustomers puts names, or else addresses, for the ids of customers who were merged: a
// read unit for each of them.
func (v *visit) nameCustomers(c desk.Customer, all []store.Happened) error {
	var ids []desk.CustomerID
	eachMerge(all, func(args map[string]string) {
		ids = append(ids, desk.CustomerID(args["from"]), desk.CustomerID(args["into"]))
	})
	names, err := v.Store.CustomerNames(v.r.Context(), v.lang, ids...)
	if err != nil {
		return err
	}
	for _, m := range c.Merges {
		if names[m.From] == "" && len(m.Added) > 0 {
			names[m.From] = m.Added[0].Label(v.lang)
		}
	}
	eachMerge(all, func(args map[string]string) {
		for _, k := range []string{"from", "into"} {
			args[k] = cmp.Or(names[desk.CustomerID(args[k])], v.words().L("未留姓名的客户", "a customer without a name"))
		}
	})
	return nil
}

// eachMerge gives the arguments of what is said of merges.
func eachMerge(all []store.Happened, do func(args map[string]string)) {
	for _, h := range all {
		for _, d := range h.Event.Decisions {
			if d.Code == "customer.merged" || d.Code == "customer.unmerged" {
				do(d.Args)
			}
		}
	}
}

// stands is where a customer stands, in words.
type stands struct {
	lifecycle.Verdict
	Stage, Risk string
	Why         []string
}

func (v *visit) stands(k lifecycle.Known) stands {
	out := stands{Verdict: lifecycle.Judge(v.s.LifecycleRules(), k, v.now)}
	out.Stage, out.Risk = journal.Stage(out.Verdict.Stage, v.lang), journal.Risk(out.Level, v.lang)
	for _, r := range out.Reasons {
		out.Why = append(out.Why, journal.Why(r.Code, v.lang))
	}
	return out
}

// scored is one of a customer's last scores.
type scored struct {
	desk.ScoreMark
	Name        string // of its kind
	Most        int
	Number, URL string
	Comment     string // of the very last
}

// scores are the last ones, newest first. A row written before it kept them has the very
// last alone.
func (v *visit) scores(f frame, c desk.Customer) []scored {
	marks := slices.Clone(c.Scores)
	if s := c.LastScore; len(marks) == 0 && s != nil {
		marks = []desk.ScoreMark{{Kind: s.Kind, Value: s.Value, At: s.At, Ticket: s.Ticket}}
	}
	slices.Reverse(marks)
	var out []scored
	for i, m := range marks {
		s := scored{ScoreMark: m, Name: kindName(f, m.Kind)}
		_, s.Most = m.Kind.Bounds()
		if m.Ticket != "" {
			s.Number, s.URL = m.Ticket.Number(), "/console/tickets/"+m.Ticket.Number()
		}
		if i == 0 && c.LastScore != nil {
			s.Comment = c.LastScore.Comment
		}
		out = append(out, s)
	}
	return out
}

func (v *visit) customerID() desk.CustomerID { return desk.CustomerID(v.r.PathValue("id")) }

func (v *visit) toCustomer(id desk.CustomerID) {
	v.redirect("/console/customers/" + url.PathEscape(string(id)))
}

// remark gives a customer the name that the agents call them by.
func (v *visit) remark() error {
	remark := v.r.PostForm.Get("remark")
	if v.masked() {
		row, err := v.Store.Customer(v.r.Context(), v.customerID())
		if err != nil {
			return err
		}
		if err := v.unhide("remark", &remark, row.Value.Remark); err != nil {
			return err
		}
	}
	if err := v.Desk.Remark(v.r.Context(), v.act(), v.customerID(), remark); err != nil {
		return err
	}
	if t, ok := desk.ParseNumber(v.r.PostForm.Get("back")); ok {
		v.redirect("/console/tickets/" + t.Number())
		return nil
	}
	v.toCustomer(v.customerID())
	return nil
}

// mergeCustomer takes another customer in, named by one of their tickets' numbers, their
// id, or the address of their page.
func (v *visit) mergeCustomer() error {
	from, err := v.otherCustomer(v.r.PostForm.Get("from"))
	if err != nil {
		return err
	}
	if err := v.Desk.MergeCustomers(v.r.Context(), v.act(), from, v.customerID(), v.r.PostForm.Get("why")); err != nil {
		return err
	}
	v.toCustomer(v.customerID())
	return nil
}

func (v *visit) otherCustomer(named string) (desk.CustomerID, error) {
	if u, err := url.Parse(strings.TrimSpace(named)); err == nil {
		named = path.Base(u.Path)
	}
	number, isTicket := desk.ParseNumber(named)
	if !isTicket {
		row, err := v.Store.Customer(v.r.Context(), desk.CustomerID(named))
		return row.Value.ID, err
	}
	t, err := v.readTicket(number)
	if err != nil {
		return "", err
	}
	row, err := v.Store.Customer(v.r.Context(), t.Value.Customer)
	return row.Value.ID, err
}

// unmergeCustomer undoes a merge.
func (v *visit) unmergeCustomer() error {
	from := desk.CustomerID(v.r.PostForm.Get("from"))
	if err := v.Desk.UnmergeCustomers(v.r.Context(), v.act(), from, v.customerID()); err != nil {
		return err
	}
	v.toCustomer(v.customerID())
	return nil
}
