package jobsfn_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// What somebody asked for is made once, however often the job comes; one that is gone is
// nobody's trouble; and files go with their rows.
func TestExport(t *testing.T) {
	b := newBench(t)
	b.h.Settings = func(context.Context) (*config.Settings, error) {
		return &config.Settings{Desk: config.Desk{Team: "support", TimeZone: "UTC"}}, nil
	}
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: ticket, Team: "support", Status: desk.StatusOpen, Opened: b.now}})
	tx.PutExport(store.Row[desk.Export]{Value: desk.Export{
		ID: "x1", Kind: desk.ExportTickets, From: b.now.Add(-time.Hour), To: b.now.Add(time.Hour), By: desk.Actor{ID: "amy"}, Role: "agent",
		At: b.now, State: desk.ExportWaiting,
	}})
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	run := func(id string) {
		job, err := work.NewJob(work.JobExport, work.Export{By: "amy", ID: id})
		require.NoError(t, err)
		body, err := json.Marshal(job)
		require.NoError(t, err)
		resp, err := b.h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(body), ReceiptHandle: "r"}}})
		require.NoError(t, err)
		require.Empty(t, resp.BatchItemFailures)
	}
	run("gone")
	var version int64
	for range 2 {
		run("x1")
		row, err := b.rows.Export(t.Context(), "amy", "x1")
		require.NoError(t, err)
		require.Equal(t, desk.ExportDone, row.Value.State)
		require.Equal(t, 1, row.Value.Rows)
		require.True(t, version == 0 || version == row.Version, "not made again")
		version = row.Version
		file, err := b.blob.Get(t.Context(), row.Value.Blob, 0)
		require.NoError(t, err)
		require.Contains(t, string(file), ticket.Number())
	}
	b.now = time.Now().UTC().AddDate(0, 0, 9).Truncate(24 * time.Hour).Add(3 * time.Hour)
	b.indexed()
	objects, err := b.blob.List(t.Context(), "exports/", "", 10)
	require.NoError(t, err)
	require.Empty(t, objects)
}
