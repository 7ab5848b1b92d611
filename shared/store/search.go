package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/table"
)

// Touched names a message whose words are to be made findable as they stand now.
type Touched struct {
	Ticket  desk.TicketID  `json:"t"`
	Message desk.MessageID `json:"m"`
	// Changed says that it was there before: older segments may hold other words of it.
	Changed bool `json:"c,omitempty"`
}

// TouchedOf tells a change of the feed that put a message to be found, or changed its
// words, or took them away.
func TouchedOf(c table.Change) (Touched, bool) {
	if !strings.HasPrefix(c.Key.PK, "T#") || !strings.HasPrefix(c.Key.SK, "M#") || !c.New.Exists() {
		return Touched{}, false
	}
	now, err := decode[desk.Message](c.New)
	if err != nil {
		return Touched{}, false
	}
	was, err := decode[desk.Message](c.Old)
	before, after := "", search.Words(now.Value)
	if err == nil && was.Exists() {
		before = search.Words(was.Value)
	}
	return Touched{now.Value.Ticket, now.Value.ID, before != ""}, before != after
}

// TouchedRow is what was touched between two looks, not yet taken into a segment.
type TouchedRow struct {
	At       time.Time `json:"at"` // of the first change in it
	Messages []Touched `json:"ms"`
	sk       string
}

// Key names the row among all that there ever were.
func (r TouchedRow) Key() string { return r.sk }

// PutTouched keeps what was touched; id tells apart what was kept at one time. The
// messages are at most 5000, which 400 kB hold.
func (tx *Tx) PutTouched(id string, r TouchedRow) {
	put(tx, touchedKey(r.At, id), Row[TouchedRow]{Value: r}, table.Item{})
}

// Touched reads what is still to be taken into segments, the oldest first, at most limit
// rows. What one row changes stands in none before it.
func (s *Store) Touched(ctx context.Context, limit int) ([]Row[TouchedRow], error) {
	page, err := s.T.Query(ctx, table.Query{PK: touchedPK, Limit: limit})
	if err != nil {
		return nil, err
	}
	var out []Row[TouchedRow]
	for _, it := range page.Items {
		r, err := decode[TouchedRow](it)
		if err != nil {
			return nil, err
		}
		r.Value.sk = it.SK
		out = append(out, r)
	}
	return out, nil
}

// DeleteTouched notes that a row is taken into a segment, as it was read.
func (tx *Tx) DeleteTouched(r Row[TouchedRow]) {
	tx.ops = append(tx.ops, table.Delete(table.Key{PK: touchedPK, SK: r.Value.sk}, r.Version))
}

// MessagesOf reads messages of any tickets; absent ones are left out. At most 100. Units:
// 1 per 4 kB of each.
func (s *Store) MessagesOf(ctx context.Context, of []search.Doc) ([]Row[desk.Message], error) {
	if len(of) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(of))
	for i, d := range of {
		keys[i] = MessageKey(d.Ticket, d.Message)
	}
	return read[desk.Message](ctx, s, keys)
}

// MaxSegments is how many segments are listed at most: of half a million messages a
// dozen, see search.Plan.
const MaxSegments = table.MaxLimit

// Segments lists the segments there are. Units: 1 per 4 kB, some 25 of them.
func (s *Store) Segments(ctx context.Context) ([]Row[search.Standing], error) {
	rows, _, err := rowsOf[search.Standing](ctx, s, table.Query{PK: segmentsPK, Limit: MaxSegments})
	return rows, err
}

// PutSegment lists a segment. The Write fails with ErrConflict where it is listed.
func (tx *Tx) PutSegment(v search.Standing) {
	put(tx, segmentKey(v.ID), Row[search.Standing]{Value: v}, table.Item{})
}

// DeleteSegment takes a segment off the list, as it was read.
func (tx *Tx) DeleteSegment(r Row[search.Standing]) {
	tx.ops = append(tx.ops, table.Delete(segmentKey(r.Value.ID), r.Version))
}

// nameRunes is how many characters of a name count in its key.
const nameRunes = 60

// named are the places of a customer in the lists by name, and by the address that a
// form or an import told; sparse.
func named(c desk.Customer, index map[table.Index]table.IndexKey) {
	id := "#" + part(string(c.ID))
	if name := folded(c.Called(c.Lang)); name != "" {
		index[table.Who] = table.IndexKey{PK: namePK(name), SK: part(name) + id}
	}
	if to := contact(c.Contact); to != "" {
		index[table.Mine] = table.IndexKey{PK: contactPK(to), SK: part(string(c.ID))}
	}
}

// contact is what a customer is listed by: the number, for the mail address of a form is
// an address of theirs already.
func contact(c desk.Contact) string {
	if c.Phone != "" {
		return c.Phone
	}
	return strings.ToLower(c.Mail)
}

func folded(name string) string {
	r := []rune(search.Fold(name))
	return string(r[:min(len(r), nameRunes)])
}

// CustomersByName lists customers whose name begins so, whatever its case, width and
// accents, by name; at most limit. Units: 0.5 per 4 kB.
func (s *Store) CustomersByName(ctx context.Context, begins string, limit int) ([]CustomerSummary, error) {
	name := folded(begins)
	if name == "" {
		return nil, nil
	}
	return s.summaries(ctx, table.Query{Index: table.Who, PK: namePK(name), Prefix: part(name), Limit: limit})
}

// CustomersByContact lists customers who told a mail address or a number (E.164) and have
// not proven it; at most limit. Units: 0.5.
func (s *Store) CustomersByContact(ctx context.Context, to string, limit int) ([]CustomerSummary, error) {
	return s.summaries(ctx, table.Query{Index: table.Mine, PK: contactPK(to), Limit: limit})
}

func (s *Store) summaries(ctx context.Context, q table.Query) ([]CustomerSummary, error) {
	page, err := s.T.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	return summariesOf(page), nil
}

func summariesOf(page table.Page) (out []CustomerSummary) {
	for _, it := range page.Items {
		var c CustomerSummary
		if json.Unmarshal(it.Summary, &c) == nil && c.ID != "" {
			out = append(out, c)
		}
	}
	return out
}

// Identities reads addresses in the order asked; those nobody has used are left out. At
// most 100; 1 R each.
func (s *Store) Identities(ctx context.Context, as ...desk.Address) ([]Row[desk.Identity], error) {
	if len(as) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(as))
	for i, a := range as {
		keys[i] = identityKey(a)
	}
	return read[desk.Identity](ctx, s, keys)
}

// CustomerRows reads customers as they are, in the order asked; absent ones are left out.
// At most 100; 1 R each.
func (s *Store) CustomerRows(ctx context.Context, ids ...desk.CustomerID) ([]Row[desk.Customer], error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = customerKey(id)
	}
	return read[desk.Customer](ctx, s, keys)
}

// TouchedID names a row by where in the feed it ends, so that rows of one shard and one
// second sort as they came.
func TouchedID(shard, upto string) string {
	return strings.Repeat("0", max(40-len(upto), 0)) + upto + "." + queue.Hash(shard)[:8]
}
