package quota_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/quota"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// A burst is let through, then one request each time the bucket has room for it again.
func TestTake(t *testing.T) {
	l := quota.Of(60)
	require.Equal(t, quota.Limit{PerMinute: 60, Burst: 12}, l)
	require.Equal(t, 10, quota.Of(6).Burst)
	var b quota.Bucket
	var v quota.Verdict
	for i := range 12 {
		b, v = quota.Take(b, l, t0)
		require.True(t, v.Granted)
		require.Equal(t, 11-i, v.Left)
	}
	require.Equal(t, time.Second, v.Wait)
	for range 3 { // who asks in vain loses nothing
		b, v = quota.Take(b, l, t0.Add(time.Second/2))
		require.Equal(t, quota.Verdict{Wait: time.Second / 2}, v)
	}
	b, v = quota.Take(b, l, t0.Add(time.Second))
	require.Equal(t, quota.Verdict{Granted: true, Wait: time.Second}, v)
	require.False(t, b.Full(l, t0.Add(12*time.Second)))
	require.True(t, b.Full(l, t0.Add(13*time.Second)))
	_, v = quota.Take(b, l, t0) // a clock set back gives nothing away
	require.False(t, v.Granted)
}

// Over any time no more is granted than the burst and what has come in since; and who
// waits as told is let in.
func TestTakeHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := quota.Of(rapid.IntRange(1, 6000).Draw(t, "per minute"))
		var b quota.Bucket
		var v quota.Verdict
		at, granted := t0, 0
		for range rapid.IntRange(1, 300).Draw(t, "requests") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "pause")))
			if rapid.Bool().Draw(t, "waits") {
				at = at.Add(v.Wait + time.Microsecond)
				b, v = quota.Take(b, l, at)
				require.True(t, v.Granted)
			} else {
				b, v = quota.Take(b, l, at)
			}
			if v.Granted {
				granted++
			}
			most := float64(l.Burst) + (at.Sub(t0)+time.Millisecond).Minutes()*float64(l.PerMinute) + 1
			require.LessOrEqual(t, float64(granted), most)
		}
	})
}
