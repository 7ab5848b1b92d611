package consolefn

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// mine says whether the agent wrote a message.
func (v *visit) mine(m desk.Message) bool { return m.By.Kind == desk.ByAgent && m.By.ID == v.agent.ID }

// undoable says whether the agent can take an answer back.
func (v *visit) undoable(m desk.Message) bool {
	return m.State == desk.Queued && m.Before != nil && v.now.Before(m.NotBefore) && v.mine(m)
}

// undo takes an answer back and goes to the ticket's page, whose answer begins with it.
func (v *visit) undo() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	m := v.r.PathValue("id")
	if err := v.Desk.Undo(v.r.Context(), v.act(), id, desk.MessageID(m)); err != nil {
		return err
	}
	v.redirect("/console/tickets/" + id.Number() + "?" + url.Values{"undone": {m}}.Encode() + "#composer")
	return nil
}

// undone begins the answer with the one that was taken back, its copies and what it made of
// the ticket; its files can't be chosen for the agent, so they are named. It is the agent's own, so nothing of it is hidden; an answer's parts are all of one time.
func (v *visit) undone(p *ticketPage) {
	id := desk.MessageID(v.r.URL.Query().Get("undone"))
	i := slices.IndexFunc(p.Items, func(it item) bool { return it.M.ID == id })
	if id == "" || i < 0 || !v.mine(p.Items[i].M) || p.Items[i].M.Why != desk.Undone {
		return
	}
	first := p.Items[i].M
	var texts []string
	for _, it := range p.Items {
		if it.M.Why != desk.Undone || !it.M.At.Equal(first.At) || !v.mine(it.M) {
			continue
		}
		if it.M.Text != "" {
			texts = append(texts, it.M.Text)
		}
		for _, f := range it.M.Attachments {
			p.Left = append(p.Left, f.Name)
		}
	}
	if first.Before != nil {
		p.Then = first.Before.Then
	}
	p.Draft, p.Cc = typed(strings.Join(texts, "\n")), v.copiesAgain(p.T, first.Cc)
}

// copiesAgain are an answer's copies as the form has them: those of the ticket as the
// agent reads them, and those that the agent had put there whole.
func (v *visit) copiesAgain(t desk.Ticket, cc []string) template.HTML {
	out, of := slices.Clone(cc), ticketing.Copies(t)
	for i, a := range out {
		if slices.Contains(of, a) {
			out[i] = v.shown([]string{a})[0]
		}
	}
	return typed(strings.Join(out, ", "))
}

// UndoUntil is until when an answer can be taken back, to the second.
func (f frame) UndoUntil(m desk.Message) string { return m.NotBefore.In(f.Zone).Format(time.TimeOnly) }
