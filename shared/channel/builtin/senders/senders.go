// Package senders is the list of what sends to customers, by channel. It stands apart
// from builtin because it links the providers' clients, which nothing but delivery and
// tokens needs.
package senders

import (
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/channel/email/ses"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
)

// Makers is what senders are made with. All fields but Callbacks are needed.
type Makers struct {
	Settings         func(context.Context) (*config.Settings, error)
	Secrets          config.Lookup
	Store            *store.Store // access tokens
	Key              sign.Key     // reply addresses
	HTTP             channel.Doer
	Now              func() time.Time
	Region           string // of SES
	ConfigurationSet string // of SES; "" = none, and no receipts

	// Callbacks gives what accounts' own callbacks are called with, loopback addresses
	// being allowed or not. Nil takes generic.Client, which dials no private address.
	Callbacks func(allowLoopback bool) channel.Doer
}

// Sender gives an account's sender; NotFound where there is no such account.
func (m *Makers) Sender(ctx context.Context, c desk.Channel, name string) (channel.Sender, error) {
	a, err := m.account(ctx, c, name)
	if err != nil {
		return nil, err
	}
	switch c {
	case desk.WeChat:
		return wechat.NewSender(a, m.token(c, name), m.page(a)), nil
	case desk.SMS:
		return sms.NewSender(a)
	case desk.Email:
		return ses.New(a, ses.Options{
			Region: m.Region, ConfigurationSet: m.ConfigurationSet, HTTP: m.HTTP,
			SignReply: m.replyTag,
			Unsubscribe: func(out channel.Outgoing) string {
				return links.Unsubscribe(a.PublicURL, m.Key, out.To, out.Ticket)
			},
		})
	case desk.Generic:
		return m.generic(a)
	default:
		return nil, desk.Errorf(desk.NotFound, "nothing can be sent on channel %q", c)
	}
}

// generic sends to an address that the settings name, so not by the providers' client.
func (m *Makers) generic(a channel.Account) (channel.Sender, error) {
	s, err := generic.ReadSettings(a.Settings)
	if err != nil {
		return nil, err
	}
	a.HTTP = generic.Client(s.AllowLoopback)
	if m.Callbacks != nil {
		a.HTTP = m.Callbacks(s.AllowLoopback)
	}
	return generic.NewSender(a)
}

// Media gives what fetches the files of an account's messages; NotFound where there is
// no such account, or where the channel's files come with the message.
func (m *Makers) Media(ctx context.Context, c desk.Channel, name string) (channel.MediaFetcher, error) {
	a, err := m.account(ctx, c, name)
	if err != nil {
		return nil, err
	}
	switch c {
	case desk.WeChat:
		return wechat.NewMediaFetcher(a, m.token(c, name)), nil
	case desk.SMS:
		return sms.NewSender(a)
	default:
		return nil, desk.Errorf(desk.NotFound, "channel %q keeps no files elsewhere", c)
	}
}

// WhoIs gives what tells of an account's customers who they are; NotFound where there is
// no such account, or where its channel tells nothing.
func (m *Makers) WhoIs(ctx context.Context, c desk.Channel, name string) (channel.WhoIs, error) {
	a, err := m.account(ctx, c, name)
	if err != nil {
		return nil, err
	}
	if c != desk.WeChat {
		return nil, desk.Errorf(desk.NotFound, "channel %q doesn't tell who somebody is", c)
	}
	return wechat.NewWhoIs(a, m.token(c, name)), nil
}

// page is where a customer reads what a notice tells of.
func (m *Makers) page(a channel.Account) wechat.Page {
	return func(out channel.Outgoing) string {
		return links.Ticket(a.PublicURL, m.Key, out.Ticket, m.Now().Add(links.NoticeLife))
	}
}

// replyTag is the tag of the address that answers to a mail go to.
func (m *Makers) replyTag(out channel.Outgoing) string {
	if out.Purpose == "forward" {
		return links.ForwardTag(m.Key, out.Ticket, out.To.ID)
	}
	return links.ReplyTag(m.Key, out.Ticket)
}

func (m *Makers) account(ctx context.Context, c desk.Channel, name string) (channel.Account, error) {
	s, err := m.Settings(ctx)
	if err != nil {
		return channel.Account{}, err
	}
	a, ok := s.Account(c, name)
	if !ok {
		return channel.Account{}, desk.Errorf(desk.NotFound, "there is no %s account %q any more", c, name)
	}
	return channel.Account{
		Name: a.Name, Settings: a.Settings, Secret: m.Secrets.Account(c, a.Name),
		PublicURL: s.Desk.PublicURL, Now: m.Now, HTTP: m.HTTP,
	}, nil
}

// token is the access token that the function tokens keeps.
func (m *Makers) token(c desk.Channel, name string) wechat.Token {
	return wechat.Token{
		Now:     func(ctx context.Context) (string, error) { return m.tokenNow(ctx, c, name) },
		Refused: func(ctx context.Context, token string) { m.spent(ctx, c, name, token) },
	}
}

// spent marks a refused token, so that tokens gets another within its minute. It is left
// at that: what can't be marked now is refused, and marked, at the next try.
func (m *Makers) spent(ctx context.Context, c desk.Channel, name, token string) {
	row, err := m.Store.Token(ctx, c, name)
	if err != nil || row.Value.Value != token || row.Value.Stale {
		return // a fresh one is there already
	}
	row.Value.Stale = true
	var tx store.Tx
	tx.PutToken(c, name, row)
	_ = m.Store.Commit(ctx, &tx)
}

func (m *Makers) tokenNow(ctx context.Context, c desk.Channel, name string) (string, error) {
	row, err := m.Store.Token(ctx, c, name)
	switch {
	case err != nil:
		return "", err
	case row.Value.Value == "" && row.Value.Error != "":
		return "", fmt.Errorf("senders: no access token: %s", row.Value.Error)
	case row.Value.Value == "":
		return "", fmt.Errorf("senders: no access token yet")
	}
	return row.Value.Value, nil
}

// Fetch asks WeChat for an account's access token.
func (m *Makers) Fetch(ctx context.Context, a config.Account) (string, time.Time, error) {
	acc, err := m.account(ctx, a.Channel, a.Name)
	if err != nil {
		return "", time.Time{}, err
	}
	return wechat.FetchToken(ctx, acc)
}

// Window says whether a channel takes a message to an identity now: surveys ask before
// they ask.
func (m *Makers) Window(id desk.Identity, at time.Time) bool {
	until, left := windows.Of(id, at)
	return left != 0 && (until.IsZero() || at.Before(until))
}
