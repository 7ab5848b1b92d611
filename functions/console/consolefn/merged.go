package consolefn

import (
	"regexp"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Of the tickets merged into one, its timeline shows the last three, and the newest 30 rows
// of each: a look at such a ticket costs one read unit and some two more for each. Few
// tickets are any merged into, and the whole of one is a link away.
const (
	mergedShown     = 3
	mergedRowsShown = 30
)

// mergedItems are what was written in the tickets merged into this one, which the agent who
// goes on here has to answer. The journals stay there.
func (v *visit) mergedItems(p *ticketPage) error {
	ids := p.T.Merged[max(0, len(p.T.Merged)-mergedShown):]
	tickets, err := v.Store.Tickets(v.r.Context(), ids...)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if t.Value.Into != p.T.ID || !v.shows(t.Value) {
			continue
		}
		if err := v.mergedFrom(p, link(t.Value.ID)); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) mergedFrom(p *ticketPage, from choice) error {
	id, _ := desk.ParseNumber(from.ID)
	rows, _, err := v.Store.Messages(v.r.Context(), id, "", mergedRowsShown, true)
	for _, r := range slices.Backward(rows) {
		if m := r.Value; m.Kind != desk.Journal && m.Gone == "" {
			it := v.item(m, from.URL)
			it.From, it.Said = from, nil
			it.Undo, it.Again, it.Mark = "", "", "" // that is done there
			p.Items = append(p.Items, it)
		}
	}
	return err
}

// piece is a part of a line: words, or a link where it has an address.
type piece struct{ Text, URL string }

var ticketNumber = regexp.MustCompile(`\bDH-[0-9A-Z]{4}-[0-9A-Z]{2}\b`)

// Linked makes links of the tickets' numbers in a line of the journal.
func (f frame) Linked(line string) []piece {
	var out []piece
	at := 0
	for _, m := range ticketNumber.FindAllStringIndex(line, -1) {
		number := line[m[0]:m[1]]
		if _, ok := desk.ParseNumber(number); !ok {
			continue
		}
		out = append(out, piece{Text: line[at:m[0]]}, piece{number, "/console/tickets/" + number})
		at = m[1]
	}
	return append(out, piece{Text: line[at:]})
}
