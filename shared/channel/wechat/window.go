package wechat

import (
	"time"

	"github.com/deskhook/deskhook/shared/channel/wechat/window"
	"github.com/deskhook/deskhook/shared/desk"
)

// Window is the package's Window at this moment.
func (c *account) Window(id desk.Identity) (time.Time, int) { return Window(id, c.now()) }

// Window is window.Of: see there.
func Window(id desk.Identity, now time.Time) (until time.Time, left int) { return window.Of(id, now) }
