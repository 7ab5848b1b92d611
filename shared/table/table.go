// Package table is the narrow waist between deskhook and its durable store: three
// calls (Get, Query, Write) and a change feed. Everything the desk keeps passes
// through here, so whatever holds for this contract holds for the whole desk, on
// DynamoDB and on one machine alike.
//
// An engine is a folder of its own (dynamo, bolt) and passes the suite in
// tabletest. The contract is deliberately what DynamoDB can do cheaply: one item by
// key, one partition by range, one transaction of at most 100 items. Nothing here can
// scan.
package table

import (
	"context"
	"errors"
	"time"
)

// Limits that every engine enforces. They are DynamoDB's own (AWS: "Service,
// account, and table quotas in Amazon DynamoDB"), so that what runs on one machine
// can't fail only after deployment.
const (
	MaxOps       = 100             // items in one Write
	MaxItemBytes = 400 * 1024      // one item with its attribute names, by Item.Size
	MaxWriteSize = 4 * 1024 * 1024 // all items of one Write
	MaxSummary   = 300             // bytes of Item.Summary
	MaxLimit     = 1000            // Query.Limit
)

// Errors of a Table. Each is found with errors.Is. Any other error means that the
// outcome is unknown: a Write may have been applied.
var (
	// ErrConflict: a condition of a Write did not hold, or another writer was at one
	// of its items at the same moment. Nothing was written. Read again, decide again.
	ErrConflict = errors.New("table: conflict")
	// ErrThrottled: the store asks for patience. Nothing was written.
	ErrThrottled = errors.New("table: throttled")
	// ErrTooLarge: an item, or the whole Write, is over its limit. Nothing was
	// written, and trying again won't help.
	ErrTooLarge = errors.New("table: too large")
	// ErrInvalid: the request itself is malformed (an empty key, a key named twice, a
	// cursor of another query). Trying again won't help.
	ErrInvalid = errors.New("table: invalid")
)

// Key names one item. Both parts are non-empty and compared byte by byte.
type Key struct{ PK, SK string }

// Index names one of the sparse secondary indexes.
type Index string

// The indexes of the table. Items read through View, Mine and Who carry Key, Summary
// and the index key; through Due only the keys. An index may lag behind the table.
const (
	Primary Index = ""     // the table itself, strongly consistent
	View    Index = "view" // lists by team and status
	Mine    Index = "mine" // lists by assignee
	Who     Index = "who"  // lists by customer
	Due     Index = "due"  // what is to happen at a time
)

// Indexes lists the secondary indexes in a fixed order.
var Indexes = []Index{View, Mine, Who, Due}

// IndexKey places an item in an index: its partition and its sort key there.
type IndexKey struct{ PK, SK string }

// Item is one row. A row is either Put (Doc, Summary, Index, Expires and a Version
// that grows by one with each Put) or Added to (Counters), never both.
type Item struct {
	Key
	Version  int64              // 0 = absent
	Doc      []byte             // a JSON document, valid UTF-8
	Summary  []byte             // what lists show; valid UTF-8, at most MaxSummary bytes
	Index    map[Index]IndexKey // sparse; both parts of each key non-empty
	Expires  time.Time          // to the second; zero = never. From then on the item is absent for readers and conditions
	Counters map[string]int64   // of an Added row; its Version stays 0 and Exists tells it from an absent one
}

// Exists says whether the item is there: put (Version above 0) or added to.
func (i Item) Exists() bool { return i.Version > 0 || i.Counters != nil }

// OpKind is what an Op does.
type OpKind int

// The operations of a Write.
const (
	OpPut    OpKind = iota + 1 // write Item if the stored version is If
	OpDelete                   // delete Key if the stored version is If
	OpCheck                    // write nothing, but only go on if the stored version is If
	OpAdd                      // add Item.Counters to the row's, making it if absent
)

// Op is one part of a Write. Build it with Put, Delete, Check or Add.
type Op struct {
	Kind OpKind
	Item Item
	If   int64 // the version that must be stored; 0 = must be absent
}

// Holds says whether the op may go on over what a reader sees now: its condition, for
// engines that check it themselves.
func (op Op) Holds(seen Item) bool {
	switch {
	case op.Kind == OpAdd:
		return seen.Version == 0
	case op.If == 0:
		return !seen.Exists()
	default:
		return seen.Version == op.If
	}
}

// Put writes the item if the version stored now equals item.Version (0: if absent).
// The stored version becomes item.Version+1.
func Put(item Item) Op { return Op{Kind: OpPut, Item: item, If: item.Version} }

// Delete removes the item under the key if its version is ifVersion.
func Delete(key Key, ifVersion int64) Op {
	return Op{Kind: OpDelete, Item: Item{Key: key}, If: ifVersion}
}

// Check holds the whole Write to the version of an item it doesn't touch (0: absent).
func Check(key Key, version int64) Op {
	return Op{Kind: OpCheck, Item: Item{Key: key}, If: version}
}

// Add adds to the counters of a row; names not there yet start from zero. Names match
// [a-z0-9_]+ and are at most 40 bytes.
func Add(key Key, counters map[string]int64) Op {
	return Op{Kind: OpAdd, Item: Item{Key: key, Counters: counters}}
}

// Query asks for items of one partition, in the byte order of their sort keys.
// Give Prefix, or From and To, or neither.
type Query struct {
	Index   Index  // Primary, or the index to read
	PK      string // the partition
	Prefix  string // sort keys that begin so
	From    string // sort keys ≥ From
	To      string // sort keys < To; "" = no bound
	Limit   int    // items looked at, 1..MaxLimit; 0 = 100
	Cursor  string // Page.Cursor of the page before
	Reverse bool   // last first
}

// Page is a part of a query's answer. Items may be fewer than the limit (expired ones
// are left out) even where more follow: only an empty Cursor ends the list.
type Page struct {
	Items  []Item
	Cursor string
}

// Table is the store. Implementations are safe for concurrent use.
type Table interface {
	// Get reads items by key, strongly consistent, in the order of the keys. An
	// absent one comes back with its Key and nothing else. At most 100 keys.
	Get(ctx context.Context, keys ...Key) ([]Item, error)
	// Query reads one page of one partition. The table itself is read strongly
	// consistent, an index may be stale.
	Query(ctx context.Context, q Query) (Page, error)
	// Write applies all ops or none. At most MaxOps, each key once.
	Write(ctx context.Context, ops ...Op) error
}

// Change is one entry of the change feed: the item before and after one Write.
type Change struct {
	Seq string    // grows within a shard: compare with SeqLess
	At  time.Time // when it was written, to the second
	Key Key
	Old Item // Exists is false for an insert
	New Item // Exists is false for a delete
}

// SeqLess orders sequence numbers of one shard: decimal numbers of any length.
func SeqLess(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// Feed is the change feed of an engine that keeps its own: the embedded one. (On AWS
// the stream's event source hands changes to functions; nobody reads it by call.)
type Feed interface {
	// Changes returns up to limit changes after the sequence number ("" = from the
	// beginning of what is kept), in the order written. Entries of one Write are
	// adjacent, but a limit may fall between them.
	Changes(ctx context.Context, after string, limit int) ([]Change, error)
	// Wait returns when a change after the sequence number may be there, or with
	// ctx's error.
	Wait(ctx context.Context, after string) error
}
