package config

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Channels lists those the desk has, in a fixed order: of its accounts, and forms where
// there are any.
func (s *Settings) Channels() []desk.Channel {
	var out []desk.Channel
	for _, a := range s.Accounts {
		out = append(out, a.Channel)
	}
	if len(s.Forms) > 0 {
		out = append(out, desk.WebForm)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
