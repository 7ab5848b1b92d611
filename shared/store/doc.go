// Package store holds the desk's access patterns: which rows there are, how they are
// keyed and what is written together. It is the only place that knows keys (keys.go);
// QUERIES.md lists every list, count and sort with its key and its price.
//
// Values go in and out; a Row carries the version it was read at, and a Tx gathers
// what must be written all or nothing.
package store
