package main

import (
	"encoding/json"

	"github.com/deskhook/deskhook/shared/channel/sms/segments"
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
