package lambdaevent

import (
	"context"
	"time"
)

// EndsWithin says whether the function's call ends sooner than what is begun now may take.
// On one machine now may be put forward, and the end be told by the machine's clock: the
// later of the two counts.
func EndsWithin(ctx context.Context, now time.Time, room time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && max(end.Sub(now), time.Until(end)) < room
}
