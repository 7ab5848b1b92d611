// Package blob keeps bytes that are too large for a row: raw mails, attachments,
// large webhooks, exports and the settings snapshot. S3 on AWS, a folder on one
// machine. An engine is a folder of its own (s3, folder) and passes the suite in
// blobtest.
package blob

import (
	"context"
	"errors"
	"time"
)

// Errors of a Store, found with errors.Is.
var (
	ErrNotFound = errors.New("blob: not found")
	ErrTooLarge = errors.New("blob: too large")
	ErrInvalid  = errors.New("blob: invalid") // a key, or a link's lifetime or size
)

// MaxLink is the longest life of a signed link (AWS: Signature Version 4, seven days).
const MaxLink = 7 * 24 * time.Hour

// MaxBytes is the largest blob that Put takes and Get gives: a 40 MB mail and some.
const MaxBytes = 64 * 1024 * 1024

// Object is what List tells of one blob.
type Object struct {
	Key      string
	Size     int64
	Modified time.Time // to the second
}

// Options of Put and of signed links. The zero value is good.
type Options struct {
	ContentType string // default application/octet-stream. What SignGet is given is what its download says, whatever Put was given
	FileName    string // SignGet: offered as the download's name (Content-Disposition: attachment)
}

// Store keeps blobs by key: "/"-separated segments of [A-Za-z0-9._=-], none empty, "."
// or "..", none over 200 bytes (a file's name has room for 255), at most 512 bytes in
// all: see CheckKey. Implementations are safe for concurrent use.
type Store interface {
	// Put writes the whole blob or nothing; a second Put of a key replaces it.
	Put(ctx context.Context, key string, data []byte, opt Options) error
	// Get reads a blob. ErrNotFound, or ErrTooLarge where it is over max (0 = MaxBytes).
	Get(ctx context.Context, key string, max int64) ([]byte, error)
	// GetRange reads n bytes (1..MaxBytes) of a blob from a place on: fewer where it ends
	// before, none where it ends at the place or before it. ErrNotFound.
	GetRange(ctx context.Context, key string, at, n int64) ([]byte, error)
	// Delete removes a blob; deleting an absent one is no error.
	Delete(ctx context.Context, key string) error
	// List returns up to limit (1..1000) objects whose keys begin with prefix and come
	// after the key `after`, in byte order.
	List(ctx context.Context, prefix, after string, limit int) ([]Object, error)
	// SignGet returns a link that downloads the blob until ttl (1 s..MaxLink, whole
	// seconds) has passed. It does not ask whether there is one.
	SignGet(ctx context.Context, key string, ttl time.Duration, opt Options) (string, error)
	// SignPut returns a link to which one PUT of exactly size (1..MaxBytes) bytes of
	// opt.ContentType is taken until ttl has passed. The PUT carries the headers
	// Content-Type and "If-None-Match: *"; it is refused where the key is taken, and
	// that makes it the only one.
	SignPut(ctx context.Context, key string, size int64, ttl time.Duration, opt Options) (string, error)
}
