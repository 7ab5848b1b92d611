// Package dynamo is the table's engine on Amazon DynamoDB. It uses the cheapest call
// that keeps the contract: one op is a conditional write, several are a transaction.
//
// Expiry is decided here, by the clock given to New: DynamoDB's own TTL deletes up to
// days late. The indexes don't project the expiry, so they may list a row that has
// expired until TTL deletes it, as they may list one that was just deleted.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/deskhook/deskhook/shared/table"
)

// api is what the engine needs of *dynamodb.Client.
type api interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Table is the engine. It is safe for concurrent use.
type Table struct {
	client api
	name   string
	now    func() time.Time
}

var _ table.Table = (*Table)(nil)

// New makes the engine for one DynamoDB table, built as Schema says. The time comes
// from now. The client may repeat reads and transactions by itself; a conditional write of
// one row only where it was throttled, an Add never.
func New(client api, tableName string, now func() time.Time) *Table {
	return &Table{client: client, name: tableName, now: now}
}

// Get implements table.Table.
func (t *Table) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	found, err := t.fetch(ctx, distinct(keys))
	if err != nil {
		return nil, err
	}
	now := t.now().Unix()
	items := make([]table.Item, len(keys))
	for i, key := range keys {
		items[i] = table.Item{Key: key}
		if it, is := found[key]; is && !expired(it, now) {
			items[i] = it
		}
	}
	return items, nil
}

func (t *Table) fetch(ctx context.Context, keys []table.Key) (map[table.Key]table.Item, error) {
	found := make(map[table.Key]table.Item, len(keys))
	switch len(keys) {
	case 0:
		return found, nil
	case 1:
		out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: &t.name, Key: keyAttributes(keys[0]), ConsistentRead: aws.Bool(true),
		})
		if err != nil {
			return nil, translate(err)
		}
		if out.Item == nil {
			return found, nil
		}
		return found, collect(found, []attributes{out.Item})
	default:
		return found, t.fetchBatch(ctx, keys, found)
	}
}

// fetchBatch asks until DynamoDB has answered every key: an answer may stop at 16 MB
// or at a throttled partition and leaves the rest unprocessed.
func (t *Table) fetchBatch(ctx context.Context, keys []table.Key, found map[table.Key]table.Item) error {
	left := make([]map[string]types.AttributeValue, len(keys))
	for i, key := range keys {
		left[i] = keyAttributes(key)
	}
	for try := 0; ; try++ {
		out, err := t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			t.name: {Keys: left, ConsistentRead: aws.Bool(true)},
		}})
		if err != nil {
			return translate(err)
		}
		if err := collect(found, out.Responses[t.name]); err != nil {
			return err
		}
		rest := out.UnprocessedKeys[t.name].Keys
		if len(rest) == 0 {
			return nil
		}
		if len(rest) == len(left) {
			if err := backOff(ctx, try); err != nil {
				return err
			}
		}
		left = rest
	}
}

const (
	maxTries  = 6
	firstWait = 20 * time.Millisecond
)

// backOff waits with full jitter before a batch that got nothing is asked again.
func backOff(ctx context.Context, try int) error {
	if try >= maxTries {
		return fmt.Errorf("%w: keys left unprocessed", table.ErrThrottled)
	}
	timer := time.NewTimer(rand.N(firstWait << try))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func collect(found map[table.Key]table.Item, rows []attributes) error {
	for _, row := range rows {
		it, err := itemOf(row)
		if err != nil {
			return err
		}
		found[it.Key] = it
	}
	return nil
}

// distinct drops keys named again, which BatchGetItem refuses.
func distinct(keys []table.Key) []table.Key {
	seen := make(map[table.Key]bool, len(keys))
	out := make([]table.Key, 0, len(keys))
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			out = append(out, key)
		}
	}
	return out
}

func expired(it table.Item, now int64) bool {
	return !it.Expires.IsZero() && it.Expires.Unix() <= now
}

var errStored = errors.New("table/dynamo: stored row has an attribute of another type")
