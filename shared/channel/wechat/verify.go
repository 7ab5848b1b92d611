package wechat

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // Tencent's protocol names SHA-1
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
)

// Why a call is not believed. The texts hold nothing of the call.
var (
	errParams    = errors.New("a parameter is missing or stands there twice")
	errSignature = errors.New("signature differs")
	errStale     = errors.New("timestamp too far off")
	errNoCipher  = errors.New("no encrypted message in the body")
	errCipher    = errors.New("the message can't be decrypted")
)

// Verify proves a pushed message. In safe and compatible mode that is msg_signature
// over the encrypted text, and the app id inside it; in plain mode the signature over
// token, timestamp and nonce, which says nothing about the body. Verified.Body is the
// clear message.
func (c *account) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	v := channel.Verified{Request: r, Body: r.Body}
	var proof error
	if c.Mode == ModePlain {
		proof = c.verifyPlain(r)
	} else {
		cipherText, err := encrypted(r.Body)
		if err != nil {
			return v, unauthentic(err) // nothing there that even shadow mode could keep
		}
		proof = c.verifySafe(r, cipherText)
		if proof == nil || c.Shadow {
			var key int
			if v.Body, key, err = c.decrypt(cipherText); err != nil {
				return channel.Verified{}, unauthentic(err)
			}
			v = v.With(key) // an answer is encrypted with the key that was used
		}
	}
	if proof == nil {
		return v, nil
	}
	if !c.Shadow {
		return channel.Verified{}, unauthentic(proof)
	}
	v.Shadow = proof.Error()
	return v, nil
}

func unauthentic(why error) error { return fmt.Errorf("%w: wechat: %w", channel.ErrUnauthentic, why) }

func (c *account) verifyPlain(r channel.Request) error {
	p, err := readParams(r.RawQuery, "signature")
	if err != nil {
		return err
	}
	if !c.signed(p.signature, []byte(p.timestamp), []byte(p.nonce)) {
		return errSignature
	}
	return c.checkAge(p.timestamp, r.At)
}

// verifySafe looks at msg_signature only: Tencent warns against relying on signature
// in these modes, since it doesn't cover the message.
func (c *account) verifySafe(r channel.Request, cipherText []byte) error {
	p, err := readParams(r.RawQuery, "msg_signature")
	if err != nil {
		return err
	}
	if !c.signed(p.signature, []byte(p.timestamp), []byte(p.nonce), cipherText) {
		return errSignature
	}
	return c.checkAge(p.timestamp, r.At)
}

// signed tells whether signature is that of parts under one of the tokens: the SHA-1
// in lower-case hex over token and parts, sorted by their bytes and joined.
func (c *account) signed(signature string, parts ...[]byte) bool {
	good := 0
	for _, token := range c.tokens {
		sum := sign(token, parts)
		good |= subtle.ConstantTimeCompare(sum[:], []byte(signature))
	}
	return good == 1
}

func sign(token string, parts [][]byte) (out [2 * sha1.Size]byte) {
	var buf [4][]byte // token and three more: no allocation
	all := append(append(buf[:0], parts...), []byte(token))
	for i := 1; i < len(all); i++ { // few: an insertion sort beats sort.Slice
		for j := i; j > 0 && bytes.Compare(all[j], all[j-1]) < 0; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	h := sha1.New() //nolint:gosec // see the import
	for _, p := range all {
		h.Write(p)
	}
	var sum [sha1.Size]byte
	hex.Encode(out[:], h.Sum(sum[:0]))
	return out
}

func (c *account) checkAge(timestamp string, at time.Time) error {
	if c.MaxAge == 0 {
		return nil
	}
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || at.Sub(time.Unix(sec, 0)).Abs() > time.Duration(c.MaxAge)*time.Second {
		return errStale
	}
	return nil
}

// params are the query's parameters that the signature is made of.
type params struct{ signature, timestamp, nonce, echostr string }

// readParams reads them, each once: with two values a proxy and the desk might read
// different ones.
func readParams(rawQuery, signature string) (p params, err error) {
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(part, "=")
		var to *string
		switch key {
		case signature:
			to = &p.signature
		case "timestamp":
			to = &p.timestamp
		case "nonce":
			to = &p.nonce
		case "echostr":
			to = &p.echostr
		default:
			continue
		}
		if value, err = url.QueryUnescape(value); err != nil || *to != "" {
			return p, errParams
		}
		*to = value
	}
	if p.signature == "" || p.timestamp == "" || p.nonce == "" {
		return p, errParams
	}
	return p, nil
}

// Handshake answers the check that Tencent's console makes of the address: a good
// signature is answered with echostr as it came.
func (c *account) Handshake(_ context.Context, r channel.Request) (channel.Response, error) {
	p, err := readParams(r.RawQuery, "signature")
	if err == nil && p.echostr == "" {
		err = errParams
	}
	if err == nil && !c.signed(p.signature, []byte(p.timestamp), []byte(p.nonce)) {
		err = errSignature
	}
	if err == nil {
		err = c.checkAge(p.timestamp, r.At)
	}
	if err != nil {
		return channel.Response{}, unauthentic(err)
	}
	return text(p.echostr), nil
}

// Ack is the seven bytes that tell Tencent not to try again, which are never encrypted;
// a new follower is answered with the account's welcome, where it has one.
func (c *account) Ack(v channel.Verified) channel.Response {
	if len(c.Welcome) > 0 && v.Shadow == "" {
		if r, ok := c.welcome(v); ok {
			return r
		}
	}
	return text("success")
}

// text is a plain answer that no browser takes for a page: echostr comes from outside.
func text(body string) channel.Response {
	return channel.Response{
		Status: http.StatusOK,
		Header: map[string]string{"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"},
		Body:   []byte(body),
	}
}
