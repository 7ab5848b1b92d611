package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// ErrUnknown says that a token is nobody's: not made here, expired, revoked, or of
// somebody who is no agent. Any other error of a door says that it could not find out.
var ErrUnknown = errors.New("access: the token is not good")

// ServiceToken is a token for a program, and whom it stands for.
type ServiceToken struct {
	Token string
	Who   allow.Principal
}

// Keyring knows a fixed set of tokens. It looks at all of them, each through its digest,
// so that the time it takes tells nothing about any of them. Empty tokens are never
// accepted.
func Keyring(tokens ...ServiceToken) func(context.Context, string) (allow.Principal, error) {
	digests := make([][sha256.Size]byte, len(tokens))
	for i, t := range tokens {
		digests[i] = sha256.Sum256([]byte(t.Token))
	}
	return func(_ context.Context, token string) (allow.Principal, error) {
		given, found := sha256.Sum256([]byte(token)), -1
		for i := range digests {
			if subtle.ConstantTimeCompare(given[:], digests[i][:]) == 1 {
				found = i
			}
		}
		if found < 0 || token == "" {
			return allow.Principal{}, ErrUnknown
		}
		return tokens[found].Who, nil
	}
}

// API is the principal of the secret api/token: it may all.
func API() allow.Principal {
	return allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: "api", Name: "API"}, Role: allow.Admin}
}

// OfAgent is an agent as the settings have them.
func OfAgent(a config.Agent) allow.Principal {
	return allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: a.ID, Name: a.Name}, Role: allow.Role(a.Role), Teams: a.Teams}
}

// Door lets callers of the API in. All fields but OIDC are required.
type Door struct {
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
	Secrets  func() []string // values of api/token, looked up at each call so that a rotated one holds at once
	OIDC     *OIDC           // nil: no token of a provider is taken
	Now      func() time.Time
}

// Principal says whom a bearer token stands for. A service key costs one read unit.
func (d *Door) Principal(ctx context.Context, token string) (allow.Principal, error) {
	switch {
	case strings.HasPrefix(token, keyPrefix):
		return d.key(ctx, token)
	case strings.Count(token, ".") == 2 && d.OIDC != nil:
		return d.signed(ctx, token)
	}
	var good []ServiceToken
	for _, v := range d.Secrets() {
		good = append(good, ServiceToken{v, API()})
	}
	return Keyring(good...)(ctx, token)
}

func (d *Door) signed(ctx context.Context, token string) (allow.Principal, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return allow.Principal{}, err
	}
	p, ok := d.OIDC.Provider(s.Access)
	if !ok {
		return allow.Principal{}, ErrUnknown
	}
	claims, err := p.Verify(ctx, token)
	if err != nil {
		return allow.Principal{}, err
	}
	a, ok := s.AgentByMail(claims.Mail)
	if !ok {
		return allow.Principal{}, ErrUnknown
	}
	return OfAgent(a), nil
}
