// Package builtin is the explicit list of the desk's channels: what reads their
// envelopes, and in senders what sends to them. Adding a channel is one folder beside
// this one and a line here.
package builtin

import (
	"context"
	"fmt"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Names lists the channels, in the order pages show them.
var Names = []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.WebForm, desk.Generic}

// parse reads an envelope with the settings in force; no channel needs a secret for it.
var parse = map[desk.Channel]func(*config.Settings, channel.Envelope) ([]desk.Inbound, error){
	desk.WeChat:  parseWeChat,
	desk.SMS:     func(_ *config.Settings, e channel.Envelope) ([]desk.Inbound, error) { return sms.Parse(e) },
	desk.Email:   parseEmail,
	desk.WebForm: parseForm,
	desk.Generic: func(_ *config.Settings, e channel.Envelope) ([]desk.Inbound, error) { return generic.Parse(e) },
}

// Parse makes the function that reads envelopes of every channel. Its failures wrap
// channel.ErrUnreadable, those of reading the settings apart.
func Parse(settings func(context.Context) (*config.Settings, error)) func(context.Context, channel.Envelope) ([]desk.Inbound, error) {
	return func(ctx context.Context, e channel.Envelope) ([]desk.Inbound, error) {
		read, ok := parse[e.Channel]
		if !ok {
			return nil, fmt.Errorf("%w: there is no channel %q", channel.ErrUnreadable, e.Channel)
		}
		s, err := settings(ctx)
		if err != nil {
			return nil, err
		}
		return read(s, e)
	}
}

func parseWeChat(s *config.Settings, e channel.Envelope) ([]desk.Inbound, error) {
	a, _ := s.Account(desk.WeChat, e.Account)
	return wechat.ParseOf(a.Settings, e)
}

func parseEmail(s *config.Settings, e channel.Envelope) ([]desk.Inbound, error) {
	a, ok := s.Account(desk.Email, e.Account)
	if !ok {
		return nil, fmt.Errorf("%w: there is no e-mail account %q any more", channel.ErrUnreadable, e.Account)
	}
	c, err := email.New(channel.Account{Name: a.Name, Settings: a.Settings})
	if err != nil {
		return nil, fmt.Errorf("%w: e-mail account %q: %w", channel.ErrUnreadable, e.Account, err)
	}
	return c.Parse(e)
}

func parseForm(s *config.Settings, e channel.Envelope) ([]desk.Inbound, error) {
	f, ok := s.Form(e.Account)
	if !ok {
		return nil, fmt.Errorf("%w: there is no form %q any more", channel.ErrUnreadable, e.Account)
	}
	c, err := webform.New(f, channel.Account{Name: f.ID})
	if err != nil {
		return nil, fmt.Errorf("%w: form %q: %w", channel.ErrUnreadable, e.Account, err)
	}
	return c.Parse(e)
}
