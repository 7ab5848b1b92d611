// Package tabletest is the suite that every engine of the table passes. Whatever it
// holds, the desk may rely on; whatever it doesn't hold, engines may differ in.
package tabletest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// Harness is what one test works on.
type Harness struct {
	Table table.Table
	Clock *Clock     // the clock that the engine was given
	Feed  table.Feed // may be nil only where ChangeFeed is among Lacks

	// Lacks names what the engine can't do, with the reason. The tests of it then
	// don't run and say so in the log. It's for stand-ins: an engine that the desk
	// runs on may lack IndexExpiry only.
	Lacks map[Power]string
}

// Power is something that most engines can do and a declared exception can't.
type Power string

// The powers that a harness may declare lacking.
const (
	ChangeFeed     Power = "change feed"      // Harness.Feed
	IndexExpiry    Power = "index expiry"     // an index hides expired rows before they are swept
	AddOverExpired Power = "add over expired" // an Add over an expired row starts anew
	WideCounters   Power = "wide counters"    // counters are exact beyond 2^53
	IndexComplete  Power = "index complete"   // an index stays complete under long runs of random writes
	MovingCursor   Power = "moving cursor"    // a cursor goes on where its row was deleted
)

// Clock is a clock that stands still until it's told otherwise.
type Clock struct{ nanos atomic.Int64 }

// NewClock starts a clock at noon UTC of 1 March 2026.
func NewClock() *Clock {
	c := &Clock{}
	c.Set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	return c
}

// Now is the time the clock shows, in UTC. Engines are given this method.
func (c *Clock) Now() time.Time { return time.Unix(0, c.nanos.Load()).UTC() }

// Set moves the clock to a time.
func (c *Clock) Set(t time.Time) { c.nanos.Store(t.UnixNano()) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.nanos.Add(int64(d)) }

// Run runs the suite. The function gives a harness with an empty table for each test;
// it registers its own clean-up.
func Run(t *testing.T, fresh func(t *testing.T) Harness) {
	t.Helper()
	for _, group := range []map[string]func(*suite){
		writeTests, limitTests, expiryTests, counterTests, raceTests, queryTests, indexTests, modelTests, feedTests,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				test(newSuite(t, fresh(t)))
			})
		}
	}
}

// suite is one test's view of its harness.
type suite struct {
	Harness
	*testing.T
	ctx context.Context
}

func newSuite(t *testing.T, h Harness) *suite {
	require.NotNil(t, h.Table, "the harness gives no table")
	require.NotNil(t, h.Clock, "the harness gives no clock")
	return &suite{h, t, t.Context()}
}

// lacks says whether a power was declared missing, and leaves a line about it.
func (s *suite) lacks(p Power) bool {
	reason, is := s.Harness.Lacks[p]
	if is {
		s.Logf("not checked, the engine lacks %q: %s", p, reason)
	}
	return is
}

func (s *suite) write(ops ...table.Op) {
	s.Helper()
	require.NoError(s, s.Table.Write(s.ctx, ops...))
}

func (s *suite) refused(want error, ops ...table.Op) {
	s.Helper()
	require.ErrorIs(s, s.Table.Write(s.ctx, ops...), want)
}

func (s *suite) get(k table.Key) table.Item {
	s.Helper()
	items, err := s.Table.Get(s.ctx, k)
	require.NoError(s, err)
	require.Len(s, items, 1)
	return items[0]
}

// all reads every page of a query and returns the items and the number of pages.
func (s *suite) all(q table.Query) ([]table.Item, int) {
	s.Helper()
	var items []table.Item
	for pages := 1; ; pages++ {
		page, err := s.Table.Query(s.ctx, q)
		require.NoError(s, err)
		items = append(items, page.Items...)
		if page.Cursor == "" {
			return items, pages
		}
		require.Less(s, pages, 5000, "a query that doesn't end")
		q.Cursor = page.Cursor
	}
}

// sorts are the sort keys of a whole query on the table or an index.
func (s *suite) sorts(q table.Query) []string {
	s.Helper()
	items, _ := s.all(q)
	out := make([]string, 0, len(items))
	for _, it := range items {
		if q.Index == table.Primary {
			out = append(out, it.SK)
		} else {
			out = append(out, it.Index[q.Index].SK)
		}
	}
	return out
}

// settles waits for an index, which may lag, to show what it should.
func (s *suite) settles(want []string, q table.Query) {
	s.Helper()
	var got []string
	for range 40 {
		if got = s.sorts(q); fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.Equal(s, want, got)
}

// doc is a row with a document, not yet stored.
func doc(pk, sk, text string) table.Item {
	return table.Item{Key: table.Key{PK: pk, SK: sk}, Doc: []byte(`{"t":"` + text + `"}`)}
}

// stored is the item as it comes back after its Put.
func stored(it table.Item) table.Item {
	it.Version++
	return it
}

// together runs n functions at once and collects what they return.
func together(n int, do func(i int) error) []error {
	var wg sync.WaitGroup
	errs, start := make([]error, n), make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}
