package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// Verify checks X-Twilio-Signature over the address that Twilio called and the form,
// or, where the body isn't a form, over the address that names the body's hash. It
// needs a good signature by one of the auth tokens valid now.
func (c *Channel) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	v := channel.Verified{Request: r, Body: r.Body}
	err := c.check(r)
	switch {
	case err == nil:
		return v, nil
	case c.Shadow:
		v.Shadow = err.Error()
		return v, nil
	}
	return channel.Verified{}, fmt.Errorf("%w: %w", channel.ErrUnauthentic, err)
}

func (c *Channel) check(r channel.Request) error {
	given := r.Header["x-twilio-signature"]
	if len(given) != 1 || given[0] == "" {
		return errors.New("x-twilio-signature should stand there once")
	}
	tail, err := signedTail(r)
	if err != nil {
		return err
	}
	good := false
	for _, address := range addresses(c.URL + r.Path + query(r)) {
		for _, token := range c.tokens {
			// the encoded text is compared: base64 has several spellings of one value
			good = hmac.Equal([]byte(Sign(token, address+tail)), []byte(given[0])) || good
		}
	}
	if !good {
		return errors.New("x-twilio-signature does not match")
	}
	return nil
}

// Sign is Twilio's signature of a text: base64 of its HMAC-SHA1.
func Sign(token, text string) string {
	m := hmac.New(sha1.New, []byte(token))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

func query(r channel.Request) string {
	if r.RawQuery == "" {
		return ""
	}
	return "?" + r.RawQuery
}

// signedTail is what is signed behind the address: each key and value of a form, in
// the order of the keys, a key's values sorted and each once, as Twilio's own Node and
// Python validators do. Of any other body nothing is: the address then holds its hash.
func signedTail(r channel.Request) (string, error) {
	if !isForm(r.Get("content-type")) {
		return "", checkBodyHash(r)
	}
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return "", errors.New("the body is not a form")
	}
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	for _, k := range keys {
		values := form[k]
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			b.WriteString(k + v)
		}
	}
	return b.String(), nil
}

func isForm(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded")
}

func checkBodyHash(r channel.Request) error {
	q, err := url.ParseQuery(r.RawQuery)
	if err != nil || len(q["bodySHA256"]) != 1 {
		return errors.New("bodySHA256 should stand in the address once")
	}
	sum := sha256.Sum256(r.Body)
	if !hmac.Equal([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(q.Get("bodySHA256")))) {
		return errors.New("bodySHA256 does not match the body")
	}
	return nil
}

var standardPort = map[string]string{"https://": ":443", "http://": ":80"}

// addresses are the spellings of one address under which Twilio may have signed it:
// as configured, and with or without the scheme's standard port.
func addresses(full string) []string {
	for scheme, port := range standardPort {
		rest, ok := strings.CutPrefix(full, scheme)
		if !ok {
			continue
		}
		end := strings.IndexAny(rest+"/", "/?")
		host, tail := rest[:end], rest[end:]
		if bare, ok := strings.CutSuffix(host, port); ok {
			return []string{full, scheme + bare + tail}
		}
		if !strings.Contains(host[strings.LastIndex(host, "]")+1:], ":") {
			return []string{full, scheme + host + port + tail}
		}
	}
	return []string{full}
}
