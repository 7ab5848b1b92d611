package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/deskhook/deskhook/shared/config"
)

const (
	leeway     = time.Minute // between the provider's clock and this one
	fetchLimit = 5 * time.Second
	fetchMost  = 256 * 1024    // bytes of an answer
	refetch    = time.Minute   // at most so often are the keys asked for because a token names an unknown one
	keysFor    = 6 * time.Hour // then they are asked for again, so that a withdrawn one doesn't hold for ever
	maxToken   = 16 * 1024     // bytes
)

// algorithms are the ones taken: none with a shared secret, and not "none".
var algorithms = []string{"RS256", "ES256", "EdDSA"}

// OIDC knows the provider that the settings name; its keys are kept between calls.
type OIDC struct {
	Issuer, ClientID string // where the settings name none
	HTTP             interface {
		Do(*http.Request) (*http.Response, error)
	}
	Now func() time.Time

	mu   sync.Mutex
	last *Provider
}

// NewClient makes the client for a provider: it follows no redirect, for keys come from
// where the provider says and nowhere else.
func NewClient() *http.Client {
	return &http.Client{Timeout: fetchLimit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Provider gives the one of the settings; false where there is none.
func (o *OIDC) Provider(a config.Access) (*Provider, bool) {
	issuer, client := a.Issuer, a.ClientID
	if issuer == "" {
		issuer, client = o.Issuer, o.ClientID
	}
	if issuer == "" || client == "" {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last == nil || o.last.issuer != issuer || o.last.client != client || o.last.claim != a.Claim {
		o.last = &Provider{oidc: o, issuer: issuer, client: client, claim: a.Claim}
	}
	return o.last, true
}

// Provider is one OpenID provider.
type Provider struct {
	oidc                  *OIDC
	issuer, client, claim string

	mu      sync.Mutex
	doc     discovery
	keys    map[string]any
	fetched time.Time // when the keys came
	tried   time.Time // when they were last asked for
	failed  error     // what became of that
}

// discovery is what is used of OpenID Connect Discovery 1.0, section 3.
type discovery struct {
	Issuer     string `json:"issuer"`
	Authorize  string `json:"authorization_endpoint"`
	Token      string `json:"token_endpoint"`
	Keys       string `json:"jwks_uri"`
	EndSession string `json:"end_session_endpoint"`
}

// Claims are what is used of a token.
type Claims struct {
	Mail  string // "" where there is none, or the provider calls it unverified
	Nonce string
}

// Verify checks a token: signed by a key of the issuer, for this desk, and good now.
// ErrUnknown says that it isn't; other errors, that the provider can't be asked.
func (p *Provider) Verify(ctx context.Context, token string) (Claims, error) {
	if len(token) > maxToken {
		return Claims{}, ErrUnknown
	}
	var asked error
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods(algorithms), jwt.WithIssuer(p.issuer), jwt.WithExpirationRequired(),
		jwt.WithLeeway(leeway), jwt.WithTimeFunc(p.oidc.Now))
	_, err := parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		var key any
		key, asked = p.key(ctx, kid)
		return key, asked
	})
	switch {
	case asked != nil && !errors.Is(asked, ErrUnknown):
		return Claims{}, asked
	case err != nil || !p.forUs(claims):
		return Claims{}, ErrUnknown
	}
	nonce, _ := claims["nonce"].(string)
	return Claims{Mail: p.mail(claims), Nonce: nonce}, nil
}

// forUs checks the audience. Cognito's access tokens have none but a client_id.
func (p *Provider) forUs(c jwt.MapClaims) bool {
	aud, err := c.GetAudience()
	if err != nil {
		return false
	}
	for _, a := range aud {
		if a == p.client {
			azp, given := c["azp"]
			return !given || azp == p.client
		}
	}
	return len(aud) == 0 && c["client_id"] == p.client
}

func (p *Provider) mail(c jwt.MapClaims) string {
	if v, given := c["email_verified"]; given && v != true && v != "true" {
		return ""
	}
	claim := p.claim
	if claim == "" {
		claim = "email"
	}
	mail, _ := c[claim].(string)
	return strings.TrimSpace(mail)
}

// key finds the issuer's key. A name that isn't known has the keys asked for again, at
// most once a minute, so that forged tokens can't make this a flood.
func (p *Provider) key(ctx context.Context, kid string) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.oidc.Now()
	key, known := p.keys[kid]
	if known && now.Sub(p.fetched) < keysFor {
		return key, nil
	}
	if !p.tried.IsZero() && now.Sub(p.tried) < refetch {
		return p.held(kid)
	}
	p.tried = now
	if p.failed = p.refresh(ctx); p.failed == nil {
		p.fetched = now
	}
	return p.held(kid)
}

// held gives a key as it was last read: a provider that is away stops nobody whose key is
// known.
func (p *Provider) held(kid string) (any, error) {
	key, known := p.keys[kid]
	switch {
	case known:
		return key, nil
	case p.failed != nil:
		return nil, p.failed
	}
	return nil, ErrUnknown
}

func (p *Provider) refresh(ctx context.Context) error {
	if err := p.discover(ctx); err != nil {
		return err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := p.get(ctx, p.doc.Keys, &set); err != nil {
		return err
	}
	keys := map[string]any{}
	for _, raw := range set.Keys {
		if kid, key, err := parseKey(raw); err == nil {
			keys[kid] = key
		}
	}
	p.keys = keys
	return nil
}

// discover reads where things are. It is called with p.mu held.
func (p *Provider) discover(ctx context.Context) error {
	if p.doc.Issuer != "" {
		return nil
	}
	var d discovery
	if err := p.get(ctx, strings.TrimSuffix(p.issuer, "/")+"/.well-known/openid-configuration", &d); err != nil {
		return err
	}
	if d.Issuer != p.issuer {
		return errors.New("access: the provider calls itself by another issuer")
	}
	for _, u := range []string{d.Authorize, d.Token, d.Keys} {
		if !p.safe(u) {
			return errors.New("access: the provider names an address without https")
		}
	}
	p.doc = d
	return nil
}

// safe takes addresses with https, and of an issuer without it (a test on this machine)
// those of its own host.
func (p *Provider) safe(address string) bool {
	u, err := url.Parse(address)
	issuer, _ := url.Parse(p.issuer)
	return err == nil && u.Host != "" && (u.Scheme == "https" || issuer != nil && issuer.Scheme == "http" && u.Host == issuer.Host)
}

func (p *Provider) get(ctx context.Context, address string, v any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("access: provider: %w", err)
	}
	return p.do(r, v)
}

func (p *Provider) do(r *http.Request, v any) error {
	ctx, cancel := context.WithTimeout(r.Context(), fetchLimit)
	defer cancel()
	r.Header.Set("Accept", "application/json")
	resp, err := p.oidc.HTTP.Do(r.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("access: provider: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, fetchMost+1))
	switch {
	case err != nil:
		return fmt.Errorf("access: provider: %w", err)
	case resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%w: the provider refused (status %d)", ErrUnknown, resp.StatusCode)
	case resp.StatusCode != http.StatusOK || len(body) > fetchMost:
		return fmt.Errorf("access: provider: status %d, %d bytes", resp.StatusCode, len(body))
	}
	if err := json.Unmarshal(body, v); err != nil {
		return errors.New("access: provider: not the JSON expected")
	}
	return nil
}
