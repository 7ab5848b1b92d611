package dynamo_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"
	"github.com/truora/minidyn/server"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

// deaf loses the answer of the next call to one action, after it was carried out.
type deaf struct {
	action string
	lose   atomic.Int32
	bodies []string
}

// RoundTrip implements http.RoundTripper.
func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	hit := strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+d.action)
	if hit {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(raw))
		d.bodies = append(d.bodies, string(raw))
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && hit && d.lose.Add(-1) >= 0 {
		_ = resp.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return resp, err
}

func newDeaf(t *testing.T, action string) (*deaf, *dynamo.Table) {
	t.Helper()
	srv := httptest.NewServer(server.NewServer())
	t.Cleanup(srv.Close)
	_, name := newTable(t, srv.URL)
	d := &deaf{action: action}
	client := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, HTTPClient: &http.Client{Transport: d},
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	return d, dynamo.New(client, name, time.Now)
}

// A row that was written, and whose answer was lost, is no conflict with itself.
func TestLostAnswerOfOneRowIsNoConflict(t *testing.T) {
	d, engine := newDeaf(t, "PutItem")
	d.lose.Store(1)
	key := table.Key{PK: "K#cut", SK: "1"}
	err := engine.Write(t.Context(), table.Put(table.Item{Key: key, Doc: []byte("{}")}))
	require.Error(t, err)
	require.NotErrorIs(t, err, table.ErrConflict)
	require.NotErrorIs(t, err, table.ErrThrottled)
	items, err := engine.Get(t.Context(), key)
	require.NoError(t, err)
	require.EqualValues(t, 1, items[0].Version)
	require.Len(t, d.bodies, 1)
}

// TestAddIsNotRetried: an addition whose answer is lost is an unknown outcome for the
// caller, and never counted twice behind its back.
func TestAddIsNotRetried(t *testing.T) {
	d, engine := newDeaf(t, "UpdateItem")
	d.lose.Store(1)
	key := table.Key{PK: "K#cut", SK: "1"}
	err := engine.Write(t.Context(), table.Add(key, map[string]int64{"n": 1}))
	require.Error(t, err)
	require.NotErrorIs(t, err, table.ErrConflict)
	require.NotErrorIs(t, err, table.ErrThrottled)
	items, err := engine.Get(t.Context(), key)
	require.NoError(t, err)
	require.EqualValues(t, 1, items[0].Counters["n"])
	require.Len(t, d.bodies, 1)
}

// TestRequestToken: the SDK's own retry of a transaction carries the same token, on
// which DynamoDB answers as the first time; the caller's repetition carries another.
func TestRequestToken(t *testing.T) {
	d, engine := newDeaf(t, "TransactWriteItems")
	d.lose.Store(1)
	ops := []table.Op{table.Check(table.Key{PK: "T#1", SK: "T"}, 0), table.Check(table.Key{PK: "T#2", SK: "T"}, 0)}
	require.NoError(t, engine.Write(t.Context(), ops...))
	require.NoError(t, engine.Write(t.Context(), ops...))
	require.Len(t, d.bodies, 3)
	require.Contains(t, d.bodies[0], "ClientRequestToken")
	require.Equal(t, d.bodies[0], d.bodies[1])
	require.NotEqual(t, d.bodies[1], d.bodies[2])
}

// stingy answers a batch in parts: so many keys of each call, last one first.
type stingy struct {
	*dynamodb.Client
	give, calls int
}

// BatchGetItem answers a part and leaves the rest unprocessed.
func (s *stingy) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	s.calls++
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}}
	for name, ask := range in.RequestItems {
		n := min(s.give, len(ask.Keys))
		for _, key := range slices.Backward(ask.Keys[:n]) {
			row := map[string]types.AttributeValue{table.AttrVersion: &types.AttributeValueMemberN{Value: "1"}}
			row[table.AttrPK], row[table.AttrSK] = key[table.AttrPK], key[table.AttrSK]
			out.Responses[name] = append(out.Responses[name], row)
		}
		if n < len(ask.Keys) {
			out.UnprocessedKeys = map[string]types.KeysAndAttributes{name: {Keys: ask.Keys[n:], ConsistentRead: aws.Bool(true)}}
		}
	}
	return out, nil
}

// TestUnprocessedKeys: keys that DynamoDB left are asked for again, and the answer is
// in the order of the keys whatever came when.
func TestUnprocessedKeys(t *testing.T) {
	var keys []table.Key
	for _, sk := range []string{"e", "a", "d", "b", "c"} {
		keys = append(keys, table.Key{PK: "T#1", SK: sk})
	}
	client := &stingy{give: 2}
	items, err := dynamo.New(client, "t", time.Now).Get(t.Context(), keys...)
	require.NoError(t, err)
	require.Equal(t, 3, client.calls)
	for i, it := range items {
		require.Equal(t, keys[i], it.Key)
		require.True(t, it.Exists())
	}
}

// TestNothingProcessed: a store that answers no key for long is throttling.
func TestNothingProcessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &stingy{}
		_, err := dynamo.New(client, "t", time.Now).Get(t.Context(), table.Key{PK: "a", SK: "a"}, table.Key{PK: "b", SK: "b"})
		require.ErrorIs(t, err, table.ErrThrottled)
		require.Greater(t, client.calls, 3)
	})
}
