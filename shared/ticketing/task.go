package ticketing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Task is work for another team that a ticket can't go on without.
type Task struct {
	Team     string
	Assignee string // an agent's id; "" = nobody yet
	Subject  string
	Text     string    // what is to be done, for colleagues only
	Due      time.Time // brings it back to its agents then; zero = no deadline
	Wait     bool      // the ticket is on hold until its tasks are over
}

// tasksMost bounds how many open tasks a ticket has: its header names them.
const tasksMost = 20

// OpenTask makes a task of a ticket, in one transaction, and gives its id. A task is a
// ticket that colleagues alone see: it sends nothing, has no deadlines by SLA, isn't
// asked about and counts in no figure of service. Who opened it follows it. When it is
// over its ticket's journal says so, and a ticket on hold with no other task opens.
func (d *Desk) OpenTask(ctx context.Context, act Act, id desk.TicketID, n Task) (desk.TicketID, error) {
	if act.Key == "" {
		return "", desk.FieldError("key", "is missing: a task opened twice would be done twice")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	if err := n.check(s, act.At); err != nil {
		return "", err
	}
	var made desk.TicketID
	msg, err := d.on(ctx, act, id, func(a *acting) (err error) {
		made, err = a.openTask(ctx, n)
		return err
	})
	if err != nil || made != "" {
		return made, err
	}
	return d.madeBefore(ctx, id, msg, taskOpened)
}

func (n *Task) check(s *config.Settings, at time.Time) error {
	n.Subject = strings.Join(strings.Fields(n.Subject), " ")
	if n.Subject == "" {
		n.Subject = cut(firstLine(n.Text), 120)
	}
	if err := checkText(n.Text); err != nil {
		return err
	}
	if len([]rune(n.Subject)) > 120 {
		return desk.FieldError("subject", "may have at most 120 characters")
	}
	if !n.Due.IsZero() && (!n.Due.After(at) || n.Due.After(at.Add(farthestFollow))) {
		return desk.FieldError("due_at", "should be a time to come, within a year")
	}
	c := Change{Team: &n.Team, Assignee: &n.Assignee}
	return c.Check(s, at)
}

func (a *acting) openTask(ctx context.Context, n Task) (desk.TicketID, error) {
	t := a.t
	switch {
	case t.IsTask():
		return "", desk.Errorf(desk.Conflict, "a task has no tasks of its own")
	case t.Into != "":
		return "", desk.Errorf(desk.Conflict, "the ticket was merged into %s: undo that first", t.Into.Number())
	case !t.Status.Active():
		return "", desk.Errorf(desk.Conflict, "the ticket is over: open it first")
	case len(t.Tasks) >= tasksMost:
		return "", desk.Errorf(desk.Conflict, "a ticket has at most %d open tasks", tasksMost)
	}
	id, err := a.taskID(ctx)
	if err != nil {
		return "", err
	}
	task := desk.Ticket{
		ID: id, Parent: t.ID, Subject: n.Subject, Status: desk.StatusOpen, Priority: t.Priority, Type: desk.Task, Team: n.Team, Assignee: n.Assignee,
		Customer: t.Customer, Name: t.Name, Tier: t.Tier, From: t.From, Lang: t.Lang, Opened: a.act.At,
		By: a.act.By, V: a.s.Version, Updated: a.act.At,
	}
	if _, known := a.s.Agent(a.act.By.ID); known && a.act.By.ID != n.Assignee {
		task.Followers = []string{a.act.By.ID}
	}
	if err := a.writeTask(ctx, &task, n); err != nil {
		return "", err
	}
	t.Tasks = append(slices.Clone(t.Tasks), id)
	a.said = append(a.said, said(taskOpened, "ticket", id.Number(), "team", n.Team))
	if n.Wait {
		return id, a.become(desk.StatusOnHold)
	}
	return id, nil
}

const taskOpened = "task.opened"

// taskID derives the task's id from the request, and looks up that it is free.
func (a *acting) taskID(ctx context.Context) (desk.TicketID, error) {
	for n := 0; ; n++ {
		id := desk.NewTicketID(n, "task", string(a.t.ID), a.act.Key)
		rows, err := a.desk.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return id, err
		}
	}
}

// writeTask puts the task's own rows into the transaction.
func (a *acting) writeTask(ctx context.Context, task *desk.Ticket, n Task) error {
	if !n.Due.IsZero() {
		task.Follow = &desk.FollowUp{At: n.Due.UTC(), Note: task.Subject, By: a.act.By}
		task.Arm(desk.TimerFollowUp, n.Due.UTC())
	}
	ds := []desk.Decision{said("task.of", "ticket", a.t.ID.Number())}
	if n.Assignee != "" {
		ds = append(ds, said("assign.changed", "from", "", "to", n.Assignee))
	}
	more, err := a.handing().follows(ctx, desk.Ticket{}, task)
	if err != nil {
		return err
	}
	a.tx.PutMessage(store.Row[desk.Message]{Value: journal(task.ID, a.act.By, a.act.At, a.s.Version, append(ds, more...)...)})
	m := desk.Message{
		ID: desk.NewMessageID(a.act.At, "task", string(task.ID)), Ticket: task.ID, Kind: desk.Note,
		By: a.act.By, At: a.act.At, Text: n.Text, V: a.s.Version,
	}
	a.mentions(task, &m)
	a.tx.PutMessage(store.Row[desk.Message]{Value: m})
	a.tx.PutTicket(store.Row[desk.Ticket]{Value: *task})
	return nil
}

// tellParent lets a task's ticket know that the task is over, or goes on again after all.
func (a *acting) tellParent(ctx context.Context) error {
	over, was := !a.t.Status.Active(), !a.was.Status.Active()
	if !a.t.IsTask() || over == was {
		return nil
	}
	row, err := a.parent(ctx)
	if err != nil || !row.Exists() {
		return err
	}
	before, p := row.Value, &row.Value
	code := "task.over"
	p.Tasks = slices.DeleteFunc(slices.Clone(p.Tasks), func(x desk.TicketID) bool { return x == a.t.ID })
	if !over {
		p.Tasks, code = append(p.Tasks, a.t.ID), "task.again"
	}
	ds := []desk.Decision{said(code, "ticket", a.t.ID.Number())}
	if over && len(p.Tasks) == 0 && p.Status == desk.StatusOnHold {
		p.Status = desk.StatusOpen
		ds = append(ds, said("status.changed", "from", string(desk.StatusOnHold), "to", string(desk.StatusOpen)))
	}
	return a.tell(ctx, before, row, ds...)
}

// parent reads the ticket that a task is of, or the one that was merged into; no row
// where it is gone.
func (a *acting) parent(ctx context.Context) (store.Row[desk.Ticket], error) {
	id := a.t.Parent
	for range 2 {
		rows, err := a.desk.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return store.Row[desk.Ticket]{}, err
		}
		if id = rows[0].Value.Into; id == "" {
			return rows[0], nil
		}
	}
	return store.Row[desk.Ticket]{}, nil
}
