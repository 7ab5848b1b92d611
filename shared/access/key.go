package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// keyPrefix begins every service key, so that scanners of leaked secrets know it.
const keyPrefix = "dhk_"

const idBytes = 6 // of a key's id: 12 hex digits

// NewKey makes a service key: what the table keeps of it, and the key itself, which is
// shown once. Its secret is 256 random bits, so a plain SHA-256 keeps it: there is
// nothing to guess that a slow hash would protect.
func NewKey(k store.ServiceKey) (store.ServiceKey, string) {
	var id [idBytes]byte
	var secret [32]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	_, _ = rand.Read(secret[:])
	k.ID = hex.EncodeToString(id[:])
	token := keyPrefix + k.ID + "_" + base64.RawURLEncoding.EncodeToString(secret[:])
	k.Hash = hash(token)
	return k, token
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// KeyID says whether a text has the form of a key's id.
func KeyID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == idBytes && s == strings.ToLower(s)
}

func (d *Door) key(ctx context.Context, token string) (allow.Principal, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(token, keyPrefix), "_")
	if !KeyID(id) {
		return allow.Principal{}, ErrUnknown
	}
	row, err := d.Store.ServiceKey(ctx, id)
	if err != nil {
		return allow.Principal{}, err
	}
	k := row.Value
	same := subtle.ConstantTimeCompare([]byte(hash(token)), []byte(k.Hash)) == 1
	if !row.Exists() || !same || !d.Now().Before(k.Expires) {
		return allow.Principal{}, ErrUnknown
	}
	return allow.Principal{
		Actor: desk.Actor{Kind: desk.ByAgent, ID: "key-" + k.ID, Name: k.Name}, Role: allow.Role(k.Role), Teams: k.Teams, ReadOnly: k.ReadOnly,
	}, nil
}

// MaxKeyLife is how long a key may be good: nobody remembers an older one.
const MaxKeyLife = 2 * 365 * 24 * time.Hour
