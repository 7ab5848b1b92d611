package jobsfn

import (
	"maps"

	"github.com/deskhook/deskhook/shared/desk"
)

// leftOut stands where an agent's words on the customer stood.
const leftOut = "…"

// unsay takes the words of follow-ups out of a journal's row; false where there are none.
func unsay(m *desk.Message) bool {
	found := false
	for i, d := range m.Decisions {
		if note := d.Args["note"]; note != "" && note != leftOut {
			m.Decisions[i].Args = maps.Clone(d.Args)
			m.Decisions[i].Args["note"] = leftOut
			found = true
		}
	}
	return found
}
