package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/calendar"
)

func TestSay(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	now := time.Date(2026, 9, 4, 23, 30, 0, 0, z) // a Friday
	for at, want := range map[time.Time][2]string{
		time.Date(2026, 9, 4, 23, 45, 0, 0, z): {"今天 23:45", "today at 23:45"},
		time.Date(2026, 9, 5, 9, 0, 0, 0, z):   {"明天 09:00", "tomorrow at 09:00"},
		time.Date(2026, 9, 7, 9, 0, 0, 0, z):   {"周一 09:00", "on Monday at 09:00"},
		time.Date(2026, 9, 11, 9, 0, 0, 0, z):  {"9月11日 09:00", "on 11 September at 09:00"},
		{}:                                     {"稍后", "later"},
	} {
		require.Equal(t, want, [2]string{calendar.Say("zh-CN", now, at), calendar.Say("en", now, at)})
	}
}
