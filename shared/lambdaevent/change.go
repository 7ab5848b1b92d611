package lambdaevent

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/table"
)

// Changes reads a batch of the table's stream, in its order. One record that is not an
// item of the desk's table makes the whole batch ErrMalformed: leaving it out would be
// a loss nobody sees. For a time-window event give its embedded DynamoDBEvent.
func Changes(e events.DynamoDBEvent) ([]table.Change, error) {
	changes := make([]table.Change, 0, len(e.Records))
	for i, r := range e.Records {
		c, err := change(r.Change)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

func change(r events.DynamoDBStreamRecord) (table.Change, error) {
	if !decimal(r.SequenceNumber) {
		return table.Change{}, fmt.Errorf("%w: sequence number", ErrMalformed)
	}
	key, err := keyOf(r.Keys)
	if err != nil {
		return table.Change{}, err
	}
	c := table.Change{Seq: r.SequenceNumber, Key: key, At: r.ApproximateCreationDateTime.UTC().Truncate(time.Second)}
	if c.Old, err = image(key, r.OldImage); err != nil {
		return table.Change{}, err
	}
	c.New, err = image(key, r.NewImage)
	return c, err
}

func decimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func keyOf(attrs map[string]events.DynamoDBAttributeValue) (table.Key, error) {
	pk, err := str(attrs, table.AttrPK)
	if err != nil {
		return table.Key{}, err
	}
	sk, err := str(attrs, table.AttrSK)
	if err == nil && (pk == "" || sk == "") {
		err = fmt.Errorf("%w: empty key", ErrMalformed)
	}
	return table.Key{PK: pk, SK: sk}, err
}

// image reads one side of a record; no attributes at all are an absent item.
func image(key table.Key, attrs map[string]events.DynamoDBAttributeValue) (table.Item, error) {
	item := table.Item{Key: key}
	if len(attrs) == 0 {
		return item, nil
	}
	var err error
	if item.Version, err = num(attrs, table.AttrVersion); err != nil {
		return item, err
	}
	if item.Doc, err = text(attrs, table.AttrDoc); err != nil {
		return item, err
	}
	if item.Summary, err = text(attrs, table.AttrSummary); err != nil {
		return item, err
	}
	if item.Index, err = indexKeys(attrs); err != nil {
		return item, err
	}
	expires, err := num(attrs, table.AttrExpires)
	if err != nil {
		return item, err
	}
	if expires != 0 {
		item.Expires = time.Unix(expires, 0).UTC()
	}
	item.Counters, err = counters(attrs, item.Version)
	return item, err
}

func indexKeys(attrs map[string]events.DynamoDBAttributeValue) (map[table.Index]table.IndexKey, error) {
	var index map[table.Index]table.IndexKey
	for _, name := range table.Indexes {
		pkAttr, skAttr := table.IndexAttrs(name)
		pk, err := str(attrs, pkAttr)
		if err != nil {
			return nil, err
		}
		sk, err := str(attrs, skAttr)
		if err != nil {
			return nil, err
		}
		if pk == "" || sk == "" {
			continue
		}
		if index == nil {
			index = map[table.Index]table.IndexKey{}
		}
		index[name] = table.IndexKey{PK: pk, SK: sk}
	}
	return index, nil
}

// counters gives a row without a version its counters, if only an empty map: such a
// row exists because it was added to.
func counters(attrs map[string]events.DynamoDBAttributeValue, version int64) (map[string]int64, error) {
	var sums map[string]int64
	if version == 0 {
		sums = map[string]int64{}
	}
	for attr := range attrs {
		name, ok := strings.CutPrefix(attr, table.AttrCounter)
		if !ok {
			continue
		}
		n, err := num(attrs, attr)
		if err != nil {
			return nil, err
		}
		if sums == nil {
			sums = map[string]int64{}
		}
		sums[name] = n
	}
	return sums, nil
}

func str(attrs map[string]events.DynamoDBAttributeValue, name string) (string, error) {
	av, ok := attrs[name]
	if !ok {
		return "", nil
	}
	if av.DataType() != events.DataTypeString {
		return "", fmt.Errorf("%w: attribute %s is not a string", ErrMalformed, name)
	}
	return av.String(), nil
}

func text(attrs map[string]events.DynamoDBAttributeValue, name string) ([]byte, error) {
	s, err := str(attrs, name)
	if err != nil || s == "" {
		return nil, err
	}
	return []byte(s), nil
}

func num(attrs map[string]events.DynamoDBAttributeValue, name string) (int64, error) {
	av, ok := attrs[name]
	if !ok {
		return 0, nil
	}
	if av.DataType() != events.DataTypeNumber {
		return 0, fmt.Errorf("%w: attribute %s is not a number", ErrMalformed, name)
	}
	n, err := strconv.ParseInt(av.Number(), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: attribute %s is not a whole number", ErrMalformed, name)
	}
	return n, nil
}
