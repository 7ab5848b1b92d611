// Package wechat is the channel of a WeChat Official Account (公众号, 服务号): messages
// and events pushed by Tencent, and answers by the customer-service message API.
//
// The rules are those of developers.weixin.qq.com: "消息推送" (address check, signature,
// modes), "消息加解密说明" (encryption), "接收普通消息" and "接收事件推送" (fields), "发送客服消息"
// (answers and their codes), "获取稳定版接口调用凭据" (token), "获取临时素材" (media).
//
// What is answered within the call is `success`: the answer itself goes out later, so that
// a slow desk never shows the customer 「该公众号提供的服务出现故障」. Only a new follower's
// welcome, a fixed text, goes in the answer ("被动回复用户消息").
package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Modes of an account, as chosen in Tencent's console.
const (
	// ModePlain: nothing is encrypted and the body is not signed. For development:
	// whoever has seen one call can write others.
	ModePlain = "plain"
	// ModeSafe: the body is encrypted and signed. The default.
	ModeSafe = "safe"
	// ModeCompatible: the body stands there twice, in clear and encrypted. The desk
	// reads the encrypted one, as in safe mode.
	ModeCompatible = "compatible"
)

// BodyLimit is the largest body worth reading: Tencent's own limits (a text of 2 kB,
// tripled by the compatible mode) stay far below it.
const BodyLimit = 64 << 10

// settings is the account's entry in desk.yaml.
type settings struct {
	AppID      string `json:"app_id"`
	OriginalID string `json:"original_id"` // gh_…: for people to recognise the account by. Not judged: app_id is the proof
	Mode       string `json:"mode"`        // "" is safe
	MaxAge     int    `json:"max_age"`     // seconds a call's timestamp may be off; 0 = not judged
	Shadow     bool   `json:"shadow"`      // take calls whose signature is wrong, and say so
	// OnUnsubscribe says what becomes of what is kept of a follower who leaves: erase, as
	// Tencent asks ("接收事件推送"), or keep. "" is erase.
	OnUnsubscribe string `json:"on_unsubscribe"`
	// UnionID says to ask Tencent for the unionid of who comes or writes, so that one person
	// on several accounts of one open platform is one customer.
	UnionID bool `json:"unionid"`
	// Welcome is what a new follower is answered, by language; with both, one below the
	// other, since WeChat tells nobody's language.
	Welcome map[string]string `json:"welcome"`
	notices
}

// account is one Official Account. It is safe for concurrent use.
type account struct {
	settings
	name   string
	now    func() time.Time
	tokens []string
	keys   []aesKey
}

type aesKey struct {
	block cipher.Block
	iv    []byte
}

var (
	_ channel.Channel    = (*account)(nil)
	_ channel.Handshaker = (*account)(nil)
	_ channel.Acker      = (*account)(nil)
	_ channel.Windower   = (*account)(nil)
)

// New makes the channel of one account. Settings: app_id (needed unless mode is plain),
// original_id, mode (plain, safe, compatible; safe when absent), max_age in seconds,
// shadow, unionid, welcome (zh-CN, en). Secrets: "token", and "encoding_aes_key" unless mode is plain; two values of
// each may be valid at once. The channel is also a Handshaker, an Acker and a Windower.
func New(a channel.Account) (channel.Channel, error) {
	c := &account{name: a.Name, now: a.Now}
	dec := json.NewDecoder(bytes.NewReader(a.Settings))
	dec.DisallowUnknownFields() // a misspelt mode would silently be the default
	if err := dec.Decode(&c.settings); err != nil {
		return nil, fmt.Errorf("wechat: the account's settings: %w", err)
	}
	if err := c.checkSettings(); err != nil {
		return nil, err
	}
	var err error
	if c.tokens, err = secrets(a, "token"); err != nil || c.Mode == ModePlain {
		return c, err
	}
	c.keys, err = keys(a)
	return c, err
}

func (c *account) checkSettings() error {
	switch c.Mode {
	case "":
		c.Mode = ModeSafe
	case ModePlain, ModeSafe, ModeCompatible:
	default:
		return errors.New("wechat: mode: want plain, safe or compatible")
	}
	if c.AppID == "" && c.Mode != ModePlain {
		return errors.New("wechat: app_id: missing; encrypted messages name it and it must be checked")
	}
	if c.OnUnsubscribe != "" && c.OnUnsubscribe != "erase" && c.OnUnsubscribe != "keep" {
		return errors.New("wechat: on_unsubscribe: want erase or keep")
	}
	if err := c.notices.check(); err != nil {
		return err
	}
	for lang := range c.Welcome {
		if lang != "zh-CN" && lang != "en" {
			return errors.New("wechat: welcome: want zh-CN and en")
		}
	}
	if n := len(c.greeting()); n > MaxText {
		return fmt.Errorf("wechat: welcome: has %d bytes, at most %d go out", n, MaxText)
	}
	if c.MaxAge < 0 {
		return errors.New("wechat: max_age: want seconds, or 0 for no limit")
	}
	return nil
}

// secrets gives the values of a secret, none of them empty: an empty token would let
// everybody sign.
func secrets(a channel.Account, field string) ([]string, error) {
	values, err := a.Secret(field)
	if err != nil {
		return nil, fmt.Errorf("wechat: secret %s: %w", field, err)
	}
	for _, v := range values {
		if v == "" {
			return nil, fmt.Errorf("wechat: secret %s: empty", field)
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("wechat: secret %s: missing", field)
	}
	return values, nil
}

func keys(a channel.Account) ([]aesKey, error) {
	values, err := secrets(a, "encoding_aes_key")
	if err != nil {
		return nil, err
	}
	out := make([]aesKey, 0, len(values))
	for _, v := range values {
		k, err := newKey(v)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// newKey reads an EncodingAESKey: 43 characters of base64 without the padding. The
// last carries two bits that nobody uses and that Tencent's own keys do set, so the
// strict decoder is the wrong one.
func newKey(encoded string) (aesKey, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(encoded) != 43 || len(raw) != 32 {
		return aesKey{}, errors.New("wechat: secret encoding_aes_key: want the 43 characters of the console")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return aesKey{}, errors.New("wechat: secret encoding_aes_key: unusable")
	}
	return aesKey{block, raw[:16]}, nil
}

// Name is "wechat".
func (c *account) Name() desk.Channel { return desk.WeChat }
