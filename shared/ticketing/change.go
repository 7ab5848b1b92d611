package ticketing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Change is what an agent or a program changes of a ticket at once, all or nothing. What
// is nil stays.
type Change struct {
	Assignee *string // an agent's id; "" = nobody
	Team     *string
	Priority *desk.Priority
	Type     *desk.Type
	Tags     *[]string // all of them
	AddTags  []string  // besides those it has
	Status   *desk.Status
	Until    time.Time // of snoozed
}

// Change changes a ticket in one transaction. The error names the field at fault.
func (d *Desk) Change(ctx context.Context, act Act, id desk.TicketID, c Change) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if err := c.Check(s, act.At); err != nil {
		return err
	}
	_, err = d.on(ctx, act, id, func(a *acting) error { return a.change(ctx, c) })
	return err
}

// Check says what of a change can't be, before anything is read.
func (c Change) Check(s *config.Settings, at time.Time) error {
	if c.Assignee != nil && *c.Assignee != "" {
		if _, ok := s.Agent(*c.Assignee); !ok {
			return desk.FieldError("assignee", "there is no agent %q", *c.Assignee)
		}
	}
	if c.Team != nil && !slices.ContainsFunc(s.Teams, func(t config.Team) bool { return t.ID == *c.Team }) {
		return desk.FieldError("team", "there is no team %q", *c.Team)
	}
	if c.Priority != nil && !slices.Contains(desk.Priorities, *c.Priority) {
		return desk.FieldError("priority", "must be one of low, normal, high, urgent")
	}
	if c.Type != nil && !slices.Contains(desk.Types, *c.Type) {
		return desk.FieldError("type", "must be one of inquiry, complaint, suggestion, praise, task")
	}
	if c.Tags != nil {
		if _, err := desk.Tags(*c.Tags); err != nil {
			return err
		}
	}
	return c.checkStatus(at)
}

func (c Change) checkStatus(at time.Time) error {
	if c.Status == nil {
		return nil
	}
	if !slices.Contains(desk.Statuses, *c.Status) || *c.Status == desk.StatusNew {
		return desk.FieldError("status", "must be one of open, pending, on_hold, snoozed, resolved, closed, spam")
	}
	if *c.Status == desk.StatusSnoozed && !c.Until.After(at) {
		return desk.FieldError("until", "a snooze needs a time that is still to come")
	}
	return nil
}

// change applies a change that Check has found good; the status comes last, for what
// follows from it counts for the team and agent the ticket then has.
func (a *acting) change(ctx context.Context, c Change) error {
	if c.Team != nil && *c.Team != a.t.Team {
		a.said = append(a.said, said("route.moved", "from", a.t.Team, "to", *c.Team))
		a.t.Team = *c.Team
	}
	if c.Assignee != nil {
		a.assign(*c.Assignee)
	}
	if c.Priority != nil && a.t.Priority != *c.Priority {
		a.said = append(a.said, said("priority.changed", "from", string(a.t.Priority), "to", string(*c.Priority)))
		a.t.Priority = *c.Priority
	}
	if c.Type != nil && a.t.Type != *c.Type {
		a.said = append(a.said, said("type.changed", "from", string(a.t.Type), "to", string(*c.Type)))
		a.t.Type = *c.Type
	}
	if err := a.tag(c); err != nil || c.Status == nil {
		return err
	}
	if *c.Status == desk.StatusSnoozed {
		if !a.t.SnoozedUntil.Equal(c.Until) {
			a.said = append(a.said, said("snooze.until", "at", c.Until.UTC().Format(time.RFC3339)))
		}
		a.t.SnoozedUntil = c.Until
		a.t.Arm(desk.TimerUnsnooze, c.Until)
	}
	if a.t.Status == desk.StatusSpam && c.Status.Active() {
		if err := a.notSpam(ctx); err != nil {
			return err
		}
	}
	return a.become(*c.Status)
}

func (a *acting) tag(c Change) error {
	want := slices.Clone(a.t.Tags)
	if c.Tags != nil {
		want = *c.Tags
	}
	want, err := desk.Tags(append(slices.Clone(want), c.AddTags...))
	if err != nil || slices.Equal(want, a.t.Tags) {
		return err
	}
	if more := without(want, a.t.Tags); len(more) > 0 {
		a.said = append(a.said, said("tag.added", "tags", strings.Join(more, ", ")))
	}
	if less := without(a.t.Tags, want); len(less) > 0 {
		a.said = append(a.said, said("tag.removed", "tags", strings.Join(less, ", ")))
	}
	a.t.Tags = want
	a.touched = true // another order alone is worth a write, and no line in the journal
	return nil
}

func without(list, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(taken, s) })
}
