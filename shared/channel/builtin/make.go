package builtin

import (
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/desk"
)

// Make makes an account's channel as its receiver does, and says why it can't be made. For
// who looks after settings: a receiver makes its own and links no other.
func Make(c desk.Channel, a channel.Account) (err error) {
	switch c {
	case desk.WeChat:
		_, err = wechat.New(a)
	case desk.SMS:
		_, err = sms.New(a)
	case desk.Email:
		_, err = email.New(a)
	case desk.Generic:
		_, err = generic.New(a)
	}
	return err
}
