package sqsq_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/queue/queuetest"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
)

func clientAt(endpoint string) *sqs.Client {
	return sqs.New(sqs.Options{
		BaseEndpoint: aws.String(endpoint), Region: "elasticmq",
		Credentials: credentials.NewStaticCredentialsProvider("x", "x", ""),
	})
}

// The adapter over the fake: proves its encoding, not SQS.
func TestSuiteOverFake(t *testing.T) {
	queuetest.Run(t, func(t *testing.T) queuetest.Harness {
		h := queuetest.Harness{
			FIFO: "q.fifo", FIFODead: "dead.fifo", Standard: "q", StandardDead: "dead",
			Visibility: 30 * time.Second, MaxReceive: 3,
		}
		now := &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
		db, err := bolt.Open(filepath.Join(t.TempDir(), "q"), now.Now, []bolt.Spec{
			{Name: h.FIFO, Visibility: h.Visibility, MaxReceive: h.MaxReceive, DLQ: h.FIFODead},
			{Name: h.Standard, Visibility: h.Visibility, MaxReceive: h.MaxReceive, DLQ: h.StandardDead},
			{Name: h.FIFODead}, {Name: h.StandardDead},
		}, bolt.Options{NoSync: true})
		require.NoError(t, err)
		srv := httptest.NewServer(fake{db})
		t.Cleanup(func() { srv.Close(); require.NoError(t, db.Close()) })
		urls := map[queue.Name]string{}
		for _, s := range db.Specs() {
			urls[s.Name] = srv.URL + "/000000000000/" + string(s.Name)
		}
		q := sqsq.New(clientAt(srv.URL), urls)
		h.Queue, h.Receiver = q, queuetest.Through{Taker: q}
		h.Advance = now.Advance
		h.Redrive = func(ctx context.Context, dead, to queue.Name) error {
			_, err := db.Redrive(ctx, dead, to, 100)
			return err
		}
		return h
	})
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// optional skips what needs a thing this machine may lack; DESKHOOK_STRICT=1 makes
// the lack a failure.
func optional(t *testing.T, env, what string) string {
	t.Helper()
	v := os.Getenv(env)
	if v == "" && os.Getenv("DESKHOOK_STRICT") == "1" {
		t.Fatalf("%s is not set: no %s", env, what)
	}
	if v == "" {
		t.Skipf("%s is not set: no %s", env, what)
	}
	return v
}

// The adapter against ElasticMQ, on the real clock.
func TestSuiteOverElasticMQ(t *testing.T) {
	client := clientAt(optional(t, "DESKHOOK_ELASTICMQ", "ElasticMQ to test against"))
	run := time.Now().UnixNano()
	n := 0
	queuetest.Run(t, func(t *testing.T) queuetest.Harness {
		n++
		base := fmt.Sprintf("t%d-%d", run, n)
		h := queuetest.Harness{
			FIFO: queue.Name(base + ".fifo"), FIFODead: queue.Name(base + "-dead.fifo"),
			Standard: queue.Name(base), StandardDead: queue.Name(base + "-dead"),
			Visibility: 2 * time.Second, MaxReceive: 3, Advance: time.Sleep,
			Features: elasticMQ,
		}
		e := elastic{t: t, client: client, urls: map[queue.Name]string{}}
		e.create(h.FIFODead, nil)
		e.create(h.StandardDead, nil)
		e.create(h.FIFO, e.redrivePolicy(h.FIFODead, h.MaxReceive))
		e.create(h.Standard, e.redrivePolicy(h.StandardDead, h.MaxReceive))
		q := sqsq.New(client, e.urls)
		h.Queue, h.Receiver = q, queuetest.Through{Taker: q}
		return h
	})
}

// What ElasticMQ 1.6.12 does in another way than SQS. It also leaves dead letters of a
// FIFO queue where they are when told to move them (StartMessageMoveTask answers
// well), so no Redrive is given.
var elasticMQ = queuetest.Features{
	RealTime: true, LateReceiptGood: true, ReturnedFreesGroup: true, DyingTakesAReceive: true,
	MaxBytes: 256 * 1024, // SQS's limit until 2025
}

// elastic makes queues in ElasticMQ.
type elastic struct {
	t      *testing.T
	client *sqs.Client
	urls   map[queue.Name]string
}

func (e elastic) create(name queue.Name, attrs map[string]string) {
	all := map[string]string{"VisibilityTimeout": "2"}
	for k, v := range attrs {
		all[k] = v
	}
	if name.FIFO() {
		all["FifoQueue"] = "true"
	}
	out, err := e.client.CreateQueue(e.t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(string(name)), Attributes: all})
	require.NoError(e.t, err)
	e.urls[name] = *out.QueueUrl
}

func (e elastic) redrivePolicy(dead queue.Name, max int) map[string]string {
	out, err := e.client.GetQueueAttributes(e.t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(e.urls[dead]), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	require.NoError(e.t, err)
	arn := out.Attributes["QueueArn"]
	return map[string]string{"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":"%d"}`, arn, max)}
}
