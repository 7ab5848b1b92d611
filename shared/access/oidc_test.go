package access_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
)

// issuer is a provider of the test's own: its tokens are put together by hand, with
// nothing of the library that reads them.
type issuer struct {
	t     *testing.T
	now   time.Time
	srv   *httptest.Server
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey
	ed    ed25519.PrivateKey
	keys  []map[string]any
	asked int
	down  bool
	self  string // what it calls itself; "" is right
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func newIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	i.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	i.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, i.ed, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	point, err := i.ec.PublicKey.Bytes()
	require.NoError(t, err)
	i.keys = []map[string]any{
		{"kid": "r", "kty": "RSA", "use": "sig", "n": b64(i.rsa.N.Bytes()), "e": b64(big.NewInt(int64(i.rsa.E)).Bytes())},
		{"kid": "e", "kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])},
		{"kid": "d", "kty": "OKP", "crv": "Ed25519", "x": b64(i.ed.Public().(ed25519.PublicKey))},
		{"kid": "enc", "kty": "RSA", "use": "enc", "n": b64(i.rsa.N.Bytes()), "e": "AQAB"},
		{"kid": "bad", "kty": "EC", "crv": "P-256", "x": b64(make([]byte, 32)), "y": b64(make([]byte, 32))},
	}
	i.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case i.down:
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/.well-known/openid-configuration":
			self := i.self
			if self == "" {
				self = i.srv.URL
			}
			i.answer(w, map[string]any{"issuer": self, "authorization_endpoint": i.srv.URL + "/auth", "token_endpoint": i.srv.URL + "/token", "jwks_uri": i.srv.URL + "/keys"})
		case r.URL.Path == "/keys":
			i.asked++
			i.answer(w, map[string]any{"keys": i.keys})
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(i.srv.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) provider() *access.Provider {
	o := &access.OIDC{HTTP: access.NewClient(), Now: func() time.Time { return i.now }}
	p, ok := o.Provider(config.Access{Issuer: i.srv.URL, ClientID: "desk", Claim: "email"})
	require.True(i.t, ok)
	return p
}

// token signs claims over those of a good token; a nil value takes one away.
func (i *issuer) token(alg, kid string, change map[string]any) string {
	claims := map[string]any{"iss": i.srv.URL, "aud": "desk", "exp": i.now.Add(time.Hour).Unix(), "email": "amy@desk.example"}
	for k, v := range change {
		if claims[k] = v; v == nil {
			delete(claims, k)
		}
	}
	head, _ := json.Marshal(map[string]string{"alg": alg, "kid": kid, "typ": "JWT"})
	body, _ := json.Marshal(claims)
	text := b64(head) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	switch alg {
	case "RS256":
		sig, _ = rsa.SignPKCS1v15(rand.Reader, i.rsa, crypto.SHA256, sum[:])
	case "PS256":
		sig, _ = rsa.SignPSS(rand.Reader, i.rsa, crypto.SHA256, sum[:], nil)
	case "ES256":
		r, s, err := ecdsa.Sign(rand.Reader, i.ec, sum[:])
		require.NoError(i.t, err)
		sig = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case "EdDSA":
		sig = ed25519.Sign(i.ed, []byte(text))
	case "HS256": // the known trick: the public key as a shared secret
		h := hmac.New(sha256.New, i.rsa.N.Bytes())
		h.Write([]byte(text))
		sig = h.Sum(nil)
	}
	return text + "." + b64(sig)
}

func TestVerify(t *testing.T) {
	i := newIssuer(t)
	p := i.provider()
	at := func(d time.Duration) int64 { return i.now.Add(d).Unix() }
	good := i.token("RS256", "r", nil)
	for _, c := range []struct {
		name, token string
		mail        string
		good        bool
	}{
		{"RS256", good, "amy@desk.example", true},
		{"ES256", i.token("ES256", "e", nil), "amy@desk.example", true},
		{"EdDSA", i.token("EdDSA", "d", nil), "amy@desk.example", true},
		{"several audiences", i.token("RS256", "r", map[string]any{"aud": []string{"other", "desk"}, "azp": "desk"}), "amy@desk.example", true},
		{"client_id instead of aud", i.token("RS256", "r", map[string]any{"aud": nil, "client_id": "desk"}), "amy@desk.example", true},
		{"expired within the leeway", i.token("RS256", "r", map[string]any{"exp": at(-59 * time.Second)}), "amy@desk.example", true},
		{"verified", i.token("RS256", "r", map[string]any{"email_verified": "true"}), "amy@desk.example", true},
		{"unverified mail", i.token("RS256", "r", map[string]any{"email_verified": false}), "", true},
		{"no mail", i.token("RS256", "r", map[string]any{"email": nil}), "", true},
		{"expired", i.token("RS256", "r", map[string]any{"exp": at(-61 * time.Second)}), "", false},
		{"never expires", i.token("RS256", "r", map[string]any{"exp": nil}), "", false},
		{"not yet", i.token("RS256", "r", map[string]any{"nbf": at(2 * time.Minute)}), "", false},
		{"another issuer", i.token("RS256", "r", map[string]any{"iss": "https://evil.test"}), "", false},
		{"no issuer", i.token("RS256", "r", map[string]any{"iss": nil}), "", false},
		{"another audience", i.token("RS256", "r", map[string]any{"aud": "other"}), "", false},
		{"no audience", i.token("RS256", "r", map[string]any{"aud": nil}), "", false},
		{"another client", i.token("RS256", "r", map[string]any{"aud": nil, "client_id": "other"}), "", false},
		{"another party", i.token("RS256", "r", map[string]any{"azp": "other"}), "", false},
		{"none", i.token("none", "r", nil), "", false},
		{"HS256", i.token("HS256", "r", nil), "", false},
		{"PS256", i.token("PS256", "r", nil), "", false},
		{"a key of another kind", i.token("RS256", "e", nil), "", false},
		{"a key not for signing", i.token("RS256", "enc", nil), "", false},
		{"a point off the curve", i.token("ES256", "bad", nil), "", false},
		{"signature cut", good[:len(good)-4], "", false},
		{"claims changed", strings.Replace(good, ".", ".A", 1), "", false},
		{"no token", "a.b.c", "", false},
		{"too long", good + strings.Repeat("A", 20_000), "", false},
	} {
		got, err := p.Verify(t.Context(), c.token)
		if c.good {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorIs(t, err, access.ErrUnknown, c.name)
		}
		require.Equal(t, c.mail, got.Mail, c.name)
	}
}

// The keys are kept, and asked for again because of an unknown one at most once a minute.
func TestKeysAreKept(t *testing.T) {
	i := newIssuer(t)
	p := i.provider()
	verify := func(kid string) error {
		_, err := p.Verify(context.Background(), i.token("RS256", kid, nil))
		return err
	}
	for range 20 {
		require.NoError(t, verify("r"))
		require.ErrorIs(t, verify("new"), access.ErrUnknown)
	}
	require.Equal(t, 1, i.asked)
	i.keys = append(i.keys, map[string]any{"kid": "new", "kty": "RSA", "n": b64(i.rsa.N.Bytes()), "e": "AQAB"})
	require.ErrorIs(t, verify("new"), access.ErrUnknown)
	i.now = i.now.Add(time.Minute)
	require.NoError(t, verify("new"))
	require.Equal(t, 2, i.asked)
	i.down = true
	i.now = i.now.Add(7 * time.Hour)
	require.NoError(t, verify("r"), "a provider that is away stops nobody whose key is known")
}

// What can't be asked is not the caller's fault, and not a yes.
func TestProviderAway(t *testing.T) {
	for name, breakIt := range map[string]func(*issuer){
		"down": func(i *issuer) { i.down = true }, "another name": func(i *issuer) { i.self = "https://evil.test" },
	} {
		i := newIssuer(t)
		breakIt(i)
		p := i.provider()
		for range 2 {
			_, err := p.Verify(t.Context(), i.token("RS256", "r", nil))
			require.Error(t, err, name)
			require.False(t, errors.Is(err, access.ErrUnknown), name)
		}
	}
}
