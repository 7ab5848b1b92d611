package jobsfn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

const (
	// maxMedia is the largest file fetched, in bytes: above what WeChat (10 MB) and
	// Twilio (5 MB) take, and well within the function's memory.
	maxMedia = 25 << 20
	// wechatLife is how long Tencent keeps a temporary file ("媒体文件保存3天"). What
	// could not be fetched by then never will be.
	wechatLife = 72 * time.Hour
	races      = 6 // lost races over one message before the job goes back
)

// media fetches one attachment, keeps its bytes under their hash, and notes on the
// message where they are or why they never will be. Doing it twice does it once: a
// second job finds the attachment no longer waiting.
func (h *Handler) media(ctx context.Context, job work.Media) error {
	row, err := h.Store.Message(ctx, job.Ticket, job.Message)
	if err != nil {
		return ignoreGone(err)
	}
	if job.Index < 0 || job.Index >= len(row.Value.Attachments) || !row.Value.Attachments[job.Index].Waiting() {
		return nil
	}
	file, err := h.fetch(ctx, row.Value, job.Index)
	if err == nil {
		file, err = h.keep(ctx, job.Ticket, file)
	}
	if fault := h.fault(row.Value, err); fault != "" {
		h.Log.WarnContext(ctx, "a file will never be there", "message", string(job.Message), "why", fault)
		file.Fault, err = fault, nil
	}
	if err != nil {
		return err
	}
	return h.note(ctx, job, row, file)
}

func ignoreGone(err error) error {
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}

var errNoAccount = errors.New("jobs: the account is gone")

// fetch gives the attachment with the bytes in Data.
func (h *Handler) fetch(ctx context.Context, m desk.Message, i int) (desk.Attachment, error) {
	a := m.Attachments[i]
	f, err := h.Media(ctx, m.From.Channel, m.From.Account)
	if err != nil {
		if desk.KindOf(err) == desk.NotFound {
			err = errNoAccount
		}
		return a, err
	}
	got, err := f.FetchMedia(ctx, a.Ref, maxMedia)
	if err != nil {
		return a, err
	}
	return named(a, got, i), nil
}

// named fills in what the message didn't say of a file and its provider does.
func named(a desk.Attachment, got channel.Media, i int) desk.Attachment {
	a.Data = got.Data
	if kind, _, err := mime.ParseMediaType(got.Type); err == nil && kind != "application/octet-stream" {
		a.Type = kind
	}
	if a.Name == "" {
		a.Name = got.Name
	}
	if a.Name == "" {
		a.Name = "file-" + strconv.Itoa(i+1) + ending(a.Type)
	}
	return a
}

// endings are those of what phones send; a machine's own table would name the same
// file differently elsewhere.
var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
	"audio/amr": ".amr", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "video/mp4": ".mp4",
	"video/3gpp": ".3gp", "video/quicktime": ".mov", "application/pdf": ".pdf", "text/vcard": ".vcf", "text/plain": ".txt",
}

func ending(kind string) string { return endings[strings.ToLower(kind)] }

// keep lays the bytes in the blob store under their hash and the ticket's, so that a repeat
// writes the same, and an erase of the ticket may delete them: no other ticket has them.
func (h *Handler) keep(ctx context.Context, t desk.TicketID, a desk.Attachment) (desk.Attachment, error) {
	sum := sha256.Sum256(a.Data)
	a.SHA256, a.Size = hex.EncodeToString(sum[:]), int64(len(a.Data))
	key := "files/" + a.SHA256 + ownFiles(t)
	if err := h.Blob.Put(ctx, key, a.Data, blob.Options{ContentType: a.Type}); err != nil {
		return a, err
	}
	a.Blob, a.Data = key, nil
	return a, nil
}

// ownFiles ends the keys of files that one ticket alone refers to.
func ownFiles(t desk.TicketID) string {
	sum := sha256.Sum256([]byte(t))
	return "-" + hex.EncodeToString(sum[:8])
}

// fault is the code of a failure that trying again won't mend; "" for any other. An
// account's own fault is mended by an operator, so it is tried again.
func (h *Handler) fault(m desk.Message, err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, errNoAccount) {
		return "media.no_account"
	}
	switch desk.KindOf(err) {
	case desk.NotFound:
		return "media.gone"
	case desk.TooLarge:
		return "media.too_large"
	case desk.Invalid:
		return "media.bad_reference"
	}
	if m.From.Channel == desk.WeChat && h.Now().Sub(m.At) > wechatLife {
		return "media.expired"
	}
	return ""
}

// note writes the attachment into its message, whatever else has changed there.
func (h *Handler) note(ctx context.Context, job work.Media, row store.Row[desk.Message], file desk.Attachment) error {
	for try := 0; ; try++ {
		if job.Index >= len(row.Value.Attachments) { // erased meanwhile
			return h.Blob.Delete(ctx, file.Blob)
		}
		if !row.Value.Attachments[job.Index].Waiting() {
			return nil // another job was first
		}
		row.Value.Attachments[job.Index] = file
		var tx store.Tx
		tx.PutMessage(row)
		err := h.Store.Commit(ctx, &tx)
		if !errors.Is(err, table.ErrConflict) || try >= races {
			return err
		}
		if row, err = h.Store.Message(ctx, job.Ticket, job.Message); err != nil {
			return ignoreGone(err)
		}
	}
}
