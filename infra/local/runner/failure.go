package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
)

// FailurePrefix begins the key of every failed stream batch in the blob store. The rest
// is reader/shard/yyyy/mm/dd/time-hash, as AWS's S3 destination has it.
const FailurePrefix = "aws/lambda/"

// Failure is the document laid in a failure destination (AWS: "Retain discarded
// records with a failure destination", S3: the whole event is in it).
type Failure struct {
	RequestContext struct {
		FunctionArn            string `json:"functionArn"`
		Condition              string `json:"condition"` // RetryAttemptsExhausted
		ApproximateInvokeCount int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	Version   string    `json:"version"`
	Timestamp time.Time `json:"timestamp"`
	Batch     struct {
		ShardID                         string    `json:"shardId"`
		StartSequenceNumber             string    `json:"startSequenceNumber"`
		EndSequenceNumber               string    `json:"endSequenceNumber"`
		ApproximateArrivalOfFirstRecord time.Time `json:"approximateArrivalOfFirstRecord"`
		ApproximateArrivalOfLastRecord  time.Time `json:"approximateArrivalOfLastRecord"`
		BatchSize                       int       `json:"batchSize"`
		StreamArn                       string    `json:"streamArn"`
	} `json:"DDBStreamBatchInfo"`
	Payload string `json:"payload"` // the event, as JSON
}

// giveUp lays a batch whose tries are used up in the failure destination. Its key is
// made of what failed, so that a repeat replaces and doesn't double.
func (r *Runner) giveUp(ctx context.Context, s *streamReader, sp span) error {
	if s.OnFailure == "" || r.cfg.Failures == nil {
		r.cfg.Log.Error("stream batch dropped: no failure destination", "function", s.fn.Name, "records", len(sp.changes))
		return nil
	}
	event, err := json.Marshal(lambdaevent.StreamEvent(sp.changes...))
	if err != nil {
		return err
	}
	first, last := sp.changes[0], sp.changes[len(sp.changes)-1]
	f := Failure{Version: "1.0", Timestamp: r.cfg.Clock.Now().UTC(), Payload: string(event)}
	f.RequestContext.FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:" + s.fn.Name
	f.RequestContext.Condition, f.RequestContext.ApproximateInvokeCount = "RetryAttemptsExhausted", sp.tries
	f.Batch.ShardID, f.Batch.StreamArn, f.Batch.BatchSize = ShardID, lambdaevent.StreamARN, len(sp.changes)
	f.Batch.StartSequenceNumber, f.Batch.EndSequenceNumber = first.Seq, last.Seq
	f.Batch.ApproximateArrivalOfFirstRecord, f.Batch.ApproximateArrivalOfLastRecord = first.At, last.At
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	at := first.At.UTC()
	key := fmt.Sprintf("%s%s/%s/%s-%s", FailurePrefix, s.name, ShardID, at.Format("2006/01/02/2006-01-02T15.04.05"), queue.Hash(first.Seq, last.Seq)[:16])
	r.cfg.Log.Error("stream batch given up", "function", s.fn.Name, "records", len(sp.changes), "blob", key)
	return r.cfg.Failures.Put(ctx, key, doc, blob.Options{ContentType: "application/json"})
}
