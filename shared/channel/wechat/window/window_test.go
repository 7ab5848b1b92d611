package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/wechat/window"
	"github.com/deskhook/deskhook/shared/desk"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

// Five answers in 48 hours after a message, three in the minute after following, none to
// who has left; the window that is open counts.
func TestWindow(t *testing.T) {
	for name, c := range map[string]struct {
		id   desk.Identity
		open bool
		left int
	}{
		"never wrote":                {desk.Identity{}, false, 0},
		"wrote":                      {desk.Identity{LastIn: ago(time.Hour)}, true, 5},
		"was answered twice":         {desk.Identity{LastIn: ago(time.Hour), Sent: 2}, true, 3},
		"was answered five times":    {desk.Identity{LastIn: ago(time.Hour), Sent: 5}, false, 0},
		"and once more":              {desk.Identity{LastIn: ago(time.Hour), Sent: 6}, false, 0},
		"wrote two days ago":         {desk.Identity{LastIn: ago(48 * time.Hour)}, false, 5},
		"has just followed":          {desk.Identity{Followed: ago(30 * time.Second)}, true, 3},
		"followed some time ago":     {desk.Identity{Followed: ago(2 * time.Minute)}, false, 0},
		"followed after days":        {desk.Identity{LastIn: ago(72 * time.Hour), Followed: ago(time.Second), Sent: 1}, true, 2},
		"left":                       {desk.Identity{LastIn: ago(time.Hour), Gone: ago(time.Minute)}, false, 0},
		"left, but wrote afterwards": {desk.Identity{LastIn: ago(time.Minute), Gone: ago(time.Hour)}, true, 5},
	} {
		until, left := window.Of(c.id, now)
		require.Equal(t, c.left, left, name)
		require.False(t, until.IsZero(), "%s: a zero time would say that there is no limit", name)
		require.Equal(t, c.open, left > 0 && until.After(now), name)
	}
}
