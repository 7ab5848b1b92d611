package deadlettersfn

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
)

// Lambda lays batches of the change feed whose tries are used up under failed (AWS: S3 as
// a failure destination); here they are moved under kept, so that a listing of failed
// shows only what is new.
const (
	failed  = "aws/lambda/"
	kept    = "dead/"
	perFeed = 50
)

// sweepFeed keeps what the readers of the change feed were given up on.
func (h *Handler) sweepFeed(ctx context.Context) (found int, err error) {
	list, err := h.Blob.List(ctx, failed, "", perFeed)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, o := range list {
		if err := h.keepBatch(ctx, o); err != nil {
			errs = append(errs, err)
			continue
		}
		found++
	}
	return found, errors.Join(errs...)
}

// keepBatch copies a batch, writes its row, and only then deletes the original: each step
// done again changes nothing.
func (h *Handler) keepBatch(ctx context.Context, o blob.Object) error {
	doc, err := h.Blob.Get(ctx, o.Key, 0)
	if errors.Is(err, blob.ErrNotFound) {
		return nil // another sweep was quicker
	}
	if err != nil {
		return err
	}
	name := queue.Hash(o.Key)[:26]
	if err := h.Blob.Put(ctx, kept+name, doc, blob.Options{ContentType: "application/json"}); err != nil {
		return err
	}
	l := batchLetter(doc, o)
	l.Message, l.Found, l.Blob = name, h.now(), kept+name
	l.ID = store.DeadLetterID(store.Feed, l.Group, l.Sent, "", name)
	if err := (deadletters.Desk{Store: h.Store}).Keep(ctx, l); err != nil {
		return err
	}
	h.Log.ErrorContext(ctx, "failed batch kept", "reader", l.About.Reader, "tries", l.Tries, "blob", l.Blob)
	return h.Blob.Delete(ctx, o.Key)
}

// batchLetter reads what the failure destination tells of a batch. A reader's batches are
// one lane, in their order.
func batchLetter(doc []byte, o blob.Object) store.DeadLetter {
	var f struct {
		RequestContext struct {
			FunctionArn            string `json:"functionArn"`
			ApproximateInvokeCount int    `json:"approximateInvokeCount"`
		} `json:"requestContext"`
		Batch struct {
			First time.Time `json:"approximateArrivalOfFirstRecord"`
		} `json:"DDBStreamBatchInfo"`
	}
	l := store.DeadLetter{Queue: store.Feed, Sent: o.Modified.UTC(), Size: len(doc), About: store.DeadAbout{Kind: "feed"}}
	if json.Unmarshal(doc, &f) != nil {
		return l
	}
	l.Tries = f.RequestContext.ApproximateInvokeCount
	if !f.Batch.First.IsZero() {
		l.Sent = f.Batch.First.UTC()
	}
	l.About.Reader = reader(f.RequestContext.FunctionArn)
	l.Group = l.About.Reader
	return l
}

// reader finds which of the feed's readers a function is: SAM makes its name of the
// stack's, the template's id and letters of its own; the local runner's is the folder's.
func reader(arn string) string {
	_, name, _ := strings.Cut(arn, ":function:")
	name, _, _ = strings.Cut(name, ":")
	for _, r := range []string{"relay", "figures"} {
		if name == r || strings.Contains(strings.ToLower(name), "-"+r+"function-") {
			return r
		}
	}
	return ""
}
