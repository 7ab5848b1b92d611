package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/canned"
	"github.com/deskhook/deskhook/shared/store"
)

// Fill puts a canned text's variables in, for a ticket that an agent answers, in the
// ticket's language.
func Fill(s *config.Settings, text config.Text, t desk.Ticket, agent string) string {
	return fill(s, text.In(t.Lang), t, agent)
}

func fill(s *config.Settings, text string, t desk.Ticket, agent string) string {
	return canned.Render(text, t.Lang, canned.Values{
		Customer: t.Name, Agent: agent, Desk: s.Desk.Name.In(t.Lang), Ticket: t.ID.Number(), Subject: t.Subject, Team: s.TeamName(t.Team, t.Lang),
	})
}

// Macro takes all steps of a macro, or none of them, in one transaction: the changes, the
// note, the answer. NotFound where the settings have no such macro. It gives the id of
// the answer, else of the note, else of the journal's row.
func (d *Desk) Macro(ctx context.Context, act Act, id desk.TicketID, macro string) (desk.MessageID, error) {
	return d.on(ctx, act, id, func(a *acting) error {
		m, ok := a.s.Macro(macro)
		if !ok {
			return desk.Errorf(desk.NotFound, "no such macro")
		}
		a.said = append(a.said, said("macro.applied", "name", m.Name.In(a.s.Desk.Language)))
		text := Fill(a.s, m.Reply, *a.t, act.By.Name)
		c := a.stepsOf(m)
		if text != "" && c.Status == nil {
			pending := desk.StatusPending
			c.Status = &pending
		}
		if note := Fill(a.s, m.Note, *a.t, act.By.Name); note != "" {
			a.note(note)
		}
		if text != "" {
			if err := a.reply(Reply{Text: text}); err != nil {
				return err
			}
		}
		return a.change(ctx, c)
	})
}

func (a *acting) stepsOf(m config.Macro) Change {
	c := Change{AddTags: m.Tags}
	switch m.Assignee {
	case "":
	case config.MacroMe:
		if _, known := a.s.Agent(a.act.By.ID); known {
			c.Assignee = &a.act.By.ID // a program with a token is nobody to assign to
		}
	case config.MacroNobody:
		c.Assignee = new(string)
	default:
		c.Assignee = &m.Assignee
	}
	if m.Team != "" {
		c.Team = &m.Team
	}
	if m.Priority != "" {
		c.Priority = &m.Priority
	}
	if m.Type != "" {
		c.Type = &m.Type
	}
	if m.Status != "" {
		c.Status = &m.Status
		c.Until = a.act.At.Add(m.Snooze.D())
	}
	return c
}

func (a *acting) note(text string) {
	m := a.message("note", text)
	m.Kind, a.msg = desk.Note, m.ID
	a.mentions(a.t, &m)
	a.tx.PutMessage(store.Row[desk.Message]{Value: m})
}
