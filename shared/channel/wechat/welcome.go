package wechat

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// greeting is the welcome in all its languages.
func (s settings) greeting() string {
	return paragraphs(plain(strings.TrimSpace(s.Welcome["zh-CN"])), plain(strings.TrimSpace(s.Welcome["en"])))
}

func paragraphs(parts ...string) string { return join(parts, "\n\n") }

// welcome is the answer to a subscribe event, false for anything else. A repeat of the
// call gets the same bytes, whatever instance answers it: time, nonce and random bytes all
// come from the message, under a key that only Tencent and the desk know.
func (c *account) welcome(v channel.Verified) (channel.Response, bool) {
	d, err := read(v.Body)
	if err != nil || !strings.EqualFold(d.text("MsgType"), "event") || !strings.EqualFold(d.text("Event"), "subscribe") {
		return channel.Response{}, false
	}
	at, err := strconv.ParseInt(d.key("CreateTime"), 10, 64)
	to, from := d.key("FromUserName"), d.key("ToUserName")
	if err != nil || to == "" || from == "" || c.greeting() == "" {
		return channel.Response{}, false
	}
	p := passive{json: bytes.HasPrefix(bytes.TrimLeft(v.Body, "\xef\xbb\xbf \t\r\n"), []byte("{")), to: to, from: from, at: at, text: c.greeting()}
	body := p.clear()
	if key, ok := v.State().(int); ok && key < len(c.keys) {
		body = c.sealed(p, body, c.keys[key], c.tokenOf(v.Request))
	}
	return channel.Response{Status: http.StatusOK, Header: map[string]string{"content-type": p.contentType()}, Body: body}, true
}

// tokenOf is the token that signed a call: while one is rotated Tencent may know the old
// one only.
func (c *account) tokenOf(r channel.Request) string {
	p, err := readParams(r.RawQuery, "msg_signature")
	text, cipherErr := encrypted(r.Body)
	if err != nil || cipherErr != nil {
		return c.tokens[0]
	}
	for _, token := range c.tokens {
		sum := sign(token, [][]byte{[]byte(p.timestamp), []byte(p.nonce), text})
		if subtle.ConstantTimeCompare(sum[:], []byte(p.signature)) == 1 {
			return token
		}
	}
	return c.tokens[0]
}

// passive is a text that answers a call, in the data format that the call had.
type passive struct {
	json           bool
	to, from, text string
	at             int64
}

func (p passive) contentType() string {
	if p.json {
		return "application/json; charset=utf-8"
	}
	return "text/xml; charset=utf-8"
}

func (p passive) clear() []byte {
	if p.json {
		return asJSON(struct {
			To      string `json:"ToUserName"`
			From    string `json:"FromUserName"`
			At      int64  `json:"CreateTime"`
			Type    string `json:"MsgType"`
			Content string
		}{p.to, p.from, p.at, "text", p.text})
	}
	return fmt.Appendf(nil, "<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>%s</MsgType><Content>%s</Content></xml>",
		cdata(p.to), cdata(p.from), p.at, cdata("text"), cdata(p.text))
}

// sealed wraps an answer as safe mode wants it ("消息加解密说明"): signed over the encrypted
// text with a time and a nonce of our own.
func (c *account) sealed(p passive, body []byte, k aesKey, token string) []byte {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write(body)
	seed := mac.Sum(nil)
	encrypted := k.seal([randomBytes]byte(seed), body, c.AppID)
	nonce, stamp := strconv.FormatUint(uint64(seed[16])<<24|uint64(seed[17])<<16|uint64(seed[18])<<8|uint64(seed[19]), 10), strconv.FormatInt(p.at, 10)
	sum := sign(token, [][]byte{[]byte(stamp), []byte(nonce), []byte(encrypted)})
	if p.json {
		return asJSON(struct {
			Encrypt      string
			MsgSignature string
			TimeStamp    int64
			Nonce        string
		}{encrypted, string(sum[:]), p.at, nonce})
	}
	return fmt.Appendf(nil, "<xml><Encrypt>%s</Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%s</TimeStamp><Nonce>%s</Nonce></xml>",
		cdata(encrypted), cdata(string(sum[:])), stamp, cdata(nonce))
}

// cdata wraps a text so that nothing in it ends the wrapping.
func cdata(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

func asJSON(v any) []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil { // strings and numbers: can't fail
		return nil
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
