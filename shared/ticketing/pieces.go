package ticketing

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/parts"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// A piece is one of the messages that an answer goes out in.
type piece struct {
	text  string
	files []desk.Attachment
}

// pieces cuts an answer into what its channel sends at once: each is one attempt with
// one outcome. Files go with the first, or where a channel can't mix them with a text,
// each behind it by itself.
func pieces(c desk.Channel, r Reply) []piece {
	var out []piece
	if r.Text != "" {
		for _, text := range parts.Split(c, r.Text) {
			out = append(out, piece{text: text})
		}
	}
	if len(r.Attachments) == 0 {
		return out
	}
	if !takes.OneEach(c) {
		if len(out) == 0 {
			out = []piece{{}}
		}
		out[0].files = r.Attachments
		return out
	}
	for _, f := range r.Attachments {
		out = append(out, piece{files: []desk.Attachment{f}})
	}
	return out
}
