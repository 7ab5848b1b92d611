package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Seen says what became of a provider's message.
type Seen struct {
	Ticket  desk.TicketID  `json:"t,omitempty"`
	Message desk.MessageID `json:"m,omitempty"`
	// Now is the ticket in which a form's conversation goes on, where that isn't Ticket.
	Now desk.TicketID `json:"n,omitempty"`
	// Customer is whom a request made or changed that was on no ticket.
	Customer desk.CustomerID `json:"c,omitempty"`
	// Print tells what a request under an idempotency key asked for.
	Print string `json:"p,omitempty"`
}

// Current is the ticket in which the conversation goes on.
func (v Seen) Current() desk.TicketID {
	if v.Now != "" {
		return v.Now
	}
	return v.Ticket
}

// Sender is what is known of who wrote, read at once.
type Sender struct {
	Identity Row[desk.Identity]
	Seen     Row[Seen]
}

// Sender reads an address's identity and whether one of its messages was applied.
func (s *Store) Sender(ctx context.Context, a desk.Address, messageID string) (Sender, error) {
	items, err := s.T.Get(ctx, identityKey(a), seenKey(a, messageID))
	if err != nil {
		return Sender{}, err
	}
	var out Sender
	if out.Identity, err = decode[desk.Identity](items[0]); err != nil {
		return Sender{}, err
	}
	out.Seen, err = decode[Seen](items[1])
	return out, err
}

// Identity reads an address; Exists is false where nobody has used it yet.
func (s *Store) Identity(ctx context.Context, a desk.Address) (Row[desk.Identity], error) {
	r, err := get[desk.Identity](ctx, s, identityKey(a))
	r.Value.Address = a
	return r, err
}

// Submission finds the ticket that a form's submission became; Exists is false until
// it has.
func (s *Store) Submission(ctx context.Context, a desk.Address, id string) (Row[Seen], error) {
	return get[Seen](ctx, s, seenKey(a, id))
}

// PutIdentity writes an address.
func (tx *Tx) PutIdentity(r Row[desk.Identity]) {
	put(tx, identityKey(r.Value.Address), r, table.Item{})
}

// CheckIdentity holds the transaction to an address as it was read.
func (tx *Tx) CheckIdentity(r Row[desk.Identity]) {
	tx.ops = append(tx.ops, table.Check(identityKey(r.Value.Address), r.Version))
}

// EraseOf tells a change of the feed that wrote an address whose owner's data are to be
// erased: what relay has jobs see to. It tells so of each such write, for what was applied
// late is to be erased as well; erasing again writes nothing, and so comes to an end.
func EraseOf(c table.Change) (desk.Address, bool) {
	if !strings.HasPrefix(c.Key.PK, "I#") || c.Key.SK != "I" {
		return desk.Address{}, false
	}
	r, err := decode[desk.Identity](c.New)
	return r.Value.Address, err == nil && r.Exists() && !r.Value.Erase.IsZero()
}

// LookUpOf tells a change of the feed that asks for an address's owner: what relay has
// jobs ask the provider for.
func LookUpOf(c table.Change) (desk.Address, bool) {
	if !strings.HasPrefix(c.Key.PK, "I#") || c.Key.SK != "I" {
		return desk.Address{}, false
	}
	is, err := decode[desk.Identity](c.New)
	if err != nil || is.Value.Look.IsZero() {
		return desk.Address{}, false
	}
	was, err := decode[desk.Identity](c.Old)
	return is.Value.Address, err != nil || !was.Value.Look.Equal(is.Value.Look)
}

// PutSeen notes that a provider's message was applied. The Write fails with
// ErrConflict if that is noted already.
func (tx *Tx) PutSeen(a desk.Address, messageID string, v Seen) {
	put(tx, seenKey(a, messageID), Row[Seen]{Value: v}, table.Item{})
}

// PutSubmission notes where a form's conversation goes on.
func (tx *Tx) PutSubmission(a desk.Address, id string, r Row[Seen]) {
	put(tx, seenKey(a, id), r, table.Item{})
}

// CustomerSummary is what an index tells of a customer.
type CustomerSummary struct {
	ID   desk.CustomerID `json:"id"`
	Name string          `json:"n,omitempty"`
}

// Customer reads a customer, following a merge one hop; NotFound where there is none.
func (s *Store) Customer(ctx context.Context, id desk.CustomerID) (Row[desk.Customer], error) {
	r, err := get[desk.Customer](ctx, s, customerKey(id))
	if err == nil && r.Value.Merged != "" {
		r, err = get[desk.Customer](ctx, s, customerKey(r.Value.Merged))
	}
	return must(r, err, "customer")
}

// CustomerNames gives what agents call customers, each under the id it was asked by; one
// who was merged into another keeps the name they had. At most 100. Units: 1 per customer.
func (s *Store) CustomerNames(ctx context.Context, lang string, ids ...desk.CustomerID) (map[desk.CustomerID]string, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id desk.CustomerID) bool { return id == "" })
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = customerKey(id)
	}
	out := map[desk.CustomerID]string{}
	if len(keys) == 0 {
		return out, nil
	}
	rows, err := read[desk.Customer](ctx, s, keys)
	for _, r := range rows {
		out[r.Value.ID] = r.Value.Shown(lang)
	}
	return out, err
}

// CustomerRow reads a customer as it is, an alias too; NotFound where there is none.
func (s *Store) CustomerRow(ctx context.Context, id desk.CustomerID) (Row[desk.Customer], error) {
	r, err := get[desk.Customer](ctx, s, customerKey(id))
	return must(r, err, "customer")
}

// CustomerKey is where a customer lies.
func CustomerKey(id desk.CustomerID) table.Key { return customerKey(id) }

// PutCustomer writes a customer. An alias is in no list.
func (tx *Tx) PutCustomer(r Row[desk.Customer]) {
	c := r.Value
	if c.Merged != "" {
		put(tx, customerKey(c.ID), r, table.Item{})
		return
	}
	index := map[table.Index]table.IndexKey{
		table.View: {PK: customersPK(c.Created.UTC().Format("2006-01")), SK: stamp(c.Created) + "#" + part(string(c.ID))},
	}
	named(c, index)
	if !c.RiskNext.IsZero() {
		index[table.Due] = dueIndex(customerKey(c.ID), c.RiskNext)
	}
	put(tx, customerKey(c.ID), r, table.Item{
		Summary: marshalSummary(CustomerSummary{ID: c.ID, Name: clip(c.Called(c.Lang), 100)}), Index: index,
	})
}

// PutCustomerEvent keeps something that happened to a customer outside any ticket: a
// follow, a menu click, an opt-out.
func (tx *Tx) PutCustomerEvent(c desk.CustomerID, m desk.Message) {
	put(tx, customerEventKey(c, m.ID), Row[desk.Message]{Value: m}, table.Item{})
}

// ChangeCustomerEvent writes one that was read before.
func (tx *Tx) ChangeCustomerEvent(c desk.CustomerID, r Row[desk.Message]) {
	put(tx, customerEventKey(c, r.Value.ID), r, table.Item{})
}

// CustomerEvents reads a page of what happened to a customer, newest first.
func (s *Store) CustomerEvents(ctx context.Context, c desk.CustomerID, cursor string, limit int) ([]Row[desk.Message], string, error) {
	return rowsOf[desk.Message](ctx, s, table.Query{PK: customerKey(c).PK, Prefix: "M#", Cursor: cursor, Limit: limit, Reverse: true})
}

// Ref is what a Message-ID belongs to.
type Ref struct {
	Ticket  desk.TicketID  `json:"t"`
	Message desk.MessageID `json:"m,omitempty"` // empty: only seen referred to
	// More are other tickets that referred to it before it came itself, which may never
	// be: who answers a newsletter, or claims to answer somebody else, hides no thread.
	More []desk.TicketID `json:"o,omitempty"`
}

// refTickets bounds how many tickets a Message-ID that never came may name.
const refTickets = 8

// Tickets are all those it names.
func (r Ref) Tickets() []desk.TicketID {
	if r.Ticket == "" {
		return nil
	}
	return append([]desk.TicketID{r.Ticket}, r.More...)
}

// Also notes one more ticket that refers to the id; false where there is nothing to
// note.
func (r *Ref) Also(t desk.TicketID) bool {
	all := r.Tickets()
	if r.Message != "" || len(all) >= refTickets || slices.Contains(all, t) {
		return false
	}
	r.More = append(r.More, t)
	return true
}

// Refs looks Message-IDs up; the answer has those that are known, by id as asked. At
// most 100.
func (s *Store) Refs(ctx context.Context, ids []string) (map[string]Row[Ref], error) {
	out := map[string]Row[Ref]{}
	keys := make([]table.Key, 0, len(ids))
	asked := map[table.Key][]string{}
	for _, id := range ids {
		k := refKey(id)
		if len(asked[k]) == 0 {
			keys = append(keys, k)
		}
		asked[k] = append(asked[k], id)
	}
	if len(keys) == 0 {
		return out, nil
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		r, err := decode[Ref](it)
		if err != nil {
			return nil, err
		}
		for _, id := range asked[it.Key] {
			if r.Exists() {
				out[id] = r
			}
		}
	}
	return out, nil
}

// PutRef notes what a Message-ID belongs to.
func (tx *Tx) PutRef(messageID string, r Row[Ref]) { put(tx, refKey(messageID), r, table.Item{}) }

// SameRef says whether two Message-IDs count as one.
func SameRef(a, b string) bool { return refKey(a) == refKey(b) }

// Token is a provider's access token.
type Token struct {
	Value   string    `json:"v"`
	Expires time.Time `json:"x"`
	Error   string    `json:"e,omitempty"` // why the last refresh failed, without secrets
	Stale   bool      `json:"s,omitempty"` // the provider refused it: get another
}

// Token reads an account's access token; Exists is false before the first.
func (s *Store) Token(ctx context.Context, c desk.Channel, account string) (Row[Token], error) {
	return get[Token](ctx, s, tokenKey(c, account))
}

// PutToken writes an account's access token.
func (tx *Tx) PutToken(c desk.Channel, account string, r Row[Token]) {
	put(tx, tokenKey(c, account), r, table.Item{})
}
