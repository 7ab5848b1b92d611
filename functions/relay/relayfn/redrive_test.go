package relayfn_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/work"
)

// letters lays dead letters down and redrives them, and gives the feed of it.
func letters(t *testing.T, fill func(put func(version int64, d store.DeadLetter))) []table.Change {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	fill(func(version int64, d store.DeadLetter) {
		var tx store.Tx
		tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: d, Version: version})
		require.NoError(t, store.New(db).Commit(t.Context(), &tx))
	})
	changes, err := db.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	return changes
}

func letter(q queue.Name, group, seq, body string) store.DeadLetter {
	at := time.Now().UTC().Truncate(time.Second)
	return store.DeadLetter{ID: store.DeadLetterID(q, group, at, seq, "m-"+seq), Queue: q, Group: group, Found: at, Sent: at, Body: body}
}

// What is redriven goes to the queue it died in, once, in order; what is kept or dropped
// goes nowhere. While a queue can't be sent to, all of it comes again.
func TestRedrivenIsSentOnce(t *testing.T) {
	changes := letters(t, func(put func(int64, store.DeadLetter)) {
		one, two, job, gone := letter(queue.Inbound, "g", "1", "one"), letter(queue.Inbound, "g", "2", "two"), letter(queue.SESMail, "", "3", "mail"), letter(queue.Jobs, "", "4", "{}")
		for _, d := range []store.DeadLetter{one, two, job, gone} {
			put(0, d)
		}
		at := time.Now()
		one.Redriven, two.Redriven, job.Redriven, gone.Dropped = at, at, at, at
		for _, d := range []store.DeadLetter{one, two, job, gone} {
			put(1, d)
		}
		job.By = desk.Actor{ID: "amy"} // a later write of a redriven row isn't a redrive
		put(2, job)
	})
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Log: slog.New(slog.DiscardHandler)}
	resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Empty(t, resp.BatchItemFailures)
	require.Equal(t, map[queue.Name][]string{queue.Inbound: {"one", "two"}, queue.SESMail: {"mail"}}, q.sent)
	q.fail = errors.New("down")
	resp, err = h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Len(t, resp.BatchItemFailures, 1)
}

// A failed batch is told again from where it lies. One that fails again holds up nothing:
// its letter is to be open once more.
func TestFailedBatchIsToldAgain(t *testing.T) {
	files, err := folder.Open(t.TempDir(), "http://blobs.test", []byte(strings.Repeat("s", 32)), time.Now)
	require.NoError(t, err)
	inner := letters(t, func(put func(int64, store.DeadLetter)) {
		d := letter(queue.Outbound, "", "1", "nudge")
		put(0, d)
		d.Redriven = time.Now()
		put(1, d)
	})
	payload, err := json.Marshal(lambdaevent.StreamEvent(inner...))
	require.NoError(t, err)
	asText, err := json.Marshal(map[string]any{"payload": string(payload)})
	require.NoError(t, err)
	asObject, err := json.Marshal(map[string]any{"payload": json.RawMessage(payload)})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		doc  []byte
		want map[queue.Name][]string
	}{
		"text":   {asText, map[queue.Name][]string{queue.Outbound: {"nudge"}}},
		"object": {asObject, map[queue.Name][]string{queue.Outbound: {"nudge"}}},
		"odd":    {[]byte(`{"payload":"]"}`), nil},
		"gone":   {nil, nil},
	} {
		batch := letter(store.Feed, "relay", "7", "")
		batch.Blob, batch.About = "dead/"+name, store.DeadAbout{Kind: "feed", Reader: "relay"}
		if c.doc != nil {
			require.NoError(t, files.Put(t.Context(), batch.Blob, c.doc, blob.Options{}))
		}
		changes := letters(t, func(put func(int64, store.DeadLetter)) {
			put(0, batch)
			batch.Redriven = time.Now()
			put(1, batch)
		})
		q := &told{sent: map[queue.Name][]string{}}
		h := &relayfn.Handler{Queue: q, Blob: files, Log: slog.New(slog.DiscardHandler)}
		resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
		require.NoError(t, err)
		require.Empty(t, resp.BatchItemFailures, name)
		if c.want == nil {
			c.want = map[queue.Name][]string{queue.Jobs: {`{"kind":"reopen","doc":{"queue":"feed","id":"` + batch.ID + `"}}`}}
		}
		require.Equal(t, c.want, q.sent, name)
		_, err = files.Get(t.Context(), batch.Blob, 0)
		require.Equal(t, c.doc != nil, err == nil, "its bytes stay: it may come again")
	}
}

// The bytes of a batch that was dropped go, once all of the feed's batch is told; those of
// one that was told stay.
func TestDroppedBatchesAreDeleted(t *testing.T) {
	files, err := folder.Open(t.TempDir(), "http://blobs.test", []byte(strings.Repeat("s", 32)), time.Now)
	require.NoError(t, err)
	payload, err := json.Marshal(lambdaevent.StreamEvent())
	require.NoError(t, err)
	doc, err := json.Marshal(map[string]any{"payload": string(payload)})
	require.NoError(t, err)
	there := func(key string) bool {
		_, err := files.Get(t.Context(), key, 0)
		return err == nil
	}
	changes := letters(t, func(put func(int64, store.DeadLetter)) {
		told, dropped := letter(store.Feed, "relay", "1", ""), letter(store.Feed, "figures", "2", "")
		told.Blob, dropped.Blob = "dead/told", "dead/dropped"
		for _, d := range []*store.DeadLetter{&told, &dropped} {
			require.NoError(t, files.Put(t.Context(), d.Blob, doc, blob.Options{}))
			put(0, *d)
		}
		told.Redriven, dropped.Dropped = time.Now(), time.Now()
		put(1, told)
		put(1, dropped)
		late := letter(queue.Jobs, "", "3", "{}")
		put(0, late)
		late.Redriven = time.Now()
		put(1, late)
	})
	q := &told{sent: map[queue.Name][]string{}, fail: errors.New("down")}
	h := &relayfn.Handler{Queue: q, Blob: files, Log: slog.New(slog.DiscardHandler)}
	for _, down := range []bool{true, false, false} {
		if !down {
			q.fail = nil
		}
		resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
		require.NoError(t, err)
		require.Equal(t, down, len(resp.BatchItemFailures) > 0)
		require.Equal(t, []bool{true, down}, []bool{there("dead/told"), there("dead/dropped")})
		for _, body := range q.sent[queue.Jobs] {
			require.NotContains(t, body, work.JobReopen, "it is told however often it comes")
		}
	}
}
