// Package generic is the channel for programs: an app, a shop or another desk hands
// messages and business events over in the desk's own form, signed as Standard Webhooks
// tells (https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0), and gets
// the answers at a callback of its own, signed the same way.
//
// The form of what comes in is inbound.schema.json beside this file. Settings of an
// account: callback_url, where answers are sent (https); allow_loopback, to let it lie
// on this machine; shadow, to count bad signatures without refusing them. Secret:
// secret, whsec_ and base64 of 24 to 64 bytes; it serves both directions.
//
// Verifying is done here and not by the specification's own Go library: that takes the
// time from the machine's clock alone, and the first of several headers.
package generic

import (
	"bytes"
	_ "embed" // the schema
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// BodyLimit is the largest body worth reading, in bytes: more than the longest text and
// all fields of the form in their longest spelling.
const BodyLimit = 2 << 20

//go:embed inbound.schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of what Parse takes.
func Schema() []byte { return bytes.Clone(schema) }

// Settings are an account's, as they stand in desk.yaml.
type Settings struct {
	CallbackURL   string `json:"callback_url"`   // "": answers can't be sent
	AllowLoopback bool   `json:"allow_loopback"` // callback_url may be http and lead to this machine: for trying out
	Shadow        bool   `json:"shadow"`
}

// ReadSettings decodes and checks an account's settings.
func ReadSettings(raw json.RawMessage) (Settings, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("generic: settings are not understood: %w", err)
	}
	if s.CallbackURL == "" {
		return s, nil
	}
	u, err := url.Parse(s.CallbackURL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return s, errors.New("generic: callback_url should be an address such as https://app.example/replies, without user and fragment")
	case u.Scheme == "https" || u.Scheme == "http" && s.AllowLoopback && isLoopback(u.Hostname()):
		return s, nil
	}
	return s, errors.New("generic: callback_url should begin with https://; http is for a loopback address with allow_loopback: true")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Channel receives for one account.
type Channel struct {
	account string
	shadow  bool
	keys    []key
	now     func() time.Time
}

var _ channel.Channel = (*Channel)(nil)

// New makes the channel of one account; it needs Account.Now. Faulty settings and a
// secret that is missing, empty or too short are refused.
func New(a channel.Account) (*Channel, error) {
	s, err := ReadSettings(a.Settings)
	if err != nil {
		return nil, err
	}
	k, err := keys(a)
	if err != nil {
		return nil, err
	}
	return &Channel{account: a.Name, shadow: s.Shadow, keys: k, now: a.Now}, nil
}

// Name is generic.
func (c *Channel) Name() desk.Channel { return desk.Generic }
