package kpi

import (
	"fmt"
	"math"
	"time"
)

// buckets is how many a histogram has: bucket 0 holds what took less than a second,
// bucket i from 1 to 98 holds [2^((i-1)/4), 2^(i/4)) seconds, bucket 99 all that took
// longer, which is nine months.
const buckets = 100

// HistogramError is the largest error of a median or percentile, as a part of the true
// value: a bucket's value is the geometric middle of bounds that lie a fourth root of
// two apart, so it is within 2^(1/8)-1 of whatever fell into the bucket. Times under a
// second count as zero; times over nine months count as nine months.
const HistogramError = 0.0906

// bound is the lower bound of bucket i ≥ 1. Square roots, unlike powers, are the same
// on every machine to the last bit (IEEE 754).
func bound(i int) float64 { return math.Sqrt(math.Sqrt(math.Ldexp(1, i-1))) }

// bucketOf finds the bucket of so many whole seconds.
func bucketOf(s int64) int {
	i := 0
	for i+1 < buckets && float64(s) >= bound(i+1) {
		i++
	}
	return i
}

func bucketName(prefix string, i int) string { return fmt.Sprintf("%s_h%02d", prefix, i) }

// middle is the time that a bucket stands for.
func middle(i int) time.Duration {
	switch i {
	case 0:
		return 0
	case buckets - 1:
		return time.Duration(bound(i) * float64(time.Second))
	default:
		return time.Duration(math.Sqrt(bound(i)*bound(i+1)) * float64(time.Second))
	}
}

// percentile reads the value of the nearest rank: the smallest one that at least the
// share p of all values don't exceed. It is false for an empty histogram.
func percentile(sums map[string]int64, prefix string, p float64) (time.Duration, bool) {
	total := histogramTotal(sums, prefix)
	if total <= 0 {
		return 0, false
	}
	rank := max(1, int64(math.Ceil(p*float64(total))))
	for i := range buckets {
		if rank -= sums[bucketName(prefix, i)]; rank <= 0 {
			return middle(i), true
		}
	}
	return middle(buckets - 1), true
}

// histogramTotal is how many values a histogram has.
func histogramTotal(sums map[string]int64, prefix string) (total int64) {
	for i := range buckets {
		total += sums[bucketName(prefix, i)]
	}
	return total
}
