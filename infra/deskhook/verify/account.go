package verify

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/sign"
)

// kind is what a key of Input.Set is.
type kind int

const (
	text kind = iota
	secret
	number
	flag
	list
)

// keys are those that each channel knows.
var keys = map[desk.Channel]map[string]kind{
	desk.WeChat:  {"token": secret, "encoding_aes_key": secret, "app_secret": secret, "app_id": text, "original_id": text, "mode": text, "max_age": number, "shadow": flag},
	desk.SMS:     {"auth_token": secret, "account_sid": text, "number": text, "messaging_service_sid": text, "url": text, "shadow": flag, "mms": flag},
	desk.Email:   {"address": text, "name": text, "topic_arn": text, "own": list},
	desk.WebForm: {"form": text},
	desk.Generic: {"secret": secret, "signing_key": secret, "callback_url": text, "allow_loopback": flag, "shadow": flag},
}

// neutral stands in for settings that a channel needs but that no judgement rests on.
var neutral = map[desk.Channel]map[string]any{
	desk.WeChat:  {},
	desk.SMS:     {"account_sid": "AC00000000000000000000000000000000", "number": "+15005550006"},
	desk.Generic: {},
	desk.Email:   {"address": "desk@desk.example"},
}

// given is Input.Set, sorted out.
type given struct {
	settings map[string]any
	secrets  map[string][]string
}

func sortOut(c desk.Channel, set []Pair) (given, error) {
	g := given{map[string]any{}, map[string][]string{}}
	for _, p := range set {
		key, previous := strings.CutSuffix(p.Key, "/previous")
		k, ok := keys[c][key]
		switch {
		case !ok || previous && k != secret:
			return g, faulty("the channel %s has no setting or secret %q", c, p.Key)
		case k == secret:
			if key == "signing_key" { // as other services call it
				key = "secret"
			}
			g.secrets[key] = append(g.secrets[key], p.Value)
			continue
		}
		v, err := typed(k, p)
		if err != nil {
			return g, err
		}
		g.settings[key] = v
	}
	return g, nil
}

func typed(k kind, p Pair) (any, error) {
	switch k {
	case number:
		n, err := strconv.Atoi(p.Value)
		if err != nil {
			return nil, faulty("%s should be a whole number", p.Key)
		}
		return n, nil
	case flag:
		b, err := strconv.ParseBool(p.Value)
		if err != nil {
			return nil, faulty("%s should be true or false", p.Key)
		}
		return b, nil
	case list:
		return strings.Split(p.Value, ","), nil
	}
	return p.Value, nil
}

// open makes the channel of the account that a call is judged with. note tells of what
// was assumed.
func open(in Input, r channel.Request, base string) (ch channel.Channel, note string, err error) {
	if !slices.Contains(builtin.Names, in.Channel) {
		return nil, "", faulty("there is no channel %q", in.Channel)
	}
	g, err := sortOut(in.Channel, in.Set)
	if err != nil {
		return nil, "", err
	}
	if in.Channel == desk.WebForm {
		ch, err = openForm(in, r, g, base)
		return ch, "", err
	}
	a, err := account(in, r)
	if err != nil {
		return nil, "", err
	}
	settings, err := merge(in, a, g)
	if err != nil {
		return nil, "", err
	}
	note = assume(in.Channel, r, g, settings)
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil, "", faulty("the settings can't be written as JSON")
	}
	ch, err = construct(in.Channel, channel.Account{
		Name: a.Name, Settings: raw, Secret: g.lookup(in, a.Name), PublicURL: base, Now: func() time.Time { return in.At },
	})
	if err != nil {
		return nil, "", faulty("%w", err)
	}
	return ch, note, nil
}

func construct(c desk.Channel, a channel.Account) (channel.Channel, error) {
	switch c {
	case desk.WeChat:
		return wechat.New(a)
	case desk.SMS:
		return sms.New(a)
	case desk.Email:
		return email.New(a)
	case desk.Generic:
		return generic.New(a)
	}
	return nil, faulty("the channel %s can't be judged", c)
}

// account finds the account: the one asked for, the one whose name stands in the path,
// the first.
func account(in Input, r channel.Request) (config.Account, error) {
	if in.Settings != nil {
		names := append([]string{in.Account}, strings.Split(r.Path, "/")...)
		for i, name := range names {
			if a, ok := in.Settings.Account(in.Channel, name); ok {
				return a, nil
			} else if i == 0 && in.Account != "" && len(in.Set) == 0 {
				return a, faulty("the settings have no %s account %q", in.Channel, in.Account)
			}
		}
		for _, a := range in.Settings.Accounts {
			if a.Channel == in.Channel && in.Account == "" {
				return a, nil
			}
		}
	}
	name := in.Account
	if name == "" {
		name = "main"
	}
	return config.Account{Channel: in.Channel, Name: name}, nil
}

// merge lays what was given over the account's settings.
func merge(in Input, a config.Account, g given) (map[string]any, error) {
	m := map[string]any{}
	if len(a.Settings) == 0 {
		for k, v := range neutral[in.Channel] {
			m[k] = v
		}
	} else if err := json.Unmarshal(a.Settings, &m); err != nil {
		return nil, faulty("account %s: the settings are not understood", a.Name)
	}
	if in.URL != "" {
		delete(m, "url") // the address is given: nothing else may go before it
	}
	for one, other := range map[string]string{"number": "messaging_service_sid", "messaging_service_sid": "number"} {
		if _, ok := g.settings[one]; ok {
			delete(m, other) // of the two an account has one
		}
	}
	for k, v := range g.settings {
		m[k] = v
	}
	return m, nil
}

// assume takes an account of which only the token was told for one in plaintext mode,
// where the call isn't encrypted either: nothing but the token is needed then.
func assume(c desk.Channel, r channel.Request, g given, settings map[string]any) string {
	_, mode := g.settings["mode"]
	plain := !strings.Contains("&"+r.RawQuery, "&encrypt_type=aes") && !strings.Contains("&"+r.RawQuery, "&msg_signature=")
	if c != desk.WeChat || mode || len(g.secrets["token"]) == 0 || len(g.secrets["encoding_aes_key"]) > 0 || !plain {
		return ""
	}
	settings["mode"] = wechat.ModePlain
	return "plaintext mode was assumed, since no encoding_aes_key was given (mode=safe judges otherwise); it proves neither body nor time"
}

// lookup finds a secret: what was given goes before what the desk has.
func (g given) lookup(in Input, account string) func(string) ([]string, error) {
	return func(field string) ([]string, error) {
		if v := g.secrets[field]; len(v) > 0 {
			return v, nil
		}
		if in.Secrets == nil {
			return nil, config.ErrNoSecret
		}
		return in.Secrets.Account(in.Channel, account)(field)
	}
}

// openForm makes the form's channel as its receiver does.
func openForm(in Input, r channel.Request, g given, base string) (channel.Channel, error) {
	if in.Settings == nil {
		return nil, faulty("a form is judged by its definition: name a settings file that has it")
	}
	name, _ := g.settings["form"].(string)
	if name == "" {
		name = in.Account
	}
	if name == "" {
		name = r.Path[strings.LastIndexByte(r.Path, '/')+1:]
	}
	f, ok := in.Settings.Form(name)
	if !ok {
		return nil, faulty("the settings have no form %q: name one by form=…", name)
	}
	c, err := webform.New(f, channel.Account{Name: f.ID, PublicURL: base})
	if err != nil {
		return nil, faulty("%w", err)
	}
	c.Lang = in.Settings.Desk.Language
	c.StatusURL = statusURL(in, base)
	return c, nil
}

// statusURL makes the link that the answer leads to, where the desk's key is known.
func statusURL(in Input, base string) func(desk.Address, string) string {
	if in.Secrets == nil {
		return nil
	}
	values, err := in.Secrets.Values(config.LinkKey)
	key, ok := sign.NewKey(values...)
	if err != nil || !ok {
		return nil
	}
	return func(from desk.Address, id string) string { return links.Status(base, key, from, id) }
}
