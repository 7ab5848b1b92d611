package generic

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
)

// The headers of Standard Webhooks.
const (
	headerID        = "webhook-id"
	headerTime      = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// Tolerance is how far a call's timestamp may be off, either way.
const Tolerance = 5 * time.Minute

// maxID bounds webhook-id, in bytes: it becomes part of a row's key.
const maxID = 256

// key is a secret, decoded.
type key []byte

// newKey reads whsec_ and base64. Standard Webhooks asks for 24 to 64 bytes.
func newKey(secret string) (key, error) {
	k, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(k) < 24 || len(k) > 64 {
		return nil, errors.New("should be whsec_ and the base64 of 24 to 64 bytes")
	}
	return k, nil
}

// keys are the account's, the current one first.
func keys(a channel.Account) ([]key, error) {
	if a.Secret == nil {
		return nil, fmt.Errorf("generic/%s: no secrets", a.Name)
	}
	values, err := a.Secret("secret")
	if err != nil {
		return nil, fmt.Errorf("generic/%s: %w", a.Name, err)
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("generic/%s: secret is missing", a.Name)
	}
	out := make([]key, len(values))
	for i, v := range values {
		if out[i], err = newKey(v); err != nil {
			return nil, fmt.Errorf("generic/%s: secret: %w", a.Name, err)
		}
	}
	return out, nil
}

// sign is one signature as it stands in webhook-signature.
func (k key) sign(id, timestamp string, body []byte) string {
	m := hmac.New(sha256.New, k)
	m.Write([]byte(id + "." + timestamp + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Headers sign a body of JSON for a receiver that holds one of the secrets, each whsec_
// and base64 of 24 to 64 bytes, as Standard Webhooks tells. id is constant over retries,
// at is the time of the attempt.
func Headers(secrets []string, id string, at time.Time, body []byte) (http.Header, error) {
	if len(secrets) == 0 {
		return nil, errors.New("generic: no secret")
	}
	keys := make([]key, len(secrets))
	for i, s := range secrets {
		var err error
		if keys[i], err = newKey(s); err != nil {
			return nil, fmt.Errorf("generic: the secret %w", err)
		}
	}
	return headers(keys, id, at, body), nil
}

// headers sign by every live secret, so that the far side can change its own at any time.
func headers(keys []key, id string, at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(keys))
	for i, k := range keys {
		signatures[i] = k.sign(id, stamp, body)
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "deskhook")
	h.Set(headerID, id)
	h.Set(headerTime, stamp)
	h.Set(headerSignature, strings.Join(signatures, " "))
	return h
}

// Verify proves a call: one of the signatures given is that of one of the secrets valid
// now, over id, timestamp and body, and the timestamp is within Tolerance of the clock.
func (c *Channel) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	v := channel.Verified{Request: r, Body: r.Body}
	err := c.check(r)
	switch {
	case err == nil:
		return v, nil
	case c.shadow:
		v.Shadow = err.Error()
		return v, nil
	}
	return channel.Verified{}, fmt.Errorf("%w: %w", channel.ErrUnauthentic, err)
}

func (c *Channel) check(r channel.Request) error {
	for _, name := range []string{headerID, headerTime, headerSignature} {
		if v := r.Header[name]; len(v) != 1 || v[0] == "" {
			return fmt.Errorf("%s should stand there once", name)
		}
	}
	id, timestamp := r.Get(headerID), r.Get(headerTime)
	if len(id) > maxID {
		return fmt.Errorf("%s is longer than %d bytes", headerID, maxID)
	}
	if !c.signed(id, timestamp, r.Get(headerSignature), r.Body) {
		return errors.New("no signature of version v1 matches")
	}
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is no Unix time", headerTime)
	}
	if c.now().Sub(time.Unix(sec, 0)).Abs() > Tolerance {
		return fmt.Errorf("%s is more than 5 minutes off", headerTime)
	}
	return nil
}

// signed tells whether any of the signatures, parted by spaces, is good. Versions that
// aren't v1 match nothing. The encoded text is compared, since base64 has several
// spellings of one value, and all pairs are looked at, so that the time tells nothing.
func (c *Channel) signed(id, timestamp, signatures string, body []byte) bool {
	good := false
	for _, k := range c.keys {
		want := []byte(k.sign(id, timestamp, body))
		for given := range strings.SplitSeq(signatures, " ") {
			good = hmac.Equal(want, []byte(given)) || good
		}
	}
	return good
}
