package consolefn

import (
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// shortcuts are what saves an agent writing and clicking: canned replies, macros, and
// the rarer choices beside the timeline.
func (v *visit) shortcuts(p *ticketPage) {
	p.Tags = strings.Join(p.T.Tags, ", ")
	for _, x := range desk.Types {
		p.Types = append(p.Types, choice{ID: string(x), Name: journal.Type(x, v.lang), Chosen: x == p.T.Type})
	}
	for _, x := range v.s.Teams {
		p.Teams = append(p.Teams, choice{ID: x.ID, Name: x.Name.In(v.lang), Chosen: x.ID == p.T.Team})
	}
	if p.T.Status == desk.StatusSpam {
		return
	}
	chosen := v.r.URL.Query().Get("canned")
	for _, x := range v.s.Canned {
		if !x.For(v.agent.Teams) {
			continue
		}
		text := ticketing.Fill(v.s, x.Text, p.T, v.agent.Name)
		p.Canned = append(p.Canned, choice{ID: text, Name: x.Name.In(v.lang), URL: p.URL + "?canned=" + url.QueryEscape(x.ID) + "#composer"})
		if x.ID == chosen {
			p.Draft = text
		}
	}
	for _, m := range v.s.Macros {
		if m.For(v.agent.Teams) {
			p.Macros = append(p.Macros, choice{ID: m.ID, Name: m.Name.In(v.lang), URL: p.URL + "/macros/" + url.PathEscape(m.ID)})
		}
	}
}

// change changes the ticket in the address.
func (v *visit) change(c ticketing.Change) error {
	return v.do(func(id desk.TicketID) error { return v.Desk.Change(v.r.Context(), v.act(), id, c) })
}

// tags are written with commas or spaces between, Chinese ones too.
func (v *visit) tags() error {
	tags := strings.FieldsFunc(v.r.PostForm.Get("tags"), func(r rune) bool { return strings.ContainsRune(",，、;；  \t\n", r) })
	return v.change(ticketing.Change{Tags: &tags})
}

func (v *visit) kind() error {
	t := desk.Type(v.r.PostForm.Get("type"))
	return v.change(ticketing.Change{Type: &t})
}

func (v *visit) team() error {
	team := v.r.PostForm.Get("team")
	return v.change(ticketing.Change{Team: &team})
}

// macro takes its steps once, however often the button is pressed.
func (v *visit) macro() error {
	return v.do(func(id desk.TicketID) error {
		_, err := v.Desk.Macro(v.r.Context(), v.writing("macro", v.r.PathValue("id")), id, v.r.PathValue("id"))
		return err
	})
}
