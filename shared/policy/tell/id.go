package tell

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

const idTime = "20060102T150405"

// ID names an event by when it happened and what it stands for: evt_, the second, and
// 20 hex digits. Ids sort as their times do.
func ID(at time.Time, parts ...string) string {
	return "evt_" + at.UTC().Format(idTime) + "-" + desk.DeriveID("event", parts...)
}

// Day reads the day (2006-01-02, UTC) out of an event's id. False: it is none.
func Day(id string) (string, bool) {
	stamp, hash, ok := strings.Cut(strings.TrimPrefix(id, "evt_"), "-")
	at, err := time.Parse(idTime, stamp)
	if !ok || err != nil || len(hash) != 20 || strings.Trim(hash, "0123456789abcdef") != "" || !strings.HasPrefix(id, "evt_") {
		return "", false
	}
	return at.Format(time.DateOnly), true
}
