package deliveryfn

import (
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// menu gives a survey's scores as choices to tap: in a chat by an id that names survey
// and score, in a mail by the survey's page, which stands on the text's last line.
func menu(m desk.Message) []channel.Choice {
	var out []channel.Choice
	page := m.Text[strings.LastIndexByte(m.Text, '\n')+1:]
	for _, c := range m.Menu {
		one := channel.Choice{ID: ticketing.MenuID(m.Survey, c.ID), Text: c.Text}
		if m.From.Channel == desk.Email {
			one.URL = page + "?score=" + c.ID
		}
		out = append(out, one)
	}
	return out
}
