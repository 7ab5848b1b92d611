// Package sign makes and checks the desk's own tokens: survey links, status pages,
// reply addresses, pages' forms. A token says what it is for and until when it is
// good, and can't be made without the key.
package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// Errors of Open, found with errors.Is.
var (
	ErrForged  = errors.New("sign: not a token of this desk")
	ErrExpired = errors.New("sign: expired")
)

// Key signs tokens. The first secret signs; all of them are accepted, so that a key
// can be changed without breaking links already sent.
type Key struct{ secrets [][]byte }

// NewKey makes a Key of one or more secrets, the one in use first. It is false for a
// secret under 16 bytes.
func NewKey(secrets ...string) (Key, bool) {
	var k Key
	for _, s := range secrets {
		if len(s) < 16 {
			return Key{}, false
		}
		k.secrets = append(k.secrets, []byte(s))
	}
	return k, len(k.secrets) > 0
}

func mac(secret []byte, purpose string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)[:16]
}

// Token signs fields for a purpose until a time (zero: for ever). It is URL-safe.
func (k Key) Token(purpose string, until time.Time, fields ...string) string {
	body := make([]byte, 8)
	if !until.IsZero() {
		binary.BigEndian.PutUint64(body, uint64(until.Unix()))
	}
	body = append(body, strings.Join(fields, "\x00")...)
	return base64.RawURLEncoding.EncodeToString(append(mac(k.secrets[0], purpose, body), body...))
}

// Open checks a token and gives its fields back. An expired token's fields are given
// with ErrExpired, so that a page can say what has expired.
func (k Key) Open(purpose, token string, now time.Time) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 24 || len(token) > 2048 {
		return nil, ErrForged
	}
	sum, body := raw[:16], raw[16:]
	if !k.good(purpose, sum, body) {
		return nil, ErrForged
	}
	fields := strings.Split(string(body[8:]), "\x00")
	if until := binary.BigEndian.Uint64(body); until != 0 && uint64(now.Unix()) > until {
		return fields, ErrExpired
	}
	return fields, nil
}

func (k Key) good(purpose string, sum, body []byte) bool {
	ok := false
	for _, s := range k.secrets {
		if hmac.Equal(sum, mac(s, purpose, body)) {
			ok = true
		}
	}
	return ok
}

// b32 is lower case because mail systems don't keep the case of a local part.
var b32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Tag signs a short value for use in a mail address: value, a dot and 16 letters. It
// never expires and survives a change of case.
func (k Key) Tag(purpose, value string) string {
	value = strings.ToLower(value)
	return value + "." + b32.EncodeToString(mac(k.secrets[0], purpose, []byte(value))[:10])
}

// OpenTag checks a Tag, in any case, and gives its value in lower case.
func (k Key) OpenTag(purpose, tag string) (string, bool) {
	value, sum, ok := strings.Cut(strings.ToLower(tag), ".")
	if !ok || value == "" {
		return "", false
	}
	good := false
	for _, s := range k.secrets {
		want := b32.EncodeToString(mac(s, purpose, []byte(value))[:10])
		if hmac.Equal([]byte(sum), []byte(want)) {
			good = true
		}
	}
	return value, good
}
