package notify

import (
	"errors"
	"strings"
	"time"
)

// Quiet are hours of the day in minutes, From inclusive and To exclusive; they may go
// over midnight.
type Quiet struct{ From, To int }

// ErrQuiet says what quiet hours look like.
var ErrQuiet = errors.New("should be hours such as 12:00-13:30, or 22:00-08:00 over midnight")

// ParseQuiet reads 22:00-08:00; anything else is ErrQuiet.
func ParseQuiet(s string) (Quiet, error) {
	from, to, ok := strings.Cut(s, "-")
	a, errA := time.Parse("15:04", strings.TrimSpace(from))
	b, errB := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || errA != nil || errB != nil || a.Equal(b) {
		return Quiet{}, ErrQuiet
	}
	return Quiet{minute(a), minute(b)}, nil
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }

// Covers says whether a minute of the day is quiet.
func (q Quiet) Covers(minute int) bool {
	if q.From < q.To {
		return q.From <= minute && minute < q.To
	}
	return minute >= q.From || minute < q.To
}
