// Package access finds out who calls: the service token of the secret api/token, a
// service key of the table, or a token that the desk's OpenID provider signed for one of
// its agents. What they may is decided in shared/policy/allow.
package access
