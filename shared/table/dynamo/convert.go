package dynamo

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/deskhook/deskhook/shared/table"
)

// attributes is a row in DynamoDB's form.
type attributes = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyAttributes(k table.Key) attributes {
	return attributes{table.AttrPK: text(k.PK), table.AttrSK: text(k.SK)}
}

// rowOf is the row that a Put stores. What is empty takes no attribute.
func rowOf(it table.Item) attributes {
	row := keyAttributes(it.Key)
	row[table.AttrVersion] = number(it.Version + 1)
	if len(it.Doc) > 0 {
		row[table.AttrDoc] = text(string(it.Doc))
	}
	if len(it.Summary) > 0 {
		row[table.AttrSummary] = text(string(it.Summary))
	}
	if !it.Expires.IsZero() {
		row[table.AttrExpires] = number(it.Expires.Unix())
	}
	for name, key := range it.Index {
		pk, sk := table.IndexAttrs(name)
		row[pk], row[sk] = text(key.PK), text(key.SK)
	}
	return row
}

// itemOf reads a row of the table, or as much of it as an index holds.
func itemOf(row attributes) (table.Item, error) {
	r := rowReader{row: row}
	it := table.Item{Key: table.Key{PK: r.text(table.AttrPK), SK: r.text(table.AttrSK)}}
	it.Version = r.number(table.AttrVersion)
	it.Doc, it.Summary = r.bytes(table.AttrDoc), r.bytes(table.AttrSummary)
	if _, is := row[table.AttrExpires]; is {
		it.Expires = time.Unix(r.number(table.AttrExpires), 0).UTC()
	}
	it.Index = r.index()
	it.Counters = r.counters()
	if r.bad {
		return table.Item{}, errStored
	}
	return it, nil
}

// rowReader takes attributes by type and remembers the first of another one.
type rowReader struct {
	row attributes
	bad bool
}

func (r *rowReader) text(name string) string {
	switch v := r.row[name].(type) {
	case nil:
		return ""
	case *types.AttributeValueMemberS:
		return v.Value
	default:
		r.bad = true
		return ""
	}
}

func (r *rowReader) bytes(name string) []byte {
	if s := r.text(name); s != "" {
		return []byte(s)
	}
	return nil
}

func (r *rowReader) number(name string) int64 {
	switch v := r.row[name].(type) {
	case nil:
		return 0
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		r.bad = r.bad || err != nil
		return n
	default:
		r.bad = true
		return 0
	}
}

func (r *rowReader) index() map[table.Index]table.IndexKey {
	var index map[table.Index]table.IndexKey
	for _, name := range table.Indexes {
		pk, sk := table.IndexAttrs(name)
		if _, is := r.row[pk]; !is {
			continue
		}
		if index == nil {
			index = map[table.Index]table.IndexKey{}
		}
		index[name] = table.IndexKey{PK: r.text(pk), SK: r.text(sk)}
	}
	return index
}

func (r *rowReader) counters() map[string]int64 {
	var counters map[string]int64
	for attr := range r.row {
		name, is := strings.CutPrefix(attr, table.AttrCounter)
		if !is {
			continue
		}
		if counters == nil {
			counters = map[string]int64{}
		}
		counters[name] = r.number(attr)
	}
	return counters
}
