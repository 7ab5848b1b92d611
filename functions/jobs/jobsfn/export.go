package jobsfn

import (
	"context"
	"errors"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/export"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// exportFiles is where the files of exports lie.
const exportFiles = "exports/"

// export makes the file that somebody asked for. Coming again it makes it again, until the
// row says that it is done.
func (h *Handler) export(ctx context.Context, job work.Export) error {
	row, err := h.Store.Export(ctx, job.By, job.ID)
	if err != nil || row.Value.State != desk.ExportWaiting {
		return ignoreGone(err)
	}
	s, err := h.Settings(ctx)
	if err != nil {
		return err
	}
	file, rows, err := export.Make(ctx, h.Store, s, row.Value)
	switch {
	case errors.Is(err, export.ErrTooMany):
		row.Value.State, row.Value.Why = desk.ExportFailed, export.TooMany
	case err != nil:
		return err
	default:
		key := exportFiles + desk.DeriveID("export", job.By, job.ID) + ".csv"
		if err := h.Blob.Put(ctx, key, file, blob.Options{ContentType: "text/csv; charset=utf-8"}); err != nil {
			return err
		}
		row.Value.State, row.Value.Rows, row.Value.Blob, row.Value.Masked = desk.ExportDone, rows, key, export.Masked(s, row.Value)
	}
	var tx store.Tx
	tx.PutExport(row)
	return h.Store.Commit(ctx, &tx)
}

// sweepExports removes files whose rows have gone: on AWS the bucket's lifecycle does so
// too.
func (h *Handler) sweepExports(ctx context.Context, now time.Time) error {
	objects, err := h.Blob.List(ctx, exportFiles, "", 1000)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if now.Sub(o.Modified) < store.ExportLife {
			continue
		}
		if err := h.Blob.Delete(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}
