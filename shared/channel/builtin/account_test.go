package builtin_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

var errSecret = errors.New("no secret here")

// made says whether a channel takes the settings of an account; what secrets it would
// have needed then is not asked.
func made(ch desk.Channel, own json.RawMessage) error {
	a := channel.Account{Name: "main", Settings: own, Now: time.Now, Secret: func(string) ([]string, error) { return nil, errSecret }}
	err := builtin.Make(ch, a)
	if errors.Is(err, errSecret) {
		return nil
	}
	return err
}

const (
	head = "desk: {name: D}\nteams: [{id: support, name: S}]\naccounts:\n  "
	sid  = "account_sid: AC00000000000000000000000000000000"
)

// The settings' check and the channels say the same of an account, and the check says in
// which line and of which key. Each case is an account's settings and the key at fault.
func TestAccountsAreCheckedAsChannelsReadThem(t *testing.T) {
	for _, c := range []struct {
		ch       desk.Channel
		own, key string
	}{
		{desk.WeChat, "app_id: wx1", ""},
		{desk.WeChat, "app_id: wx1, mode: compatible, max_age: 300, shadow: true, unionid: true, on_unsubscribe: keep, welcome: {en: Hi}", ""},
		{desk.WeChat, `app_id: wx1, template: {id: T, data: {thing1: "{{ticket.subject}}", time2: "{{ time }}"}}`, ""},
		{desk.WeChat, "mode: plain", ""},
		{desk.WeChat, "appid: wx1", "appid"},
		{desk.WeChat, "original_id: gh_1", "app_id"},
		{desk.WeChat, "app_id: 12", "app_id"},
		{desk.WeChat, "app_id: wx1, mode: open", "mode"},
		{desk.WeChat, "app_id: wx1, max_age: 5m", "max_age"},
		{desk.WeChat, "app_id: wx1, max_age: -1", "max_age"},
		{desk.WeChat, "app_id: wx1, shadow: yes", "shadow"},
		{desk.WeChat, "app_id: wx1, on_unsubscribe: forget", "on_unsubscribe"},
		{desk.WeChat, "app_id: wx1, welcome: Hi", "welcome"},
		{desk.WeChat, "app_id: wx1, welcome: {fr: Salut}", "welcome.fr"},
		{desk.WeChat, "app_id: wx1, welcome: {en: " + strings.Repeat("x", 2049) + "}", "welcome"},
		{desk.WeChat, "app_id: wx1, template: {data: {thing1: x}}", "template.id"},
		{desk.WeChat, "app_id: wx1, template: {id: T}", "template.data"},
		{desk.WeChat, "app_id: wx1, subscribe_template: {id: T, data: {1thing: x}}", "subscribe_template.data.1thing"},
		{desk.WeChat, `app_id: wx1, template: {id: T, data: {thing1: ""}}`, "template.data.thing1"},
		{desk.WeChat, `app_id: wx1, template: {id: T, data: {thing1: "{{subject}}"}}`, "template.data.thing1"},
		{desk.WeChat, "app_id: wx1, template: {id: T, data: {thing1: x}, url: y}", "template.url"},
		{desk.Email, "address: help@desk.example, from_name: Help, topic_arn: 'arn:aws:sns:x', own: [desk.example]", ""},
		{desk.Email, "address: Help@Desk.example", ""},
		{desk.Email, "from_name: Help", "address"},
		{desk.Email, "address: help", "address"},
		{desk.Email, "address: 'a@x.example, b@x.example'", "address"},
		{desk.Email, "address: Help <help@x.example>", "address"},
		{desk.Email, "address: help@x.example, topic_arn: topic", "topic_arn"},
		{desk.Email, "address: help@x.example, own: x.example", "own"},
		{desk.SMS, sid + ", number: +15005550006, mms: true, url: 'https://x.example/'", ""},
		{desk.SMS, sid + ", messaging_service_sid: MG00000000000000000000000000000000", ""},
		{desk.SMS, sid, "number"},
		{desk.SMS, sid + ", number: “+15005550006”", "number"},
		{desk.SMS, sid + ", number: 15005550006", "number"},
		{desk.SMS, sid + ", number: '15005550006'", "number"},
		{desk.SMS, "account_sid: AC1, number: '+15005550006'", "account_sid"},
		{desk.SMS, sid + ", messaging_service_sid: MG1", "messaging_service_sid"},
		{desk.SMS, sid + ", number: '+15005550006', region: eu", "region"},
		{desk.Generic, "callback_url: 'https://app.example/replies'", ""},
		{desk.Generic, "shadow: false", ""},
		{desk.Generic, "callback_url: 'http://127.0.0.1:8080/', allow_loopback: true", ""},
		{desk.Generic, "callback_url: 'http://127.0.0.1:8080/'", "callback_url"},
		{desk.Generic, "callback_url: 'http://app.example/', allow_loopback: true", "callback_url"},
		{desk.Generic, "callback_url: app.example", "callback_url"},
		{desk.Generic, "callback: x", "callback"},
	} {
		src := head + string(c.ch) + ":\n  - {name: main, team: support, " + c.own + "}\n"
		s, _, err := config.Load([]byte(src), "desk.yaml")
		require.NoError(t, err, src)
		err = made(c.ch, s.Accounts[0].Settings)
		_, _, fault := config.Load([]byte(src), "desk.yaml", builtin.Names...)
		if c.key == "" {
			require.NoError(t, err, src)
			require.NoError(t, fault, src)
			continue
		}
		require.Error(t, err, src)
		require.ErrorContains(t, fault, "desk.yaml:5: accounts."+string(c.ch)+"[0]."+c.key+": ", src)
	}
}

// What a channel takes by a misspelt name it would not have; the check says so though
// e-mail doesn't.
func TestMisspeltKeysOfAccounts(t *testing.T) {
	for own, want := range map[string]string{
		"email: [{name: a, address: help@x.example, form_name: Help}]": "accounts.email[0].form_name: no such setting; did you mean from_name?",
		"generic: [{name: a, teem: support}]":                          "accounts.generic[0].teem: no such setting; did you mean team?",
		"generic: [{name: a, colour: blue}]":                           "accounts.generic[0].colour: no such setting; there are name, team, callback_url, allow_loopback, shadow",
		"wechat: [{name: a, appid: wx1}]":                              "accounts.wechat[0].appid: no such setting; did you mean app_id?",
		"generic: [{name: a, shadow: false, shadow: true}]":            "accounts.generic[0].shadow: stands there twice",
	} {
		_, _, err := config.Load([]byte(head+own+"\n"), "desk.yaml", builtin.Names...)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n", "told of once")
	}
}
