package apifn

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// etag is the entity tag of what is one row: it changes with each write of the row.
func etag(version int64) string { return fmt.Sprintf(`"%d"`, version) }

// digest is the entity tag of everything else: it changes with what is read.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// unchanged says whether a reader has it already (RFC 9110, section 13.1.2), and tells
// the tag that the answer has. The rows are read all the same: what is spared is the
// answer's way.
func (c *call) unchanged(status int, body []byte) bool {
	if status != http.StatusOK || c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return false
	}
	tag := c.w.Header().Get("ETag")
	if tag == "" {
		tag = digest(body)
		c.w.Header().Set("ETag", tag)
	}
	return slices.Contains(tags(c.r.Header.Get("If-None-Match"), true), tag)
}

// tags reads a list of entity tags; weak takes weak ones for strong.
func tags(header string, weak bool) []string {
	var out []string
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		out = append(out, tag)
	}
	return out
}

var errPrecondition = problem{
	Status: http.StatusPreconditionFailed,
	Detail: "It has changed since this version. Read it again; ETag is the one it has now.",
}

// matching gives the desk to act with: one held to the version that If-Match names
// (RFC 9110, section 13.1.1), or the ordinary one where it names none. tag is the row's
// entity tag at a version.
func (a *api) matching(c *call, key table.Key, version int64, tag func(int64) string) (*ticketing.Desk, error) {
	want := c.r.Header.Get("If-Match")
	if want == "" || strings.TrimSpace(want) == "*" {
		return a.Desk, nil
	}
	c.tagNow = func() string {
		items, err := a.Store.T.Get(c.ctx, key)
		if err != nil {
			return ""
		}
		return tag(items[0].Version)
	}
	if !slices.Contains(tags(want, false), tag(version)) {
		return nil, errPrecondition
	}
	held := *a.Desk
	held.Store = store.New(&heldTable{a.Store.T, key, version})
	return &held, nil
}

// heldTable lets nobody's change of one row slip in between reading its version and
// writing on it: a write of that row at any other version fails for good.
type heldTable struct {
	table.Table
	key     table.Key
	version int64
}

// Write refuses a row that has moved on, and follows the row's own changes.
func (h *heldTable) Write(ctx context.Context, ops ...table.Op) error {
	i := slices.IndexFunc(ops, func(op table.Op) bool { return op.Item.Key == h.key })
	if i >= 0 && ops[i].If != h.version {
		return errPrecondition
	}
	err := h.Table.Write(ctx, ops...)
	if i >= 0 && err == nil {
		h.version++
	}
	return err
}
