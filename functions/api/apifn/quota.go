package apifn

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/quota"
)

// maxCallers bounds how many callers an instance remembers; past it the full buckets are
// let go, and if all are in use nobody is remembered for a moment.
const maxCallers = 5000

// meter holds what each caller has used of this instance of the function. It is memory:
// to count in the table would cost a write for each request, which is more than most
// requests cost. So who calls over several connections at once is let have more, at most
// as many times the limit as there are instances; what the desk takes altogether is
// bounded by the gateway (template.yaml, Rate and Burst).
type meter struct {
	mu      sync.Mutex
	buckets map[desk.Actor]quota.Bucket
}

func (m *meter) take(who desk.Actor, l quota.Limit, at time.Time) quota.Verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.buckets) >= maxCallers {
		for k, b := range m.buckets {
			if b.Full(l, at) {
				delete(m.buckets, k)
			}
		}
	}
	if m.buckets == nil || len(m.buckets) >= maxCallers {
		m.buckets = map[desk.Actor]quota.Bucket{}
	}
	b, v := quota.Take(m.buckets[who], l, at)
	m.buckets[who] = b
	return v
}

// within refuses who has asked too much, and tells everybody how they stand
// (draft-ietf-httpapi-ratelimit-headers-10): q requests in w seconds, r left, the next in
// t seconds.
func (a *api) within(c *call, perMinute int) error {
	if a.NoQuota {
		return nil
	}
	l := quota.Of(perMinute)
	v := a.meter.take(desk.Actor{Kind: c.by.Kind, ID: c.by.ID}, l, a.Now())
	wait := int((v.Wait + time.Second - 1) / time.Second)
	h := c.w.Header()
	h.Set("RateLimit-Policy", fmt.Sprintf(`"burst";q=%d;w=%d`, l.Burst, l.Burst*60/l.PerMinute))
	h.Set("RateLimit", fmt.Sprintf(`"burst";r=%d;t=%d`, v.Left, wait))
	if v.Granted {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(max(wait, 1)))
	return problem{Status: http.StatusTooManyRequests, Detail: fmt.Sprintf("More than %d requests a minute. Wait as Retry-After says.", l.PerMinute)}
}
