package ticketsfn

import (
	"context"
	"errors"
	"strings"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// fetchUpload reads the file that a customer put into the blob store before they sent
// the form. One that isn't there, or isn't of the size that was asked for, is a file with
// a fault: the message is kept all the same.
func (h *Handler) fetchUpload(ctx context.Context, f *desk.Attachment) error {
	if f.Data != nil || !strings.HasPrefix(f.Blob, channel.UploadPrefix) {
		return nil
	}
	data, err := h.Blob.Get(ctx, f.Blob, f.Size)
	switch {
	case errors.Is(err, blob.ErrNotFound), errors.Is(err, blob.ErrTooLarge), err == nil && int64(len(data)) != f.Size:
		f.Blob, f.Fault = "", "media.not_uploaded"
	case err != nil:
		return err
	default:
		f.Data = data
	}
	return nil
}
