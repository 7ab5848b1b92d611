package apifn

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// keyView is a service key; Key is there only in the answer that makes it.
type keyView struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      string    `json:"role"`
	Scope     string    `json:"scope"` // read, write
	Teams     []string  `json:"teams"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	ExpiresAt time.Time `json:"expires_at"`
	Key       string    `json:"key,omitempty"`
}

const (
	scopeRead  = "read"
	scopeWrite = "write"
)

func viewKey(r store.Row[store.ServiceKey]) keyView {
	k := r.Value
	v := keyView{ID: k.ID, Name: k.Name, Role: k.Role, Scope: scopeWrite, Teams: orEmpty(k.Teams), CreatedAt: k.Created, CreatedBy: k.By.ID, ExpiresAt: k.Expires}
	if k.ReadOnly {
		v.Scope = scopeRead
	}
	return v
}

// newKey is the body of POST /v1/keys.
type newKey struct {
	Name      string     `json:"name"`
	Role      string     `json:"role"`  // agent unless given
	Scope     string     `json:"scope"` // read unless given
	Teams     []string   `json:"teams"` // none: all
	ExpiresAt *time.Time `json:"expires_at"`
}

const keyLife = 365 * 24 * time.Hour // where the body says nothing

// row makes the row of a key, all but its secret.
func (n newKey) row(s *config.Settings, at time.Time) (store.ServiceKey, error) {
	k := store.ServiceKey{
		Name: strings.TrimSpace(n.Name), Role: n.Role, Teams: n.Teams, ReadOnly: n.Scope != scopeWrite,
		Created: at, Expires: at.Add(keyLife), Settings: s.Version,
	}
	if k.Role == "" {
		k.Role = string(allow.Agent)
	}
	if n.ExpiresAt != nil {
		k.Expires = n.ExpiresAt.UTC()
	}
	switch {
	case k.Name == "" || utf8.RuneCountInString(k.Name) > 60 || strings.ContainsAny(k.Name, "\r\n"):
		return k, badField("name", "should be one line of at most 60 characters that says what the key is for")
	case !slices.Contains(allow.Roles, allow.Role(k.Role)):
		return k, badField("role", "must be one of agent, lead, admin")
	case !slices.Contains([]string{"", scopeRead, scopeWrite}, n.Scope):
		return k, badField("scope", "must be one of read, write")
	case !k.Expires.After(at) || k.Expires.After(at.Add(access.MaxKeyLife)):
		return k, badField("expires_at", "must be a time to come, within two years")
	}
	for i, t := range k.Teams {
		if !slices.ContainsFunc(s.Teams, func(x config.Team) bool { return x.ID == t }) {
			return k, badField(fmt.Sprintf("teams[%d]", i), "is no team of this desk")
		}
	}
	return k, nil
}

func (a *api) postKey(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var n newKey
	if err := c.body(&n); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	k, err := n.row(s, c.at)
	if err != nil {
		return err
	}
	had, err := a.Store.ServiceKeys(c.ctx)
	if err != nil {
		return err
	}
	if len(had) >= store.MaxKeys {
		return desk.Errorf(desk.Conflict, "there are %d keys already: delete one that isn't used", len(had))
	}
	k.By = c.by
	k, token := access.NewKey(k)
	var tx store.Tx
	tx.PutServiceKey(store.Row[store.ServiceKey]{Value: k})
	if err := a.Store.Commit(c.ctx, &tx); err != nil {
		return err
	}
	v := viewKey(store.Row[store.ServiceKey]{Value: k})
	v.Key = token
	return c.json(http.StatusCreated, v)
}

func (a *api) listKeys(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	rows, err := a.Store.ServiceKeys(c.ctx)
	if err != nil {
		return err
	}
	return answerAll(c, viewAll(rows, viewKey))
}

// deleteKey takes a key away; the next request with it is refused.
func (a *api) deleteKey(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	if !access.KeyID(id) {
		return desk.Errorf(desk.NotFound, "no such key")
	}
	row, err := a.Store.ServiceKey(c.ctx, id)
	if err != nil {
		return err
	}
	if !row.Exists() {
		return desk.Errorf(desk.NotFound, "no such key")
	}
	var tx store.Tx
	tx.DeleteServiceKey(row)
	if err := a.Store.Commit(c.ctx, &tx); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
