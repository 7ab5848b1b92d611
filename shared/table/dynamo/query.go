package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/table"
)

// Query implements table.Table.
func (t *Table) Query(ctx context.Context, q table.Query) (table.Page, error) {
	q, err := q.Checked()
	if err != nil {
		return table.Page{}, err
	}
	from, err := q.Position()
	if err != nil {
		return table.Page{}, err
	}
	if q.To != "" && q.To <= q.From {
		// Nothing lies between, and DynamoDB refuses such a range.
		return table.Page{}, nil
	}
	out, err := t.client.Query(ctx, t.queryInput(q, from))
	if err != nil {
		return table.Page{}, translate(err)
	}
	return t.page(q, out)
}

func (t *Table) queryInput(q table.Query, from *table.Position) *dynamodb.QueryInput {
	c := keyCondition(q)
	in := &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: &c.expr,
		ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		Limit: aws.Int32(int32(q.Limit)), ScanIndexForward: aws.Bool(!q.Reverse),
		ConsistentRead: aws.Bool(q.Index == table.Primary),
	}
	if q.Index != table.Primary {
		in.IndexName = aws.String(string(q.Index))
	}
	if from != nil {
		in.ExclusiveStartKey = startKey(q, *from)
	}
	return in
}

// keyCondition may name the sort key once: of a range with both ends the upper one
// comes back too, and page leaves it out.
func keyCondition(q table.Query) expression {
	pk, sk := table.IndexAttrs(q.Index)
	e := expression{
		expr:   "#p = :p",
		names:  map[string]string{"#p": pk},
		values: attributes{":p": text(q.PK)},
	}
	sort := func(condition string) {
		e.expr += " AND " + condition
		e.names["#s"] = sk
	}
	switch {
	case q.Prefix != "":
		sort("begins_with(#s, :prefix)")
		e.values[":prefix"] = text(q.Prefix)
	case q.From != "" && q.To != "":
		sort("#s BETWEEN :from AND :to")
		e.values[":from"], e.values[":to"] = text(q.From), text(q.To)
	case q.From != "":
		sort("#s >= :from")
		e.values[":from"] = text(q.From)
	case q.To != "":
		sort("#s < :to")
		e.values[":to"] = text(q.To)
	}
	return e
}

func startKey(q table.Query, p table.Position) attributes {
	key := keyAttributes(p.Key)
	pk, sk := table.IndexAttrs(q.Index)
	key[pk], key[sk] = text(q.PK), text(p.Sort)
	return key
}

func (t *Table) page(q table.Query, out *dynamodb.QueryOutput) (table.Page, error) {
	var page table.Page
	now := t.now().Unix()
	for _, row := range out.Items {
		it, err := itemOf(row)
		if err != nil {
			return table.Page{}, err
		}
		if expired(it, now) || (q.To != "" && sortKey(q.Index, it) >= q.To) {
			continue
		}
		page.Items = append(page.Items, project(q.Index, it))
	}
	if len(out.LastEvaluatedKey) == 0 {
		return page, nil
	}
	last, err := itemOf(out.LastEvaluatedKey)
	if err != nil {
		return table.Page{}, err
	}
	page.Cursor = q.CursorAt(table.Position{Sort: sortKey(q.Index, last), Key: last.Key})
	return page, nil
}

func sortKey(index table.Index, it table.Item) string {
	if index == table.Primary {
		return it.SK
	}
	return it.Index[index].SK
}

// project holds an index to what the contract says it carries, whatever the table was
// made to project.
func project(index table.Index, it table.Item) table.Item {
	if index == table.Primary {
		return it
	}
	out := table.Item{Key: it.Key, Index: map[table.Index]table.IndexKey{index: it.Index[index]}}
	if index != table.Due {
		out.Summary = it.Summary
	}
	return out
}
