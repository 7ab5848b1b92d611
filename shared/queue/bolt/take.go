package bolt

import (
	"context"
	"strconv"

	"github.com/deskhook/deskhook/shared/queue"
)

var _ queue.Taker = (*DB)(nil)

// Take implements queue.Taker: Receive, as whoever looks after dead letters has it.
func (db *DB) Take(ctx context.Context, on queue.Name, max int) ([]queue.Taken, error) {
	got, err := db.Receive(ctx, on, max)
	var out []queue.Taken
	for _, m := range got {
		out = append(out, queue.Taken{
			ID: m.ID, Body: m.Body, Receipt: m.Receipt, Group: m.Group, Seq: strconv.FormatUint(m.Seq, 10), Count: m.ReceiveCount, Sent: m.Sent,
		})
	}
	return out, err
}
