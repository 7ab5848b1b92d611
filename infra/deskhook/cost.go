package main

import (
	"encoding/json"
	"os"

	"github.com/deskhook/deskhook/infra/deskhook/cost"
)

// costCmd prints what the desk costs.
type costCmd struct {
	Tickets int  `default:"10" help:"Tickets in the table before measuring: the figures must not depend on it."`
	JSON    bool `help:"Print JSON."`
}

// Run measures in a scratch folder.
func (c *costCmd) Run(w *world) error {
	dir, err := os.MkdirTemp("", "deskhook-cost-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	report, err := cost.Measure(w.ctx, dir, c.Tickets)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(w.out)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	return report.Print(w.out)
}
