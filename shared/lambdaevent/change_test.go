package lambdaevent_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/table"
)

func TestChanges(t *testing.T) {
	var e events.DynamoDBEvent
	load(t, "stream.json", &e)
	got, err := lambdaevent.Changes(e)
	require.NoError(t, err)
	at := time.Date(2026, 3, 10, 5, 16, 23, 0, time.UTC)
	ticket, day := table.Key{PK: "T#1", SK: "T"}, table.Key{PK: "K#all", SK: "2026-03-10"}
	require.Equal(t, []table.Change{
		{
			Seq: "4421584500000000017450439092", At: at, Key: ticket,
			Old: table.Item{Key: ticket, Version: 4, Doc: []byte(`{"st":"new"}`)},
			New: table.Item{Key: ticket, Version: 5, Doc: []byte(`{"st":"open"}`), Summary: []byte(`{"n":"王"}`),
				Index: map[table.Index]table.IndexKey{table.View: {PK: "care#open#3", SK: "2#2026"}}, Expires: at.Add(86400 * time.Second)},
		},
		{
			Seq: "4421584500000000017450439093", At: at, Key: day, Old: table.Item{Key: day},
			New: table.Item{Key: day, Counters: map[string]int64{"opened": 3, "delta": -1}},
		},
	}, got)
}

// What is not an item of the table fails the batch by name, without its content.
func TestChangesRefusesStrangers(t *testing.T) {
	s, n := events.NewStringAttribute, events.NewNumberAttribute
	good := map[string]events.DynamoDBAttributeValue{"p": s("P"), "s": s("S")}
	for name, r := range map[string]events.DynamoDBStreamRecord{
		"no sequence":    {Keys: good},
		"word sequence":  {Keys: good, SequenceNumber: "seven"},
		"no keys":        {SequenceNumber: "1"},
		"number key":     {SequenceNumber: "1", Keys: map[string]events.DynamoDBAttributeValue{"p": n("1"), "s": s("S")}},
		"text version":   {SequenceNumber: "1", Keys: good, NewImage: map[string]events.DynamoDBAttributeValue{"v": s("secret")}},
		"broken version": {SequenceNumber: "1", Keys: good, NewImage: map[string]events.DynamoDBAttributeValue{"v": n("1.5")}},
		"number doc":     {SequenceNumber: "1", Keys: good, OldImage: map[string]events.DynamoDBAttributeValue{"d": n("1")}},
		"number index":   {SequenceNumber: "1", Keys: good, OldImage: map[string]events.DynamoDBAttributeValue{"vp": n("1")}},
		"text counter":   {SequenceNumber: "1", Keys: good, OldImage: map[string]events.DynamoDBAttributeValue{"c_n": s("secret")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lambdaevent.Changes(events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{Change: r}}})
			require.ErrorIs(t, err, lambdaevent.ErrMalformed)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// The embedded engine's changes reach a function as DynamoDB's would: StreamRecord and
// Changes are inverse, through Lambda's JSON.
func TestStreamRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := []table.Change{drawChange(t, "1"), drawChange(t, "18446744073709551616")}
		b, err := json.Marshal(lambdaevent.StreamEvent(want...))
		require.NoError(t, err)
		var e events.DynamoDBEvent
		require.NoError(t, json.Unmarshal(b, &e))
		got, err := lambdaevent.Changes(e)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestStreamRecordNamesTheOperation(t *testing.T) {
	there, gone := table.Item{Version: 1}, table.Item{}
	for want, c := range map[string]table.Change{
		"INSERT": {Seq: "1", Old: gone, New: there},
		"MODIFY": {Seq: "1", Old: there, New: there},
		"REMOVE": {Seq: "1", Old: there, New: gone},
	} {
		require.Equal(t, want, lambdaevent.StreamRecord(c).EventName)
	}
}

// A time-window event carries the same records, found the same way.
func TestTimeWindowEvent(t *testing.T) {
	c := table.Change{Seq: "7", At: noon, Key: table.Key{PK: "P", SK: "S"}}
	c.Old, c.New = table.Item{Key: c.Key}, table.Item{Key: c.Key, Version: 1, Doc: []byte("{}")}
	b, err := json.Marshal(events.DynamoDBTimeWindowEvent{DynamoDBEvent: lambdaevent.StreamEvent(c),
		TimeWindowProperties: events.TimeWindowProperties{ShardID: "shard-1", State: map[string]string{"n": "1"}}})
	require.NoError(t, err)
	var e events.DynamoDBTimeWindowEvent
	require.NoError(t, json.Unmarshal(b, &e))
	got, err := lambdaevent.Changes(e.DynamoDBEvent)
	require.NoError(t, err)
	require.Equal(t, []table.Change{c}, got)
}

func FuzzChanges(f *testing.F) {
	b, err := os.ReadFile("testdata/stream.json")
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(_ *testing.T, b []byte) {
		var e events.DynamoDBEvent
		if json.Unmarshal(b, &e) == nil {
			_, _ = lambdaevent.Changes(e)
		}
	})
}

func drawChange(t *rapid.T, seq string) table.Change {
	key := table.Key{PK: drawText(t, "pk"), SK: drawText(t, "sk")}
	at := time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "at"), 0).UTC()
	return table.Change{Seq: seq, At: at, Key: key, Old: drawItem(t, key), New: drawItem(t, key)}
}

func drawText(t *rapid.T, label string) string {
	return rapid.StringN(1, 20, -1).Draw(t, label)
}

func drawItem(t *rapid.T, key table.Key) table.Item {
	item := table.Item{Key: key}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 1:
		item.Counters = map[string]int64{}
		for i := range rapid.IntRange(0, 3).Draw(t, "counters") {
			item.Counters[fmt.Sprintf("n_%d", i)] = rapid.Int64().Draw(t, "sum")
		}
	case 2:
		fillRow(t, &item)
	}
	return item
}

func fillRow(t *rapid.T, item *table.Item) {
	item.Version = rapid.Int64Min(1).Draw(t, "version")
	item.Doc = []byte(drawText(t, "doc"))
	if rapid.Bool().Draw(t, "summary?") {
		item.Summary = []byte(drawText(t, "summary"))
	}
	if rapid.Bool().Draw(t, "expires?") {
		item.Expires = time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "expires"), 0).UTC()
	}
	for _, name := range table.Indexes {
		if rapid.Bool().Draw(t, "indexed?") {
			if item.Index == nil {
				item.Index = map[table.Index]table.IndexKey{}
			}
			item.Index[name] = table.IndexKey{PK: drawText(t, "ipk"), SK: drawText(t, "isk")}
		}
	}
}
