// Package windows knows which channels take answers for a while only. It links none of
// their senders, for those who ask before anything is sent.
package windows

import (
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Of tells until when, and how many, messages may go to an identity: a zero time and a
// negative number are no limit.
func Of(id desk.Identity, at time.Time) (until time.Time, left int) {
	if id.Address.Channel == desk.WeChat {
		return wechat.Window(id, at)
	}
	return time.Time{}, -1
}

// Hours is Of with what an identity's account can still do afterwards.
func Hours(s *config.Settings, id desk.Identity, at time.Time) channel.Hours {
	h := channel.Hours{}
	h.Until, h.Left = Of(id, at)
	if a, ok := s.Account(id.Address.Channel, id.Address.Account); ok && a.Channel == desk.WeChat {
		h.Notices = wechat.Notices(a.Settings)
	}
	return h
}
