package blobtest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
)

var store = map[string]func(*testing.T, *suite){
	"what was put is got":                       putGet,
	"a second put replaces":                     replaces,
	"a part of a blob":                          ranges,
	"an absent blob":                            absent,
	"deleting is final and may be repeated":     deletes,
	"a blob over the asked limit":               limits,
	"a blob over the contract's limit":          tooLarge,
	"no key leads outside":                      keys,
	"a key may begin another":                   nestedKeys,
	"case counts":                               caseCounts,
	"list in byte order, page by page":          lists,
	"list tells size and time":                  listTells,
	"list within bounds":                        listBounds,
	"many writers of one key, one whole winner": racing,
	"a context that is over":                    overContext,
}

func putGet(t *testing.T, s *suite) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for key, data := range map[string][]byte{"a/bytes": all, "empty": {}, "big": bytes.Repeat([]byte("x"), 3<<20)} {
		require.NoError(t, s.Store.Put(t.Context(), key, data, blob.Options{ContentType: "text/plain"}))
		got, err := s.Store.Get(t.Context(), key, 0)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), key)
	}
}

func ranges(t *testing.T, s *suite) {
	s.put(t, "k", "0123456789")
	s.put(t, "empty", "")
	for _, c := range []struct {
		key   string
		at, n int64
		want  string
	}{{"k", 0, 4, "0123"}, {"k", 4, 6, "456789"}, {"k", 8, 100, "89"}, {"k", 10, 1, ""}, {"k", 99, 1, ""}, {"empty", 0, 1, ""}} {
		got, err := s.Store.GetRange(t.Context(), c.key, c.at, c.n)
		require.NoError(t, err)
		require.Equal(t, c.want, string(got))
	}
	_, err := s.Store.GetRange(t.Context(), "none", 0, 1)
	require.ErrorIs(t, err, blob.ErrNotFound)
	for _, bad := range [][2]int64{{-1, 1}, {0, 0}, {0, blob.MaxBytes + 1}} {
		_, err := s.Store.GetRange(t.Context(), "k", bad[0], bad[1])
		require.ErrorIs(t, err, blob.ErrInvalid)
	}
}

func replaces(t *testing.T, s *suite) {
	s.put(t, "k", "a longer first one")
	s.put(t, "k", "second")
	s.holds(t, "k", "second")
	require.Equal(t, []string{"k"}, s.list(t, "", "", 10))
}

func absent(t *testing.T, s *suite) {
	s.put(t, "a/b", "x")
	for _, key := range []string{"none", "a", "a/b/c", "a/bb"} {
		s.lacks(t, key)
	}
}

func deletes(t *testing.T, s *suite) {
	s.put(t, "a/b/c", "x")
	s.put(t, "a/d", "y")
	for range 2 {
		require.NoError(t, s.Store.Delete(t.Context(), "a/b/c"))
	}
	require.NoError(t, s.Store.Delete(t.Context(), "a"))
	s.lacks(t, "a/b/c")
	s.holds(t, "a/d", "y")
	s.put(t, "a/b/c", "again")
	s.holds(t, "a/b/c", "again")
}

func limits(t *testing.T, s *suite) {
	s.put(t, "k", "12345")
	_, err := s.Store.Get(t.Context(), "k", 4)
	require.ErrorIs(t, err, blob.ErrTooLarge)
	got, err := s.Store.Get(t.Context(), "k", 5)
	require.NoError(t, err)
	require.Equal(t, "12345", string(got))
}

func tooLarge(t *testing.T, s *suite) {
	err := s.Store.Put(t.Context(), "k", make([]byte, blob.MaxBytes+1), blob.Options{})
	require.ErrorIs(t, err, blob.ErrTooLarge)
	s.lacks(t, "k")
}

func keys(t *testing.T, s *suite) {
	ctx := t.Context()
	for _, key := range []string{"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".", "a\\b", "a b", "ü", "a\x00b", strings.Repeat("k", 513)} {
		require.ErrorIs(t, s.Store.Put(ctx, key, nil, blob.Options{}), blob.ErrInvalid, key)
		_, err := s.Store.Get(ctx, key, 0)
		require.ErrorIs(t, err, blob.ErrInvalid, key)
		require.ErrorIs(t, s.Store.Delete(ctx, key), blob.ErrInvalid, key)
		_, err = s.Store.SignGet(ctx, key, time.Minute, blob.Options{})
		require.ErrorIs(t, err, blob.ErrInvalid, key)
		_, err = s.Store.SignPut(ctx, key, 1, time.Minute, blob.Options{})
		require.ErrorIs(t, err, blob.ErrInvalid, key)
	}
}

func nestedKeys(t *testing.T, s *suite) {
	s.put(t, "a/b", "2")
	s.put(t, "a", "1")
	s.put(t, "a/b/c", "3")
	s.holds(t, "a", "1")
	s.holds(t, "a/b", "2")
	s.holds(t, "a/b/c", "3")
	require.Equal(t, []string{"a", "a/b", "a/b/c"}, s.list(t, "", "", 10))
}

func caseCounts(t *testing.T, s *suite) {
	s.put(t, "Key", "upper")
	s.put(t, "key", "lower")
	s.holds(t, "Key", "upper")
	s.holds(t, "key", "lower")
}

// The keys are chosen for '-' and '.' sorting before '/', and '0' after it.
func lists(t *testing.T, s *suite) {
	want := []string{"Z", "a", "a-b", "a.b/c", "a/-", "a/b", "a/b-/x", "a/b/c", "a/c", "a0", "a=", "a_", "ab", "b/x"}
	for i := range want {
		s.put(t, want[(i*5)%len(want)], "x")
	}
	require.Equal(t, want, s.list(t, "", "", 1000))
	for _, size := range []int{1, 2, 5} {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			page := s.list(t, "", after, size)
			if len(page) == 0 {
				break
			}
			require.LessOrEqual(t, len(page), size)
			got = append(got, page...)
		}
		require.Equal(t, want, got)
	}
	require.Equal(t, want[1:13], s.list(t, "a", "", 1000))
	require.Equal(t, want[4:9], s.list(t, "a/", "", 1000))
	require.Equal(t, []string{"a/b", "a/b-/x", "a/b/c"}, s.list(t, "a/b", "", 1000))
	require.Equal(t, []string{"a/c"}, s.list(t, "a/", "a/b/zz", 1000))
	require.Empty(t, s.list(t, "none/", "", 1000))
}

func listTells(t *testing.T, s *suite) {
	before := time.Now().Add(-2 * time.Second)
	s.put(t, "a/b", "12345")
	objs, err := s.Store.List(t.Context(), "a/", "", 10)
	require.NoError(t, err)
	require.Len(t, objs, 1)
	require.Equal(t, int64(5), objs[0].Size)
	require.True(t, objs[0].Modified.After(before))
	require.Zero(t, objs[0].Modified.Nanosecond())
}

func listBounds(t *testing.T, s *suite) {
	for _, limit := range []int{0, -1, 1001} {
		_, err := s.Store.List(t.Context(), "", "", limit)
		require.ErrorIs(t, err, blob.ErrInvalid)
	}
	_, err := s.Store.List(t.Context(), "a b", "", 1)
	require.ErrorIs(t, err, blob.ErrInvalid)
	_, err = s.Store.List(t.Context(), "", "?", 1)
	require.ErrorIs(t, err, blob.ErrInvalid)
}

func racing(t *testing.T, s *suite) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			data := bytes.Repeat([]byte(fmt.Sprint(i)), 100_000)
			for range 3 {
				if err := s.Store.Put(t.Context(), "d/k", data, blob.Options{}); err != nil {
					t.Error(err)
				}
				if err := s.Store.Delete(t.Context(), fmt.Sprintf("d/other%d", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Store.Get(t.Context(), "d/k", 0)
	require.NoError(t, err)
	require.Len(t, got, 100_000)
	require.Equal(t, 100_000, bytes.Count(got, got[:1]), "one writer's bytes alone")
}

func overContext(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Store.Put(ctx, "k", []byte("x"), blob.Options{}), context.Canceled)
	s.lacks(t, "k")
}
