package table

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Position is where a page of a query ended: the last item looked at.
type Position struct {
	Sort string // its sort key in what is read: Key.SK, or the index key's
	Key  Key    // the item
}

// sealed is the content of a cursor: the position, and a digest of the query that it
// belongs to, since a position of another query would silently skip items.
type sealed struct {
	Query string `json:"q"`
	Sort  string `json:"s"`
	PK    string `json:"p"`
	SK    string `json:"k"`
}

// CursorAt makes the cursor that continues this query after a position. It is opaque,
// safe in a URL, and not secret: it holds the keys of the position.
func (q Query) CursorAt(p Position) string {
	// Strings always marshal.
	raw, _ := json.Marshal(sealed{q.digest(), p.Sort, p.Key.PK, p.Key.SK})
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Position opens the query's cursor. It is nil for the first page, and ErrInvalid for
// a cursor that is not one, or was made by a query that asks for something else; the
// limit may differ. A forged cursor can't leave the query's partition and range.
func (q Query) Position() (*Position, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	var s sealed
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || json.Unmarshal(raw, &s) != nil || s.Query != q.digest() {
		return nil, fmt.Errorf("%w: cursor of another query", ErrInvalid)
	}
	p := Position{s.Sort, Key{s.PK, s.SK}}
	if !q.includes(p) {
		return nil, fmt.Errorf("%w: cursor outside its query", ErrInvalid)
	}
	return &p, nil
}

// includes says whether a position can have been reached by the query. To itself
// counts: an engine may look at the item there before it leaves it out.
func (q Query) includes(p Position) bool {
	if validateKey(p.Key.PK, p.Key.SK) != nil || validateKey(q.PK, p.Sort) != nil {
		return false
	}
	if q.Index == Primary && (p.Key != Key{q.PK, p.Sort}) {
		return false
	}
	if q.Prefix != "" {
		return len(p.Sort) >= len(q.Prefix) && p.Sort[:len(q.Prefix)] == q.Prefix
	}
	return p.Sort >= q.From && (q.To == "" || p.Sort <= q.To)
}

func (q Query) digest() string {
	raw, _ := json.Marshal([]any{q.Index, q.PK, q.Prefix, q.From, q.To, q.Reverse})
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
