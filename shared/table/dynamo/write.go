package dynamo

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/deskhook/deskhook/shared/table"
)

// Write implements table.Table. One op is a conditional write at half the price of a
// transaction of one.
func (t *Table) Write(ctx context.Context, ops ...table.Op) error {
	if err := table.Validate(ops); err != nil {
		return err
	}
	now := t.now().Unix()
	switch len(ops) {
	case 0:
		return nil
	case 1:
		return translate(t.writeOne(ctx, ops[0], now))
	default:
		return translate(t.transact(ctx, ops, now))
	}
}

func (t *Table) writeOne(ctx context.Context, op table.Op, now int64) error {
	switch op.Kind {
	case table.OpPut:
		c := versionIs(op.If, now)
		_, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &t.name, Item: rowOf(op.Item), ConditionExpression: &c.expr,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}, onlyRefused)
		return err
	case table.OpDelete:
		c := versionIs(op.If, now)
		_, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: &t.name, Key: keyAttributes(op.Item.Key), ConditionExpression: &c.expr,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}, onlyRefused)
		return err
	case table.OpAdd:
		return t.addOne(ctx, op.Item, now)
	default:
		// There is no call that only checks.
		return t.transact(ctx, []table.Op{op}, now)
	}
}

// onlyRefused tries a conditional write again only where it was refused for want of room.
// One whose answer was lost may have been carried out: tried again, it would meet its own
// row, and a conflict says that nothing was written.
func onlyRefused(o *dynamodb.Options) {
	o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
		s.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}}
	})
}

// addOne switches retries off: an addition whose answer was lost would be made twice.
// The caller hears of an unknown outcome instead.
func (t *Table) addOne(ctx context.Context, it table.Item, now int64) error {
	u := addition(it, now)
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: keyAttributes(it.Key),
		UpdateExpression: &u.update, ConditionExpression: &u.expr,
		ExpressionAttributeNames: u.names, ExpressionAttributeValues: u.values,
	}, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
	return err
}

// transact leaves the request token to the SDK, which makes one for each call and
// keeps it over its own retries: so a retry after a lost answer is applied once, and
// the same ops written again by the caller are a new request, as the contract says.
func (t *Table) transact(ctx context.Context, ops []table.Op, now int64) error {
	items := make([]types.TransactWriteItem, len(ops))
	for i, op := range ops {
		items[i] = t.transactItem(op, now)
	}
	_, err := t.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}

func (t *Table) transactItem(op table.Op, now int64) types.TransactWriteItem {
	key, c := keyAttributes(op.Item.Key), versionIs(op.If, now)
	switch op.Kind {
	case table.OpPut:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &t.name, Item: rowOf(op.Item), ConditionExpression: &c.expr,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}}
	case table.OpDelete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: key, ConditionExpression: &c.expr,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}}
	case table.OpAdd:
		u := addition(op.Item, now)
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &t.name, Key: key, UpdateExpression: &u.update, ConditionExpression: &u.expr,
			ExpressionAttributeNames: u.names, ExpressionAttributeValues: u.values,
		}}
	default:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &t.name, Key: key, ConditionExpression: &c.expr,
			ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		}}
	}
}

// expression is a condition, or an update with its condition, and what it names.
type expression struct {
	expr, update string
	names        map[string]string
	values       attributes
}

// versionIs is the condition that a reader would see this version now (0: nothing).
func versionIs(version, now int64) expression {
	if version == 0 {
		return expression{
			expr:   "attribute_not_exists(#p) OR #x <= :now",
			names:  map[string]string{"#p": table.AttrPK, "#x": table.AttrExpires},
			values: attributes{":now": number(now)},
		}
	}
	return expression{
		expr:   "#v = :v AND (attribute_not_exists(#x) OR #x > :now)",
		names:  map[string]string{"#v": table.AttrVersion, "#x": table.AttrExpires},
		values: attributes{":v": number(version), ":now": number(now)},
	}
}

// addition adds to the counters of a row that isn't a Put one. One that has expired is
// as good as absent: what is left of it goes in the same update.
func addition(it table.Item, now int64) expression {
	e := expression{
		expr:   "attribute_not_exists(#v) OR #x <= :now",
		names:  map[string]string{"#v": table.AttrVersion, "#x": table.AttrExpires},
		values: attributes{":now": number(now)},
	}
	var add, remove []string
	for i, name := range slices.Sorted(maps.Keys(it.Counters)) {
		n := strconv.Itoa(i)
		e.names["#c"+n], e.values[":c"+n] = table.AttrCounter+name, number(it.Counters[name])
		add = append(add, "#c"+n+" :c"+n)
	}
	for i, name := range putAttributes() {
		n := "#r" + strconv.Itoa(i)
		e.names[n] = name
		remove = append(remove, n)
	}
	e.update = "REMOVE " + strings.Join(remove, ", ") + ", #v, #x ADD " + strings.Join(add, ", ")
	return e
}

// putAttributes are the attributes only a Put row has, but version and expiry.
func putAttributes() []string {
	names := []string{table.AttrDoc, table.AttrSummary}
	for _, index := range table.Indexes {
		pk, sk := table.IndexAttrs(index)
		names = append(names, pk, sk)
	}
	return names
}
