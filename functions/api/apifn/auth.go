package apifn

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// admit finds out who calls, by the bearer token (RFC 6750), and whether they may.
func (a *api) admit(c *call, roles []string) error {
	if roles == nil {
		return nil
	}
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook"`)
		return problem{Status: http.StatusUnauthorized, Detail: "Give a token: Authorization: Bearer …"}
	}
	who, role, ok := a.Tokens(strings.TrimSpace(token))
	if !ok {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook", error="invalid_token"`)
		return problem{Status: http.StatusUnauthorized, Detail: "The token is not good."}
	}
	if !slices.Contains(roles, role) {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="deskhook", error="insufficient_scope"`)
		return problem{Status: http.StatusForbidden, Detail: "This needs one of the roles " + strings.Join(roles, ", ") + "."}
	}
	c.by, c.role = who, role
	return nil
}

// ServiceToken is a token for a program, and whom it stands for.
type ServiceToken struct {
	Token string
	Who   desk.Actor
	Role  string // agent, lead or admin
}

// Keyring makes Deps.Tokens of a fixed set of tokens. It looks at all of them, each
// through its digest, so that the time it takes tells nothing about any of them. Empty
// tokens are never accepted.
func Keyring(tokens ...ServiceToken) func(string) (desk.Actor, string, bool) {
	digests := make([][sha256.Size]byte, len(tokens))
	for i, t := range tokens {
		digests[i] = sha256.Sum256([]byte(t.Token))
	}
	return func(token string) (desk.Actor, string, bool) {
		given, found := sha256.Sum256([]byte(token)), -1
		for i := range digests {
			if subtle.ConstantTimeCompare(given[:], digests[i][:]) == 1 {
				found = i
			}
		}
		if found < 0 || token == "" {
			return desk.Actor{}, "", false
		}
		return tokens[found].Who, tokens[found].Role, true
	}
}
