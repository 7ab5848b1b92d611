package apifn

import (
	"mime"
	"net/http"

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
	Preview bool                    `json:"preview"`
	Counts  map[string]int          `json:"counts"` // by result
	Items   []importedView          `json:"items"`
	Faults  []ticketing.ImportFault `json:"faults"`
}

// importCustomers makes and changes customers from CSV. With a fault anywhere nothing is
// written: 422 lists all of them.
func (a *api) importCustomers(c *call) error {
	p, err := c.params("preview")
	if err != nil {
		return err
	}
	preview, err := p.oneOf("preview", "true", "false")
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
	v := importView{Preview: preview == "true", Counts: map[string]int{}, Items: []importedView{}, Faults: []ticketing.ImportFault{}}
	rows, faults := ticketing.ReadImport(s, src)
	if len(faults) > 0 {
		v.Faults = faults
		return c.json(http.StatusUnprocessableEntity, v)
	}
	done, err := a.Desk.Import(c.ctx, ticketing.Act{By: c.by, At: c.at}, rows, v.Preview)
	if err != nil {
		return err
	}
	for _, d := range done {
		v.Counts[d.Did]++
		v.Items = append(v.Items, importedView{d.Line, string(d.Customer), d.Did, orEmpty(d.Changed), orNull(d.Why)})
	}
	return c.json(http.StatusOK, v)
}

// csv reads a body of text/csv.
func (c *call) csv() ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
		return nil, problem{Status: http.StatusUnsupportedMediaType, Detail: "Send text/csv."}
	}
	return c.read()
}
