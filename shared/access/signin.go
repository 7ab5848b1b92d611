package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// SignIn is one sign-in under way: OAuth's authorization code with PKCE (RFC 7636).
type SignIn struct {
	State, Nonce string // random; the browser keeps them
	Verifier     string // 43 letters or more
	Redirect     string // where the provider sends the browser back to
}

// Address is where the browser goes to sign in.
func (p *Provider) Address(ctx context.Context, s SignIn) (string, error) {
	doc, err := p.known(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(s.Verifier))
	return withQuery(doc.Authorize, url.Values{
		"response_type": {"code"}, "client_id": {p.client}, "redirect_uri": {s.Redirect}, "scope": {"openid email"},
		"state": {s.State}, "nonce": {s.Nonce},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}), nil
}

func withQuery(address string, q url.Values) string {
	if strings.Contains(address, "?") {
		return address + "&" + q.Encode()
	}
	return address + "?" + q.Encode()
}

func (p *Provider) known(ctx context.Context) (discovery, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.discover(ctx)
	return p.doc, err
}

// Redeem turns the code that came back into who signed in. secret is the client's, or
// empty for a public one. ErrUnknown says that the provider refused the code, or that the
// token is not of this sign-in.
func (p *Provider) Redeem(ctx context.Context, s SignIn, code, secret string) (Claims, error) {
	doc, err := p.known(ctx)
	if err != nil {
		return Claims{}, err
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {s.Redirect},
		"client_id": {p.client}, "code_verifier": {s.Verifier},
	}
	if secret != "" {
		form.Set("client_secret", secret)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, doc.Token, strings.NewReader(form.Encode()))
	if err != nil {
		return Claims{}, fmt.Errorf("access: provider: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer struct {
		ID string `json:"id_token"`
	}
	if err := p.do(r, &answer); err != nil {
		return Claims{}, err
	}
	claims, err := p.Verify(ctx, answer.ID)
	if err == nil && claims.Nonce != s.Nonce {
		err = ErrUnknown
	}
	return claims, err
}

// SignOut is where the browser signs out of the provider too; "" where it has no such
// page.
func (p *Provider) SignOut(ctx context.Context, back string) string {
	doc, err := p.known(ctx)
	if err != nil || doc.EndSession == "" || !p.safe(doc.EndSession) {
		return ""
	}
	return withQuery(doc.EndSession, url.Values{"client_id": {p.client}, "post_logout_redirect_uri": {back}, "logout_uri": {back}})
}
