package search

import (
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Worded says whether a message is of those that are found by their words, or were while
// they had any: neither an event, nor what the desk says by itself.
func Worded(m desk.Message) bool {
	return m.Kind != desk.Journal && (m.Kind != desk.ToCustomer || m.By.Kind != desk.ByDesk)
}

// Words is the text by which a message is found: its subject, what it says, what was
// filled in, and its files' names. Empty where it isn't to be found: events, what the
// desk says by itself, and what was erased or moved away.
func Words(m desk.Message) string {
	if m.Gone != "" || !Worded(m) {
		return ""
	}
	lines := make([]string, 0, 2+len(m.Fields)+len(m.Attachments))
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add(m.Text)
	add(m.Subject)
	for _, f := range m.Fields {
		add(f.Value)
	}
	for _, a := range m.Attachments {
		add(a.Name)
	}
	return clip(strings.Join(lines, "\n"), MaxText)
}
