package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

func channels() []desk.Channel { return builtin.Names }

// fields are the secrets of an account, by channel.
var fields = map[desk.Channel][]string{
	desk.WeChat: {"token", "encoding_aes_key", "app_secret"}, desk.SMS: {"auth_token"}, desk.Generic: {"secret"},
}

// secrets looks at each secret the settings need, by name.
func (d *Doctor) secrets(s *config.Settings) []Finding {
	out := []Finding{d.secret(config.LinkKey)}
	for _, a := range s.Accounts {
		for _, field := range fields[a.Channel] {
			if field == "encoding_aes_key" && plain(a) {
				continue
			}
			out = append(out, d.secret(config.SecretName(a.Channel, a.Name, field)))
		}
	}
	return out
}

func plain(a config.Account) bool {
	var s struct {
		Mode string `json:"mode"`
	}
	return json.Unmarshal(a.Settings, &s) == nil && s.Mode == wechat.ModePlain
}

// weakBelow is the least number of characters of a secret that isn't called weak.
const weakBelow = 16

func (d *Doctor) secret(name string) Finding {
	values, err := d.Secrets.Values(name)
	_, localErr := config.RefuseLocal(d.Secrets).Values(name)
	switch {
	case errors.Is(err, config.ErrNoSecret) && !d.Local():
		return Finding{Note, "secret", name + " is not in this environment; a deployed desk reads it from SSM, where doctor doesn't look"}
	case errors.Is(err, config.ErrNoSecret):
		return Finding{Wrong, "secret", name + " is missing: set " + config.EnvName(name)}
	case err != nil:
		return Finding{Wrong, "secret", name + " can't be read"}
	case errors.Is(localErr, config.ErrLocalSecret) && d.Local():
		return Finding{Good, "secret", name + " is the local default, which is good on this machine only"}
	case errors.Is(localErr, config.ErrLocalSecret):
		return Finding{Wrong, "secret", name + " is the local default, which everybody knows: a deployed desk refuses it"}
	case weak(values[0]):
		return Finding{Wrong, "secret", fmt.Sprintf("%s is weak: it has under %d characters, or very few different ones", name, weakBelow)}
	case len(values) > 1:
		return Finding{Good, "secret", name + " is set, with a previous value"}
	}
	return Finding{Good, "secret", name + " is set"}
}

func weak(v string) bool {
	different := map[rune]bool{}
	for _, r := range v {
		different[r] = true
	}
	return len(v) < weakBelow || len(different) < 6
}

// accounts makes each account's channel, as its receiver would, and tells why it can't
// be made. A secret that is missing has been told of already.
func (d *Doctor) accounts(s *config.Settings) []Finding {
	var out []Finding
	for _, a := range s.Accounts {
		name := string(a.Channel) + "/" + a.Name
		err := builtin.Make(a.Channel, channel.Account{
			Name: a.Name, Settings: a.Settings, PublicURL: d.base(s), Now: d.Now, HTTP: http.DefaultClient,
			Secret: d.Secrets.Account(a.Channel, a.Name),
		})
		switch {
		case errors.Is(err, config.ErrNoSecret):
		case err != nil:
			out = append(out, Finding{Wrong, "account", fmt.Sprintf("%s (line %d): %v", name, a.Line, err)})
		case a.Channel == desk.WeChat && plain(a):
			out = append(out, Finding{Note, "account", name + " is in plaintext mode, which proves no message's content: for development only"})
		case a.Channel == desk.Generic && !hasCallback(a):
			out = append(out, Finding{Note, "account", name + " has no callback_url: replies can't be sent"})
		default:
			out = append(out, Finding{Good, "account", name + " is complete"})
		}
	}
	return out
}

func hasCallback(a config.Account) bool {
	s, err := generic.ReadSettings(a.Settings)
	return err == nil && s.CallbackURL != ""
}

// base is the public address that providers call.
func (d *Doctor) base(s *config.Settings) string {
	if s.Desk.PublicURL != "" {
		return s.Desk.PublicURL
	}
	return strings.TrimSuffix(d.Desk, "/")
}

// where tells, by channel, at which place of the provider's an address is entered.
var where = map[desk.Channel]string{
	desk.WeChat:  "设置与开发 → 基本配置 → 服务器地址(URL)",
	desk.SMS:     "Phone Numbers → the number → Messaging → A message comes in (Webhook, HTTP POST)",
	desk.Generic: "the address that your program posts to",
}

// paste lists the exact addresses to enter at each provider.
func (d *Doctor) paste(s *config.Settings) []Finding {
	base := d.base(s)
	var out []Finding
	for _, a := range s.Accounts {
		if a.Channel == desk.Email {
			out = append(out, Finding{Note, "to paste", fmt.Sprintf("email/%s: no address to paste; SES receives for the stack's parameter MailDomain, its MX record leads to SES", a.Name)})
			continue
		}
		out = append(out, Finding{Note, "to paste", fmt.Sprintf("%s/%s: %s/webhooks/%s/%s\n%s", a.Channel, a.Name, base, a.Channel, a.Name, where[a.Channel])})
	}
	for _, f := range s.Forms {
		out = append(out, Finding{Note, "to paste", fmt.Sprintf("webform/%s: %s/forms/%s\nlink to it, or post to it from your own page", f.ID, base, f.ID)})
	}
	if (&Doctor{Desk: base}).Local() {
		out = append(out, Finding{Note, "to paste", "no provider reaches this machine by these addresses: open a tunnel, and set desk.public_url to its address"})
	}
	return out
}
