// Package find answers what an agent types into the search box, and keeps what it needs
// for that.
//
// A ticket's number, a mail address, a phone number, an id of a provider's and the
// beginning of a customer's name are looked up in the table by their keys: what that costs
// does not grow with the desk. Words are looked up in segments (see package search) that
// an Indexer builds in the blob store from what the change feed told: a message is found
// some minutes after it was written.
//
// A segment only says where to look. Each message is read as it stands and held against
// the query, and its ticket against what the asker may see: so what was erased, moved, or
// isn't theirs is not found, whatever a segment still holds.
package find
