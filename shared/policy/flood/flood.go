// Package flood decides when one sender has sent enough for an hour. What goes beyond is
// kept out of sight, never dropped: a cap is a guess about people.
package flood

import "time"

// Window is the time that a cap is about.
const Window = time.Hour

// Count adds a submission at a time to those counted before (Unix seconds, as kept with
// the sender's address), unless limit of them lie within the window before it: then over
// is true, and it isn't counted, so that who goes on is let in again as time passes.
func Count(before []int64, at time.Time, limit int) (counted []int64, over bool) {
	for _, t := range before {
		if at.Unix()-t < int64(Window/time.Second) {
			counted = append(counted, t)
		}
	}
	if len(counted) >= limit {
		return counted, true
	}
	return append(counted, at.Unix()), false
}
