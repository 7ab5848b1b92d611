package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/config"
)

// segmentsCmd counts what a text costs as SMS.
type segmentsCmd struct {
	Text string `arg:"" help:"The text."`
}

// Run prints JSON.
func (c *segmentsCmd) Run(w *world) error {
	encoding, n, characters := segments.Count(c.Text)
	return json.NewEncoder(w.out).Encode(struct {
		Encoding   string `json:"encoding"`
		Segments   int    `json:"segments"`
		Characters int    `json:"characters"`
	}{encoding, n, characters})
}

// settingsCmd is about desk.yaml.
type settingsCmd struct {
	Check settingsCheckCmd `cmd:"" help:"Name every fault of a settings file with its line."`
}

type settingsCheckCmd struct {
	File string `arg:"" optional:"" default:"infra/desk.yaml" type:"path" help:"The settings file."`
}

// Run prints the faults, or that there are none.
func (c *settingsCheckCmd) Run(w *world) error {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	_, warnings, err := config.Load(src, c.File, builtin.Names...)
	for _, warning := range warnings {
		fmt.Fprintln(w.out, "warning:", warning)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s: no faults\n", c.File)
	return nil
}
