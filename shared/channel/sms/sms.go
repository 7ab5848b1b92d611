// Package sms is the channel for text messages, by Twilio: messages in, receipts for
// messages out, and sending. Sources: Twilio's pages "Webhooks security", "TwiML for
// Programmable Messaging", "Messages resource" and "Error and warning dictionary".
//
// Settings of an account: account_sid; number (E.164), messaging_service_sid, or both:
// with a service Twilio chooses the number of its pool that a message goes out from,
// keeping to one for each customer, and what customers write to any of them comes to the
// account's one address; url,
// where Twilio calls another address than the desk's public URL; shadow, to count bad
// signatures without refusing them; mms, to send files too: Twilio fetches each from the
// link in its Ref, and only few countries have MMS. Secret: auth_token.
package sms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// settings of one account as desk.yaml has them.
type settings struct {
	AccountSID string `json:"account_sid"`
	Number     string `json:"number"`
	Service    string `json:"messaging_service_sid"`
	URL        string `json:"url"`
	Shadow     bool   `json:"shadow"`
	MMS        bool   `json:"mms"`
}

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // ITU-T E.164: at most 15 digits
)

func readSettings(a channel.Account) (settings, error) {
	var s settings
	dec := json.NewDecoder(bytes.NewReader(a.Settings))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("sms/%s: settings are not understood: %w", a.Name, err)
	}
	if s.URL == "" {
		s.URL = a.PublicURL
	}
	s.URL = strings.TrimSuffix(s.URL, "/")
	switch {
	case !accountSID.MatchString(s.AccountSID):
		return s, fmt.Errorf("sms/%s: account_sid should be AC and 32 hex digits", a.Name)
	case s.Number == "" && s.Service == "":
		return s, fmt.Errorf("sms/%s: number or messaging_service_sid is needed", a.Name)
	case s.Number != "" && !e164.MatchString(s.Number):
		return s, fmt.Errorf("sms/%s: number should be in E.164, such as +15005550006", a.Name)
	case s.Service != "" && !serviceSID.MatchString(s.Service):
		return s, fmt.Errorf("sms/%s: messaging_service_sid should be MG and 32 hex digits", a.Name)
	}
	return s, nil
}

// tokens gives the auth tokens valid now, none of them empty.
func tokens(a channel.Account) ([]string, error) {
	if a.Secret == nil {
		return nil, fmt.Errorf("sms/%s: no secrets", a.Name)
	}
	list, err := a.Secret("auth_token")
	if err != nil {
		return nil, fmt.Errorf("sms/%s: %w", a.Name, err)
	}
	for _, t := range list {
		if t == "" {
			return nil, fmt.Errorf("sms/%s: auth_token is empty", a.Name)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("sms/" + a.Name + ": auth_token is missing")
	}
	return list, nil
}

// Channel receives for one account.
type Channel struct {
	account string
	settings
	tokens []string
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Acker   = (*Channel)(nil)
)

// New makes the channel of one account. Faulty settings and an empty auth token are
// refused.
func New(a channel.Account) (*Channel, error) {
	s, err := readSettings(a)
	if err != nil {
		return nil, err
	}
	t, err := tokens(a)
	if err != nil {
		return nil, err
	}
	return &Channel{account: a.Name, settings: s, tokens: t}, nil
}

// Name is sms.
func (c *Channel) Name() desk.Channel { return desk.SMS }

// Ack is TwiML that says nothing: answers to customers go out by the API, where the
// desk learns what became of them.
func (c *Channel) Ack(channel.Verified) channel.Response {
	return channel.Response{
		Status: 200,
		Header: map[string]string{"content-type": "text/xml"},
		Body:   []byte(`<?xml version="1.0" encoding="UTF-8"?><Response/>`),
	}
}

// Parse reads an envelope; see the function of the same name.
func (c *Channel) Parse(e channel.Envelope) ([]desk.Inbound, error) { return Parse(e) }
