package identity

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
)

// Promise 10: whatever was merged in whatever order, each hop ends at a living customer,
// and undoing all of it leaves everybody as they were.
func TestAnySequenceOfMergesCanBeUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, before := map[desk.CustomerID]*desk.Customer{}, map[desk.CustomerID]desk.Customer{}
		var ids []desk.CustomerID
		for i := range 6 {
			c := desk.Customer{ID: desk.CustomerID(fmt.Sprint("c", i)),
				Addresses: []desk.Address{{Channel: desk.SMS, ID: fmt.Sprint("+8613", i)}},
				Asked:     []time.Time{time.Unix(int64(i), 0)},
				AskedBy:   map[string]time.Time{"csat": time.Unix(int64(i+1), 0)}}
			ids, before[c.ID], all[c.ID] = append(ids, c.ID), c, &c
		}
		step := func(undo bool, f, i desk.CustomerID) {
			with, err := []desk.CustomerID(nil), error(nil)
			owner := i
			if undo {
				with, err = Unmerge(all[f], all[i])
				owner = f
			} else {
				with, err = Merge(all[f], all[i], desk.Merge{Why: "same person"})
			}
			if err != nil {
				return
			}
			for _, id := range with {
				all[id].Merged = owner
			}
		}
		pick := rapid.SampledFrom(ids)
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			step(rapid.IntRange(0, 3).Draw(t, "undo") == 0, pick.Draw(t, "from"), pick.Draw(t, "into"))
			for _, id := range ids {
				if into := all[id].Merged; into != "" {
					require.Empty(t, all[into].Merged, "%s is two hops from a living customer", id)
					require.Contains(t, all[into].Aliases(), id)
					require.Contains(t, all[into].Addresses, before[id].Addresses[0])
					require.False(t, all[into].AskedLast("csat").Before(before[id].AskedBy["csat"]), "a cooldown was forgotten")
				}
			}
		}
		for range ids { // the outermost merges first: each round frees those inside
			for _, i := range ids {
				if all[i].Merged == "" {
					for _, m := range slices.Clone(all[i].Merges) {
						step(true, m.From, i)
					}
				}
			}
		}
		for _, id := range ids {
			require.Empty(t, all[id].Merged)
			require.Empty(t, all[id].Merges)
			require.Equal(t, before[id].Addresses, all[id].Addresses)
			require.Equal(t, before[id].Asked, all[id].Asked)
			require.Equal(t, before[id].AskedBy["csat"], all[id].AskedLast("csat"))
		}
	})
}

func TestWhatCannotBeMerged(t *testing.T) {
	a, b, c := desk.Customer{ID: "a"}, desk.Customer{ID: "b"}, desk.Customer{ID: "c"}
	_, err := Merge(&a, &a, desk.Merge{})
	require.Equal(t, desk.Invalid, desk.KindOf(err))
	_, err = Merge(&a, &b, desk.Merge{})
	require.NoError(t, err)
	_, err = Merge(&a, &c, desk.Merge{})
	require.Equal(t, desk.Conflict, desk.KindOf(err), "an alias")
	_, err = Merge(&b, &c, desk.Merge{})
	require.NoError(t, err)
	_, err = Unmerge(&a, &c)
	require.Equal(t, desk.Conflict, desk.KindOf(err), "it came with b")
}

// What both were asked while they were one counts for each of them afterwards: the caps
// are not begun anew.
func TestAskedWhileOneIsRemembered(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 9, 0, 0, 0, time.UTC) }
	from, into := desk.Customer{ID: "a", Asked: []time.Time{day(1)}}, desk.Customer{ID: "b", Asked: []time.Time{day(2)}}
	_, err := Merge(&from, &into, desk.Merge{At: day(3)})
	require.NoError(t, err)
	into.Asked, into.AskedBy = append(into.Asked, day(4)), map[string]time.Time{"nps": day(4)}
	_, err = Unmerge(&from, &into)
	require.NoError(t, err)
	require.Equal(t, []time.Time{day(1), day(4)}, from.Asked)
	require.Equal(t, day(4), from.AskedLast("nps"))
	require.Equal(t, []time.Time{day(2), day(4)}, into.Asked)
	require.Equal(t, day(4), into.AskedLast("nps"))
}

// Two customers asked at one time, as at the end of the same quiet hours, count for two
// when they turn out to be one.
func TestAskedAtOneTimeCountsTwice(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	from, into := desk.Customer{ID: "a", Asked: []time.Time{at}}, desk.Customer{ID: "b", Asked: []time.Time{at}}
	_, err := Merge(&from, &into, desk.Merge{At: at.Add(time.Hour)})
	require.NoError(t, err)
	require.Equal(t, []time.Time{at, at}, into.Asked)
	_, err = Unmerge(&from, &into)
	require.NoError(t, err)
	require.Equal(t, []time.Time{at}, into.Asked)
	require.Equal(t, []time.Time{at}, from.Asked)
}
