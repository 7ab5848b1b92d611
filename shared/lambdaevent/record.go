package lambdaevent

import (
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/table"
)

// StreamARN is the event source that the local runner's stream events name.
const StreamARN = "arn:aws:dynamodb:us-east-1:000000000000:table/deskhook/stream/local"

// StreamRecord is the inverse of Changes for one change: the record a DynamoDB stream
// with both images hands to Lambda. The embedded engine's feed reaches functions so.
func StreamRecord(c table.Change) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{
		AWSRegion: "us-east-1", EventID: "local-" + c.Seq, EventName: string(operation(c)),
		EventSource: "aws:dynamodb", EventVersion: "1.1", EventSourceArn: StreamARN,
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: c.At},
			Keys:                        keys(c.Key),
			OldImage:                    attributes(c.Key, c.Old),
			NewImage:                    attributes(c.Key, c.New),
			SequenceNumber:              c.Seq,
			SizeBytes:                   int64(len(c.Key.PK) + len(c.Key.SK) + c.Old.Size() + c.New.Size()),
			StreamViewType:              string(events.DynamoDBStreamViewTypeNewAndOldImages),
		},
	}
}

// StreamEvent is a batch of StreamRecords.
func StreamEvent(changes ...table.Change) events.DynamoDBEvent {
	e := events.DynamoDBEvent{Records: make([]events.DynamoDBEventRecord, 0, len(changes))}
	for _, c := range changes {
		e.Records = append(e.Records, StreamRecord(c))
	}
	return e
}

func operation(c table.Change) events.DynamoDBOperationType {
	switch {
	case !c.New.Exists():
		return events.DynamoDBOperationTypeRemove
	case !c.Old.Exists():
		return events.DynamoDBOperationTypeInsert
	default:
		return events.DynamoDBOperationTypeModify
	}
}

func keys(k table.Key) map[string]events.DynamoDBAttributeValue {
	return map[string]events.DynamoDBAttributeValue{
		table.AttrPK: events.NewStringAttribute(k.PK),
		table.AttrSK: events.NewStringAttribute(k.SK),
	}
}

func attributes(k table.Key, i table.Item) map[string]events.DynamoDBAttributeValue {
	if !i.Exists() {
		return nil
	}
	attrs := keys(k)
	putNumber(attrs, table.AttrVersion, i.Version)
	putString(attrs, table.AttrDoc, string(i.Doc))
	putString(attrs, table.AttrSummary, string(i.Summary))
	if !i.Expires.IsZero() {
		putNumber(attrs, table.AttrExpires, i.Expires.Unix())
	}
	for name, key := range i.Index {
		pk, sk := table.IndexAttrs(name)
		putString(attrs, pk, key.PK)
		putString(attrs, sk, key.SK)
	}
	for name, n := range i.Counters {
		attrs[table.AttrCounter+name] = events.NewNumberAttribute(strconv.FormatInt(n, 10))
	}
	return attrs
}

func putString(attrs map[string]events.DynamoDBAttributeValue, name, value string) {
	if value != "" {
		attrs[name] = events.NewStringAttribute(value)
	}
}

func putNumber(attrs map[string]events.DynamoDBAttributeValue, name string, value int64) {
	if value != 0 {
		attrs[name] = events.NewNumberAttribute(strconv.FormatInt(value, 10))
	}
}

// StreamFailures reports where a stream batch is to be taken up again: Lambda retries
// from the lowest sequence number on. With none the whole batch is done. An empty
// number becomes one that makes the whole batch come again.
func StreamFailures(seqs ...string) events.DynamoDBEventResponse {
	return events.DynamoDBEventResponse{BatchItemFailures: streamFailures(seqs)}
}

// WindowResponse answers a time-window event with the state for the next call of the
// same window. A nil state goes out as an empty map: Lambda takes null for an error.
func WindowResponse(state map[string]string, failedSeqs ...string) events.DynamoDBTimeWindowEventResponse {
	if state == nil {
		state = map[string]string{}
	}
	return events.DynamoDBTimeWindowEventResponse{
		TimeWindowEventResponseProperties: events.TimeWindowEventResponseProperties{State: state},
		BatchItemFailures:                 streamFailures(failedSeqs),
	}
}

func streamFailures(seqs []string) []events.DynamoDBBatchItemFailure {
	out := []events.DynamoDBBatchItemFailure{}
	for _, seq := range seqs {
		out = append(out, events.DynamoDBBatchItemFailure{ItemIdentifier: orNoID(seq)})
	}
	return out
}
