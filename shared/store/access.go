package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// ServiceKey is a program's key as the table keeps it: its secret only as a hash.
type ServiceKey struct {
	ID       string     `json:"id"`
	Hash     string     `json:"h"`
	Name     string     `json:"n"`
	Role     string     `json:"r"`
	Teams    []string   `json:"t,omitempty"` // none: all
	ReadOnly bool       `json:"ro,omitempty"`
	Created  time.Time  `json:"at"`
	Expires  time.Time  `json:"x"`
	By       desk.Actor `json:"by"`
	Settings int64      `json:"cfg"`
}

// MaxKeys is how many service keys a desk has at most, so that a list of them is one read.
const MaxKeys = 100

// ServiceKey reads a key; Exists is false where there is none, or it has expired.
func (s *Store) ServiceKey(ctx context.Context, id string) (Row[ServiceKey], error) {
	return get[ServiceKey](ctx, s, serviceKey(id))
}

// ServiceKeys lists the keys that are good, at most MaxKeys.
func (s *Store) ServiceKeys(ctx context.Context) ([]Row[ServiceKey], error) {
	rows, _, err := rowsOf[ServiceKey](ctx, s, table.Query{PK: serviceKeysPK, Limit: MaxKeys})
	return rows, err
}

// PutServiceKey writes a key; it goes by itself when it expires.
func (tx *Tx) PutServiceKey(r Row[ServiceKey]) {
	put(tx, serviceKey(r.Value.ID), r, table.Item{Expires: r.Value.Expires.Truncate(time.Second)})
}

// DeleteServiceKey takes a key away, as it was read.
func (tx *Tx) DeleteServiceKey(r Row[ServiceKey]) {
	tx.ops = append(tx.ops, table.Delete(serviceKey(r.Value.ID), r.Version))
}

// Audited is what somebody saw or did: never what was in it.
type Audited struct {
	ID       string          `json:"id"`
	At       time.Time       `json:"at"`
	By       desk.Actor      `json:"by"`
	Role     string          `json:"r"`
	What     string          `json:"w"` // method and route, as in GET /v1/tickets/{number}
	Status   int             `json:"s"` // of the answer
	Ticket   desk.TicketID   `json:"t,omitempty"`
	Customer desk.CustomerID `json:"c,omitempty"`
	Network  string          `json:"ip,omitempty"` // of the caller: a /24, or a /48
	Settings int64           `json:"cfg,omitempty"`
}

// auditLife is how long the audit is kept: a year and a month.
const auditLife = 400 * 24 * time.Hour

// PutAudit notes it.
func (s *Store) PutAudit(ctx context.Context, a Audited) error {
	var tx Tx
	put(&tx, auditKey(a.At, a.ID), Row[Audited]{Value: a}, table.Item{Expires: a.At.Add(auditLife).Truncate(time.Second)})
	return s.Commit(ctx, &tx)
}

// Audit lists what was seen and done on a day (2006-01-02, UTC), newest first. next is
// the cursor of the page after, "" at the end.
func (s *Store) Audit(ctx context.Context, day, cursor string, limit int) (rows []Audited, next string, err error) {
	more := false
	for sh := range uint32(auditShards) {
		part, further, err := rowsOf[Audited](ctx, s, table.Query{PK: auditPK(day, sh), To: cursor, Limit: limit, Reverse: true})
		if err != nil {
			return nil, "", err
		}
		more = more || further != ""
		for _, r := range part {
			rows = append(rows, r.Value)
		}
	}
	slices.SortFunc(rows, func(a, b Audited) int { return strings.Compare(auditKey(b.At, b.ID).SK, auditKey(a.At, a.ID).SK) })
	if len(rows) > limit || more && len(rows) > 0 {
		rows = rows[:min(limit, len(rows))]
		last := rows[len(rows)-1]
		next = auditKey(last.At, last.ID).SK
	}
	return rows, next, nil
}
