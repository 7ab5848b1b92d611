// Package search finds words in messages: how text is read as words, what a query asks
// for, and the segments that hold which message has which word. It is values and bytes
// alone; package find brings the rows and the blobs.
//
// Text is read as atoms (see Atoms): a word of letters and digits, or one character of a
// script that is written without spaces. Each chunk of a query, up to a space or between
// quotes, must stand in the text as its atoms in a row. So "订单" finds 您的订单, "refund"
// finds Refund! and not refunded, "A-17" finds a-17 and A 17.
//
// A segment is an inverted index of up to MaxDocs messages, never changed once written.
// It answers with candidates: what has all the words of a query may still not have them
// in a row, or have changed since. Whoever reads one holds each candidate against the
// message as it stands, so that a segment that is old tells nothing that is gone.
//
// Limits: no stemming, no Traditional for Simplified, no typing errors forgiven; of a
// message the first MaxText bytes count, of a word the first MaxAtom characters.
package search
