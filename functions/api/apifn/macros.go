package apifn

import (
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// cannedView is a canned reply: as it is written, and, for a ticket, filled in.
type cannedView struct {
	ID    string      `json:"id"`
	Name  config.Text `json:"name"`
	Text  config.Text `json:"text"`
	Teams []string    `json:"teams"`
}

// filledView is a canned reply ready to be sent on one ticket.
type filledView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Text string `json:"text"`
}

type macroView struct {
	ID    string      `json:"id"`
	Name  config.Text `json:"name"`
	Teams []string    `json:"teams"`
}

func (a *api) listCanned(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	out := []cannedView{}
	for _, x := range s.Canned {
		out = append(out, cannedView{x.ID, x.Name, x.Text, orEmpty(x.Teams)})
	}
	return answerAll(c, out)
}

// listFilled gives the canned replies as they read on a ticket.
func (a *api) listFilled(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	out := []filledView{}
	for _, x := range s.Canned {
		out = append(out, filledView{x.ID, x.Name.In(c.lang()), ticketing.Fill(s, x.Text, row.Value, c.by.Name)})
	}
	return answerAll(c, out)
}

func (a *api) listMacros(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	out := []macroView{}
	for _, m := range s.Macros {
		out = append(out, macroView{m.ID, m.Name, orEmpty(m.Teams)})
	}
	return answerAll(c, out)
}

// applyMacro takes a macro's steps and gives the ticket as it then is.
func (a *api) applyMacro(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	if _, err := a.Desk.Macro(c.ctx, act, row.Value.ID, c.r.PathValue("id")); err != nil {
		return err
	}
	if row, err = a.ticket(c); err != nil {
		return err
	}
	return c.ticket(row)
}
