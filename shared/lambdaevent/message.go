package lambdaevent

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Message is one message of a queue as an event source hands it over.
type Message struct {
	ID      string // what a failure is reported by
	Body    string
	Receipt string    // for Queue.Postpone, good for this delivery only
	Group   string    // FIFO queues only
	Count   int       // deliveries so far, this one included; at least 1
	Queue   string    // the queue's own name, the last part of its ARN
	Sent    time.Time // when it was enqueued; zero if the event doesn't tell
}

// Messages lists the messages of a batch in the order of the event, which on a FIFO
// queue is the order to work in.
func Messages(e events.SQSEvent) []Message {
	msgs := make([]Message, 0, len(e.Records))
	for _, r := range e.Records {
		msgs = append(msgs, Message{
			ID: r.MessageId, Body: r.Body, Receipt: r.ReceiptHandle,
			Group: r.Attributes["MessageGroupId"],
			Count: max(1, number(r.Attributes["ApproximateReceiveCount"])),
			Queue: r.EventSourceARN[strings.LastIndexByte(r.EventSourceARN, ':')+1:],
			Sent:  millis(r.Attributes["SentTimestamp"]),
		})
	}
	return msgs
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func millis(s string) time.Time {
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// noID stands for an id that was lost. AWS takes an id it doesn't know as a failure of
// the whole batch ("Handling errors for an SQS event source"), which is right: leaving
// the entry out would delete a message that failed.
const noID = "unidentified"

// Failures reports the messages that are to come again. With no ids the whole batch is
// done and its messages are deleted. On a FIFO queue give the first that failed and
// all after it. An empty id never leaves here: it becomes one that makes the whole
// batch come again.
func Failures(ids ...string) events.SQSEventResponse {
	out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, id := range ids {
		out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: orNoID(id)})
	}
	return out
}

func orNoID(id string) string {
	if id == "" {
		return noID
	}
	return id
}
