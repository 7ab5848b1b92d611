package tabletest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

const (
	waitForIndex = 5 * time.Second
	pollIndex    = 20 * time.Millisecond
)

var feedTests = map[string]func(*suite){
	"feed is complete, in order, with both images": withFeed(testFeedImages),
	"feed leaves out what was refused or not written": withFeed(func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.refused(table.ErrConflict, table.Put(it), table.Put(doc("T#2", "T", "x")))
		s.write(table.Check(it.Key, 1))
		s.write(table.Delete(table.Key{PK: "T#2", SK: "T"}, 0))
		s.write(table.Delete(it.Key, 1))
		require.Len(s, s.changes(2), 2)
	}),
	"feed shows the expired row that was written over": withFeed(func(s *suite) {
		old := expiring(s, "T#1", "T")
		again := doc("T#1", "T", "again")
		s.write(table.Put(again))
		got := s.changes(2)
		require.Equal(s, stored(old), got[1].Old)
		require.Equal(s, stored(again), got[1].New)
	}),
	"feed carries counters": withFeed(func(s *suite) {
		k := table.Key{PK: "K#cut", SK: "1"}
		s.write(table.Add(k, map[string]int64{"n": 1}))
		s.write(table.Add(k, map[string]int64{"n": 2}))
		got := s.changes(2)
		require.False(s, got[0].Old.Exists())
		require.Equal(s, map[string]int64{"n": 1}, got[1].Old.Counters)
		require.Equal(s, map[string]int64{"n": 3}, got[1].New.Counters)
	}),
	"changes of one write are adjacent": withFeed(testAdjacent),
	"feed resumes from a sequence number": withFeed(func(s *suite) {
		for i := range 7 {
			s.write(table.Put(doc("T#1", fmt.Sprint("M#", i), "x")))
		}
		whole := s.changes(7)
		for i := range whole {
			rest, err := s.Feed.Changes(s.ctx, whole[i].Seq, 100)
			require.NoError(s, err)
			require.Equal(s, whole[i+1:], append([]table.Change{}, rest...))
			one, err := s.Feed.Changes(s.ctx, whole[i].Seq, 1)
			require.NoError(s, err)
			require.Equal(s, whole[i+1:min(i+2, len(whole))], append([]table.Change{}, one...))
		}
	}),
	"wait ends when there is a change, and with its context": withFeed(testWait),
	"each row's changes are in order under many writers":     withFeed(testFeedRace),
}

// withFeed runs a test only on an engine that has a feed.
func withFeed(test func(*suite)) func(*suite) {
	return func(s *suite) {
		if s.lacks(ChangeFeed) {
			return
		}
		require.NotNil(s, s.Feed, "the harness gives no feed and doesn't declare it lacking")
		test(s)
	}
}

// changes reads the feed from its beginning until it has so many, and holds the order
// of sequence numbers.
func (s *suite) changes(n int) []table.Change {
	s.Helper()
	var got []table.Change
	require.Eventually(s, func() bool {
		var err error
		got, err = s.Feed.Changes(s.ctx, "", 1000)
		require.NoError(s, err)
		return len(got) >= n
	}, waitForIndex, pollIndex)
	require.Len(s, got, n)
	for i := 1; i < len(got); i++ {
		require.True(s, table.SeqLess(got[i-1].Seq, got[i].Seq), "%s before %s", got[i-1].Seq, got[i].Seq)
	}
	return got
}

func testFeedImages(s *suite) {
	first := doc("T#1", "T", "first")
	first.Summary, first.Expires = []byte("s"), s.Clock.Now().Add(time.Hour)
	first.Index = map[table.Index]table.IndexKey{table.View: {PK: "v", SK: "1"}, table.Due: {PK: "d", SK: "1"}}
	second := doc("T#1", "T", "second")
	second.Version = 1
	s.write(table.Put(first))
	s.write(table.Put(second))
	s.write(table.Delete(first.Key, 2))
	got := s.changes(3)
	absent := table.Item{Key: first.Key}
	for i, want := range [][2]table.Item{{absent, stored(first)}, {stored(first), stored(second)}, {stored(second), absent}} {
		require.Equal(s, first.Key, got[i].Key)
		require.Equal(s, want[0], got[i].Old)
		require.Equal(s, want[1], got[i].New)
		require.Zero(s, got[i].At.Nanosecond())
		require.Equal(s, time.UTC, got[i].At.Location())
	}
}

func testAdjacent(s *suite) {
	const each = 5
	s.noErrors(together(racers, func(i int) error {
		var ops []table.Op
		for j := range each {
			ops = append(ops, table.Put(doc(fmt.Sprint("T#", i), fmt.Sprint("M#", j), "x")))
		}
		return s.Table.Write(s.ctx, ops...)
	}))
	for one := range slices.Chunk(s.changes(racers*each), each) {
		for j, c := range one {
			require.Equal(s, table.Key{PK: one[0].Key.PK, SK: fmt.Sprint("M#", j)}, c.Key)
		}
	}
}

func testWait(s *suite) {
	short, cancel := context.WithTimeout(s.ctx, 30*time.Millisecond)
	defer cancel()
	require.ErrorIs(s, s.Feed.Wait(short, ""), context.DeadlineExceeded)
	waited := make(chan error, 1)
	go func() { waited <- s.Feed.Wait(s.ctx, "") }()
	s.write(table.Put(doc("T#1", "T", "x")))
	require.NoError(s, <-waited)
	last := s.changes(1)[0].Seq
	again, cancelAgain := context.WithTimeout(s.ctx, 30*time.Millisecond)
	defer cancelAgain()
	require.ErrorIs(s, s.Feed.Wait(again, last), context.DeadlineExceeded)
	require.NoError(s, s.Feed.Wait(s.ctx, ""))
}

// testFeedRace: the images of a row's changes form one chain without a gap.
func testFeedRace(s *suite) {
	const writers, writes = 8, 10
	s.noErrors(together(writers, func(i int) error {
		for range writes {
			if err := s.appendTo(table.Key{PK: fmt.Sprint("T#", i%3), SK: "T"}, i); err != nil {
				return err
			}
		}
		return nil
	}))
	versions := map[table.Key]int64{}
	for _, c := range s.changes(writers * writes) {
		require.Equal(s, versions[c.Key], c.Old.Version)
		require.Equal(s, versions[c.Key]+1, c.New.Version)
		versions[c.Key] = c.New.Version
	}
}
