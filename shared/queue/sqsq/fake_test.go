package sqsq_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

// fake speaks SQS's JSON protocol (AWS JSON 1.0) over the embedded engine. It proves
// what the adapter writes and how it reads answers; what SQS itself does it does not
// prove: for that the suite runs against ElasticMQ, where there is one.
type fake struct{ db *bolt.DB }

type entry struct {
	ID           string `json:"Id"`
	MessageBody  string
	DelaySeconds int
	Receipt      string `json:"ReceiptHandle"`
	Group        string `json:"MessageGroupId"`
	Dedup        string `json:"MessageDeduplicationId"`
}

type request struct {
	QueueURL            string `json:"QueueUrl"`
	Entries             []entry
	ReceiptHandle       string
	VisibilityTimeout   int
	MaxNumberOfMessages int
}

type object = map[string]any

func (f fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	if r.Header.Get("Content-Type") != "application/x-amz-json-1.0" || json.NewDecoder(r.Body).Decode(&in) != nil {
		refuse(w, "SerializationException")
		return
	}
	name := queue.Name(path.Base(in.QueueURL))
	var out object
	var err error
	switch r.Header.Get("X-Amz-Target") {
	case "AmazonSQS.SendMessageBatch":
		f.sendBatch(w, r, name, in.Entries)
		return
	case "AmazonSQS.ReceiveMessage":
		out, err = f.receive(r, name, in.MaxNumberOfMessages)
	case "AmazonSQS.DeleteMessageBatch":
		f.deleteBatch(w, r, name, in.Entries)
		return
	case "AmazonSQS.ChangeMessageVisibility":
		err = f.db.Postpone(r.Context(), name, in.ReceiptHandle, time.Duration(in.VisibilityTimeout)*time.Second)
	default:
		refuse(w, "UnknownOperationException")
		return
	}
	if err != nil {
		refuse(w, codeOf(err))
		return
	}
	answer(w, http.StatusOK, out)
}

// sendBatch enforces SQS's own limits, so that the adapter can't lean on the engine.
func (f fake) sendBatch(w http.ResponseWriter, r *http.Request, to queue.Name, entries []entry) {
	size := 0
	for _, e := range entries {
		size += len(e.MessageBody)
	}
	switch {
	case len(entries) > 10:
		refuse(w, "TooManyEntriesInBatchRequest")
		return
	case size > 1<<20:
		refuse(w, "BatchRequestTooLong")
		return
	}
	ok, failed := []object{}, []object{}
	for _, e := range entries {
		err := f.db.Send(r.Context(), to, queue.Message{
			Body: e.MessageBody, Group: e.Group, Dedup: e.Dedup, Delay: time.Duration(e.DelaySeconds) * time.Second,
		})
		if err != nil {
			failed = append(failed, object{"Id": e.ID, "SenderFault": true, "Code": codeOf(err)})
			continue
		}
		ok = append(ok, object{"Id": e.ID, "MessageId": "sent-" + e.ID, "MD5OfMessageBody": md5hex(e.MessageBody)})
	}
	answer(w, http.StatusOK, object{"Successful": ok, "Failed": failed})
}

func (f fake) deleteBatch(w http.ResponseWriter, r *http.Request, on queue.Name, entries []entry) {
	ok, failed := []object{}, []object{}
	for _, e := range entries {
		if err := f.db.Delete(r.Context(), on, e.Receipt); err != nil {
			failed = append(failed, object{"Id": e.ID, "SenderFault": true, "Code": codeOf(err)})
			continue
		}
		ok = append(ok, object{"Id": e.ID})
	}
	answer(w, http.StatusOK, object{"Successful": ok, "Failed": failed})
}

func (f fake) receive(r *http.Request, on queue.Name, max int) (object, error) {
	got, err := f.db.Receive(r.Context(), on, max)
	msgs := []object{}
	for _, m := range got {
		attrs := object{"ApproximateReceiveCount": strconv.Itoa(m.ReceiveCount), "SentTimestamp": strconv.FormatInt(m.Sent.UnixMilli(), 10)}
		if m.Group != "" {
			attrs["MessageGroupId"], attrs["SequenceNumber"] = m.Group, fmt.Sprintf("%020d", m.Seq)
		}
		msgs = append(msgs, object{
			"MessageId": m.ID, "ReceiptHandle": m.Receipt, "Body": m.Body,
			"MD5OfBody": md5hex(m.Body), "Attributes": attrs,
		})
	}
	return object{"Messages": msgs}, err
}

func codeOf(err error) string {
	switch {
	case errors.Is(err, queue.ErrUnknown) && strings.Contains(err.Error(), "receipt"):
		return "ReceiptHandleIsInvalid"
	case errors.Is(err, queue.ErrUnknown):
		return "QueueDoesNotExist"
	case errors.Is(err, queue.ErrInvalid):
		return "InvalidMessageContents"
	}
	return "InternalError"
}

func md5hex(s string) string {
	sum := md5.Sum([]byte(s)) // SQS's checksum, which the SDK compares; no secret hangs on it
	return hex.EncodeToString(sum[:])
}

func refuse(w http.ResponseWriter, code string) {
	answer(w, http.StatusBadRequest, object{"__type": "com.amazonaws.sqs#" + code, "message": code})
}

func answer(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	if body == nil {
		body = object{}
	}
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(fmt.Sprint("test server: ", err))
	}
}
