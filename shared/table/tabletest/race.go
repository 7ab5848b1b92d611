package tabletest

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

const racers = 32

var raceTests = map[string]func(*suite){
	"of racing writers of one row one wins": func(s *suite) {
		s.oneWins(func(i int) []table.Op {
			return []table.Op{table.Put(doc("T#1", "T", fmt.Sprint(i)))}
		})
	},
	"of racing writers of one version one wins": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.oneWins(func(i int) []table.Op {
			next := doc("T#1", "T", fmt.Sprint(i))
			next.Version = 1
			return []table.Op{table.Put(next), table.Put(doc("T#1", fmt.Sprint("M#", i), "x"))}
		})
		require.Len(s, s.sorts(table.Query{PK: "T#1", Prefix: "M#"}), 1, "the losers left nothing")
	},
	"of racing deletes one wins": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.oneWins(func(int) []table.Op { return []table.Op{table.Delete(it.Key, 1)} })
	},
	"racing adds are all counted": func(s *suite) {
		k := table.Key{PK: "K#cut", SK: "1"}
		s.noErrors(together(racers, func(int) error {
			return s.untilWritten(table.Add(k, map[string]int64{"n": 1}))
		}))
		require.EqualValues(s, racers, s.get(k).Counters["n"])
	},
	"read, decide, write by version loses no update": func(s *suite) {
		k := table.Key{PK: "T#1", SK: "T"}
		s.noErrors(together(8, func(i int) error { return s.appendTo(k, i) }))
		it := s.get(k)
		require.EqualValues(s, 8, it.Version)
		require.Len(s, it.Doc, 8)
	},
	"a check holds against a racing writer": testCheckRace,
}

// oneWins lets racers write and holds that exactly one was let through.
func (s *suite) oneWins(ops func(i int) []table.Op) {
	s.Helper()
	won := 0
	for _, err := range together(racers, func(i int) error { return s.Table.Write(s.ctx, ops(i)...) }) {
		if err == nil {
			won++
		} else {
			require.ErrorIs(s, err, table.ErrConflict)
		}
	}
	require.LessOrEqual(s, won, 1)
	// A store may refuse all racers as in each other's way: then the next one wins.
	if won == 0 {
		s.write(ops(0)...)
	}
	s.refused(table.ErrConflict, ops(1)...)
}

func (s *suite) noErrors(errs []error) {
	s.Helper()
	require.NoError(s, errors.Join(errs...))
}

// untilWritten writes what carries no version, so that a conflict can only mean that
// another writer was there at the same moment.
func (s *suite) untilWritten(ops ...table.Op) error {
	for range 500 {
		if err := s.Table.Write(s.ctx, ops...); !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
	return errors.New("500 conflicts in a row")
}

func (s *suite) appendTo(k table.Key, i int) error {
	for range 500 {
		items, err := s.Table.Get(s.ctx, k)
		if err != nil {
			return err
		}
		it := items[0]
		it.Doc = append(it.Doc, byte('0'+i))
		if err = s.Table.Write(s.ctx, table.Put(it)); !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
	return errors.New("500 conflicts in a row")
}

// testCheckRace races a writer of "only while open" rows against the one that closes:
// no row may be written over a check that no longer held.
func testCheckRace(s *suite) {
	gate := doc("T#1", "T", "open")
	s.write(table.Put(gate))
	wrote := together(racers, func(i int) error {
		if i == racers/2 {
			return s.untilWritten(table.Delete(gate.Key, 1))
		}
		err := s.Table.Write(s.ctx, table.Check(gate.Key, 1), table.Put(doc("T#1", fmt.Sprintf("M#%02d", i), "x")))
		if errors.Is(err, table.ErrConflict) {
			return nil
		}
		return err
	})
	s.noErrors(wrote)
	require.False(s, s.get(gate.Key).Exists())
	before := s.sorts(table.Query{PK: "T#1"})
	s.refused(table.ErrConflict, table.Check(gate.Key, 1), table.Put(doc("T#1", "M#late", "x")))
	require.Equal(s, before, s.sorts(table.Query{PK: "T#1"}))
}
