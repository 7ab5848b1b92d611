package dynamo_test

import (
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/stretchr/testify/require"
	"github.com/truora/minidyn/server"

	"github.com/deskhook/deskhook/shared/table/dynamo"
	"github.com/deskhook/deskhook/shared/table/tabletest"
)

// localEnv gives the endpoint of AWS's DynamoDB Local; infra/local/awslocal sets it.
const localEnv = "DESKHOOK_DYNAMODB_LOCAL"

// noIndexExpiry is the engine's own exception, wherever it runs.
const noIndexExpiry = "the indexes don't project the expiry: summary only, and keys only"

var tables atomic.Int64

// TestContractStandIn: the engine keeps the contract over minidyn, which every
// machine has. What minidyn can't show is declared, and shown by TestContractLocal.
func TestContractStandIn(t *testing.T) {
	tabletest.Run(t, func(t *testing.T) tabletest.Harness {
		srv := httptest.NewServer(server.NewServer())
		t.Cleanup(srv.Close)
		clock := tabletest.NewClock()
		client, name := newTable(t, srv.URL)
		return tabletest.Harness{
			Table: dynamo.New(client, name, clock.Now), Clock: clock,
			Lacks: map[tabletest.Power]string{
				tabletest.ChangeFeed:     "minidyn has no streams",
				tabletest.AddOverExpired: "minidyn's REMOVE leaves the attribute in the stored row",
				tabletest.WideCounters:   "minidyn keeps numbers as float64",
				tabletest.IndexComplete:  "minidyn loses an index entry now and then when rows were written over",
				tabletest.MovingCursor:   "minidyn ends the page when the start key's row is gone",
				tabletest.IndexExpiry:    noIndexExpiry,
			},
		}
	})
}

// TestContractLocal: the engine keeps the whole contract over AWS's own DynamoDB
// Local, its stream included.
func TestContractLocal(t *testing.T) {
	endpoint := local(t)
	tabletest.Run(t, func(t *testing.T) tabletest.Harness {
		clock := tabletest.NewClock()
		client, name := newTable(t, endpoint)
		return tabletest.Harness{
			Table: dynamo.New(client, name, clock.Now), Clock: clock,
			Feed:  newStream(t, client, name, endpoint),
			Lacks: map[tabletest.Power]string{tabletest.IndexExpiry: noIndexExpiry},
		}
	})
}

// local is DynamoDB Local's endpoint. Without one the test is skipped, which is a
// failure where nothing may be.
func local(t *testing.T) string {
	t.Helper()
	endpoint := os.Getenv(localEnv)
	if endpoint != "" {
		return endpoint
	}
	const why = "needs DynamoDB Local: run it by `make test-aws`"
	if os.Getenv("DESKHOOK_STRICT") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

func newTable(t *testing.T, endpoint string) (*dynamodb.Client, string) {
	t.Helper()
	client := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	name := "deskhook-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(tables.Add(1), 10)
	_, err := client.CreateTable(t.Context(), dynamo.Schema(name))
	require.NoError(t, err)
	return client, name
}

func newStream(t *testing.T, client *dynamodb.Client, name, endpoint string) *stream {
	t.Helper()
	out, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	require.NoError(t, err)
	return &stream{
		arn: aws.ToString(out.Table.LatestStreamArn),
		client: dynamodbstreams.New(dynamodbstreams.Options{
			Region: "us-east-1", BaseEndpoint: &endpoint,
			Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		}),
	}
}
