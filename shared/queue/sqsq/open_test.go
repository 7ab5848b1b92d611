package sqsq_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
)

// The variables are those of template.yaml's Globals.
func TestOpenFindsEachQueueInItsVariable(t *testing.T) {
	for name, want := range map[queue.Name]string{
		queue.Inbound: "QUEUE_INBOUND_FIFO", queue.Outbound: "QUEUE_OUTBOUND", queue.Jobs: "QUEUE_JOBS",
		queue.Surveys: "QUEUE_SURVEYS", queue.SESMail: "QUEUE_SESMAIL",
	} {
		require.Equal(t, want, sqsq.EnvName(name))
		asked := ""
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.Header.Get("X-Amz-Target")
			w.WriteHeader(http.StatusBadRequest)
		}))
		q := sqsq.Open(config(server.URL), func(variable string) string {
			if variable == want {
				return server.URL + "/1/a"
			}
			return ""
		})
		require.Error(t, q.Postpone(t.Context(), name, "receipt", 0))
		require.Equal(t, "AmazonSQS.ChangeMessageVisibility", asked)
		server.Close()
	}
}

func TestOpenKnowsNoQueueWithoutVariable(t *testing.T) {
	q := sqsq.Open(config("http://127.0.0.1:1"), func(string) string { return "" })
	require.ErrorIs(t, q.Send(t.Context(), queue.Jobs, queue.Message{Body: "{}"}), queue.ErrUnknown)
}

// A connection that died while the function was frozen answers nothing: the call is tried
// again within the five seconds that WeChat gives a webhook.
func TestOpenWaitsForNoDeadConnection(t *testing.T) {
	calls, over := make(chan int, 9), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls <- 1
		if len(calls) == 1 {
			<-over
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	defer close(over)
	q := sqsq.Open(config(server.URL), func(string) string { return server.URL + "/1/a" })
	began := time.Now()
	require.NoError(t, q.Postpone(t.Context(), queue.Inbound, "receipt", 0))
	require.Len(t, calls, 2)
	require.Less(t, time.Since(began), 4*time.Second)
}

func config(endpoint string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
	}
}
