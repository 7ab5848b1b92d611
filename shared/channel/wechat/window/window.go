// Package window knows how long, and how often, WeChat takes answers to a follower. It is
// apart from the channel so that pages can say it without linking how WeChat is spoken.
package window

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// The reply windows of the customer-service message guide, as documented since 2021:
// older texts say 20 messages in 48 hours.
const (
	afterMessage      = 48 * time.Hour
	afterMessageCount = 5
	afterFollow       = time.Minute
	afterFollowCount  = 3
)

// Of says how long and how many customer-service messages may go to a follower:
// 5 in the 48 hours after their last message, or 3 in the minute after they followed.
// Where both stand, it is the one open at now. A closed window is a time that has
// passed, or left 0.
func Of(id desk.Identity, now time.Time) (until time.Time, left int) {
	if id.Gone.After(id.Followed) && id.Gone.After(id.LastIn) {
		return id.Gone, 0 // no longer a follower
	}
	until, left = opened(id.LastIn, afterMessage, afterMessageCount-id.Sent)
	fUntil, fLeft := opened(id.Followed, afterFollow, afterFollowCount-id.Sent)
	open := left > 0 && until.After(now)
	if !open && fLeft > 0 && fUntil.After(now) {
		return fUntil, fLeft
	}
	return until, left
}

// opened is a window that began with at; one that never began ended long ago, since a
// zero time would say that there is no limit.
func opened(at time.Time, d time.Duration, left int) (time.Time, int) {
	if at.IsZero() {
		return time.Unix(0, 0).UTC(), 0
	}
	return at.Add(d), max(left, 0)
}
