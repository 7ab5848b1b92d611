// Package quota decides whether a caller of the API may make one more request now: a
// bucket that fills at a steady rate and holds what a burst may take.
package quota

import "time"

// Limit is what a caller may ask. Both are above zero.
type Limit struct {
	PerMinute int // requests, over any longer time
	Burst     int // requests at once
}

// Of is the limit for so many requests a minute: a fifth of them, and never less than
// ten, may come at once.
func Of(perMinute int) Limit { return Limit{perMinute, max(perMinute/5, 10)} }

// Bucket is what one caller has used. The zero value is a full one.
type Bucket struct {
	Used float64   // requests, as of At
	At   time.Time // of the last request
}

// Verdict is the answer.
type Verdict struct {
	Granted bool
	Left    int           // requests that may be made at once after this one
	Wait    time.Duration // until the next one may be made; 0 where it may at once
}

// Take asks for one request at a time, and gives the bucket as it is afterwards. Who asks
// in vain loses nothing by it. A time before the last one counts as the last one.
func Take(b Bucket, l Limit, at time.Time) (Bucket, Verdict) {
	each := time.Minute / time.Duration(l.PerMinute)
	if at.After(b.At) {
		b.Used = max(0, b.Used-float64(at.Sub(b.At))/float64(each))
		b.At = at
	}
	room := float64(l.Burst) - b.Used
	if room < 1 {
		return b, Verdict{Wait: time.Duration((1 - room) * float64(each))}
	}
	b.Used++
	v := Verdict{Granted: true, Left: int(room - 1)}
	if v.Left == 0 {
		v.Wait = time.Duration((2 - room) * float64(each))
	}
	return b, v
}

// Full says whether a bucket is as good as a new one by now, and needn't be kept.
func (b Bucket) Full(l Limit, at time.Time) bool {
	return at.Sub(b.At) >= time.Duration(b.Used*float64(time.Minute)/float64(l.PerMinute))
}
