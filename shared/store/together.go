package store

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Writing says which agents are writing on a ticket, each until a time. The row goes by
// itself after the last.
type Writing struct {
	Until map[string]time.Time `json:"u"` // by agent
}

// writingKey is where it lies who is writing on a ticket, spentKey the seconds that each
// agent has spent on it.
func writingKey(t desk.TicketID) table.Key { return table.Key{PK: ticketPK(t), SK: "W"} }

func spentKey(t desk.TicketID) table.Key { return table.Key{PK: ticketPK(t), SK: "H"} }

// Writing reads who is writing on a ticket; some may have stopped by now.
func (s *Store) Writing(ctx context.Context, t desk.TicketID) (Row[Writing], error) {
	return get[Writing](ctx, s, writingKey(t))
}

// PutWriting writes it; the row is gone when the last of them has stopped.
func (tx *Tx) PutWriting(t desk.TicketID, r Row[Writing]) {
	var last time.Time
	for _, until := range r.Value.Until {
		if until.After(last) {
			last = until
		}
	}
	put(tx, writingKey(t), r, table.Item{Expires: last.Add(time.Second).Truncate(time.Second)})
}

// Spent reads how many seconds each agent has spent on a ticket, by their ids with _ for
// each -, as counters are named.
func (s *Store) Spent(ctx context.Context, t desk.TicketID) (map[string]int64, error) {
	items, err := s.T.Get(ctx, spentKey(t))
	if err != nil {
		return nil, err
	}
	return items[0].Counters, nil
}

// AddSpent adds to it.
func (tx *Tx) AddSpent(t desk.TicketID, counter string, seconds int64) {
	tx.Add(spentKey(t), map[string]int64{counter: seconds})
}

// Fact reads one fact of a day; Exists is false where it never happened.
func (s *Store) Fact(ctx context.Context, day, id string) (Row[desk.Fact], error) {
	return get[desk.Fact](ctx, s, factKey(day, id))
}
