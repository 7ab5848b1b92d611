package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

// stream reads a table's stream by call, as nobody does in production: Lambda's event
// source does there. It holds the engine's rows to the feed's part of the contract.
type stream struct {
	client *dynamodbstreams.Client
	arn    string
}

var _ table.Feed = (*stream)(nil)

// Changes implements table.Feed. The tables of the tests are too young for a second
// shard, and one with more is an error.
func (s *stream) Changes(ctx context.Context, after string, limit int) ([]table.Change, error) {
	iterator, err := s.iterator(ctx, after)
	if err != nil || iterator == nil {
		return nil, err
	}
	var changes []table.Change
	for iterator != nil && len(changes) < limit {
		out, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{
			ShardIterator: iterator, Limit: aws.Int32(int32(min(limit-len(changes), 1000))),
		})
		if err != nil {
			return nil, err
		}
		if len(out.Records) == 0 {
			break
		}
		for _, record := range out.Records {
			change, err := changeOf(record.Dynamodb)
			if err != nil {
				return nil, err
			}
			changes = append(changes, change)
		}
		iterator = out.NextShardIterator
	}
	return changes, nil
}

func (s *stream) iterator(ctx context.Context, after string) (*string, error) {
	out, err := s.client.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: &s.arn})
	if err != nil {
		return nil, err
	}
	if n := len(out.StreamDescription.Shards); n != 1 {
		return nil, fmt.Errorf("the stream has %d shards, this reader reads one", n)
	}
	in := &dynamodbstreams.GetShardIteratorInput{
		StreamArn: &s.arn, ShardId: out.StreamDescription.Shards[0].ShardId,
		ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	}
	if after != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &after
	}
	it, err := s.client.GetShardIterator(ctx, in)
	if err != nil {
		return nil, err
	}
	return it.ShardIterator, nil
}

// Wait implements table.Feed by asking again: a stream doesn't call.
func (s *stream) Wait(ctx context.Context, after string) error {
	for {
		changes, err := s.Changes(ctx, after, 1)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || len(changes) > 0:
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func changeOf(r *types.StreamRecord) (table.Change, error) {
	key, errKey := imageOf(r.Keys)
	before, errOld := imageOf(r.OldImage)
	after, errNew := imageOf(r.NewImage)
	c := table.Change{
		Seq: aws.ToString(r.SequenceNumber), At: aws.ToTime(r.ApproximateCreationDateTime).UTC().Truncate(time.Second),
		Key: key.Key, Old: before, New: after,
	}
	c.Old.Key, c.New.Key = key.Key, key.Key
	return c, errors.Join(errKey, errOld, errNew)
}

func imageOf(image map[string]types.AttributeValue) (table.Item, error) {
	row := map[string]dbtypes.AttributeValue{}
	for name, v := range image {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			row[name] = &dbtypes.AttributeValueMemberS{Value: v.Value}
		case *types.AttributeValueMemberN:
			row[name] = &dbtypes.AttributeValueMemberN{Value: v.Value}
		default:
			return table.Item{}, fmt.Errorf("attribute %s of type %T", name, v)
		}
	}
	return dynamo.ItemOf(row)
}
