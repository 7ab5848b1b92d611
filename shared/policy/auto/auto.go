// Package auto decides whether an automatic message may go to somebody (promise 5:
// nothing automatic answers something automatic; two per sender an hour at most).
package auto

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Cap is how many automatic answers one sender gets within Window.
const (
	Cap    = 2
	Window = time.Hour
)

// Allow says whether an automatic answer may go to the sender of in, or why not: a
// decision code.
func Allow(in desk.Inbound, id desk.Identity, at time.Time) (ok bool, why string) {
	switch {
	case in.Automatic != "" || in.Quiet:
		return false, "auto.not_to_automatic"
	case in.Spam != "":
		return false, "auto.not_to_spam"
	case id.OptedOut():
		return false, "auto.opted_out"
	case len(Recent(id.Auto, at)) >= Cap:
		return false, "auto.cap"
	}
	return true, ""
}

// Recent keeps the times within the window before at.
func Recent(times []time.Time, at time.Time) []time.Time {
	var kept []time.Time
	for _, t := range times {
		if at.Sub(t) < Window {
			kept = append(kept, t)
		}
	}
	return kept
}
