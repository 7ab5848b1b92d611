package apifn

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/deskhook/deskhook/shared/ticketing"
)

type importedView struct {
	Line     int      `json:"line"`
	Customer string   `json:"customer_id"`
	Result   string   `json:"result"` // created, changed, unchanged, refused
	Changed  []string `json:"changed"`
	Why      *string  `json:"why"`
}

type importView struct {
	Status  string         `json:"status"` // completed; partial: the time was up
	Preview bool           `json:"preview"`
	Counts  map[string]int `json:"counts"` // by result
	Items   []importedView `json:"items"`
	// NextLine is where a partial one is to go on: the from_line of the next call.
	NextLine *int `json:"next_line"`
}

// importCustomers makes and changes customers from CSV. With a fault anywhere nothing is
// written: 422 lists all of them. After bulkTime no further line is begun.
func (a *api) importCustomers(c *call) error {
	p, err := c.params("preview", "from_line")
	if err != nil {
		return err
	}
	preview, err := p.oneOf("preview", "true", "false")
	if err != nil {
		return err
	}
	from, err := p.line("from_line")
	if err != nil {
		return err
	}
	src, err := c.csv()
	if err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	rows, faults := ticketing.ReadImport(s, src)
	if len(faults) > 0 {
		return importProblem(faults)
	}
	v := importView{Status: "completed", Preview: preview == "true", Counts: map[string]int{}, Items: []importedView{}}
	rows = slices.DeleteFunc(rows, func(r ticketing.ImportRow) bool { return r.Line < from })
	done, err := a.Desk.Import(c.ctx, ticketing.Act{By: c.by, At: c.at}, rows, v.Preview, func() bool { return a.Now().Sub(c.at) >= bulkTime })
	if err != nil {
		return err
	}
	for _, d := range done {
		v.Counts[d.Did]++
		v.Items = append(v.Items, importedView{d.Line, string(d.Customer), d.Did, orEmpty(d.Changed), orNull(d.Why)})
	}
	if len(done) < len(rows) {
		v.Status, v.NextLine = "partial", &rows[len(done)].Line
	}
	return c.json(http.StatusOK, v)
}

// importProblem names each fault's column; "file" is the line, or the file, as a whole.
func importProblem(faults []ticketing.ImportFault) problem {
	p := problem{Status: http.StatusUnprocessableEntity, Detail: "The file has faults; nothing was imported."}
	for _, f := range faults {
		p.Errors = append(p.Errors, fault{cmp.Or(f.Column, "file"), f.Text, f.Line})
	}
	return p
}

// line reads the number of a file's line; 0 where none is given.
func (p params) line(name string) (int, error) {
	v := p.get(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, badParameter(name, "must be the number of a line, from 1")
	}
	return n, nil
}

// csv reads a body of text/csv.
func (c *call) csv() ([]byte, error) {
	if !c.comesAs("text/csv") {
		return nil, problem{Status: http.StatusUnsupportedMediaType, Detail: "Send text/csv, in UTF-8."}
	}
	return c.read()
}
