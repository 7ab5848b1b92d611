// Package s3 is the blob store on Amazon S3.
//
// The role that uses it needs s3:ListBucket beside the object actions: without it S3
// answers AccessDenied for an absent key, and ErrNotFound can't be told.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/deskhook/deskhook/shared/blob"
)

// api is the part of *s3.Client that this package calls.
type api interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// signer is the part of *s3.PresignClient that this package calls.
type signer interface {
	PresignGetObject(context.Context, *s3.GetObjectInput, ...func(*s3.PresignOptions)) (*v4.PresignedHTTPRequest, error)
	PresignPutObject(context.Context, *s3.PutObjectInput, ...func(*s3.PresignOptions)) (*v4.PresignedHTTPRequest, error)
}

// Store is a bucket behind blob.Store. It is safe for concurrent use.
type Store struct {
	client  api
	presign signer
	bucket  *string
}

var _ blob.Store = (*Store)(nil)

// New makes a Store of an *s3.Client, its *s3.PresignClient and a bucket. A link dies
// with the credentials that signed it: those of a Lambda function last hours, not days.
func New(client api, presign signer, bucket string) *Store {
	return &Store{client: client, presign: presign, bucket: aws.String(bucket)}
}

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, key string, data []byte, opt blob.Options) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	if len(data) > blob.MaxBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", blob.ErrTooLarge, len(data), blob.MaxBytes)
	}
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: s.bucket, Key: aws.String(key), Body: bytes.NewReader(data),
		ContentType: aws.String(opt.Type()),
	})
	return translate(err)
}

// Get implements blob.Store. A blob over max is not downloaded.
func (s *Store) Get(ctx context.Context, key string, max int64) ([]byte, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: s.bucket, Key: aws.String(key)})
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = out.Body.Close() }() // was only read
	limit := blob.Limit(max)
	if size := aws.ToInt64(out.ContentLength); size > limit {
		return nil, fmt.Errorf("%w: %d bytes, asked for at most %d", blob.ErrTooLarge, size, limit)
	}
	data, err := io.ReadAll(io.LimitReader(out.Body, limit+1)) // the length is a header, and headers can be absent
	switch {
	case err != nil:
		return nil, fmt.Errorf("blob s3: %w", err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%w: asked for at most %d bytes", blob.ErrTooLarge, limit)
	}
	return data, nil
}

// GetRange implements blob.Store.
func (s *Store) GetRange(ctx context.Context, key string, at, n int64) ([]byte, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckRange(at, n)); err != nil {
		return nil, err
	}
	span := fmt.Sprintf("bytes=%d-%d", at, at+n-1)
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: s.bucket, Key: aws.String(key), Range: aws.String(span)})
	if ae := smithy.APIError(nil); errors.As(err, &ae) && ae.ErrorCode() == "InvalidRange" {
		return nil, nil // nothing there: RFC 9110, section 15.5.17
	}
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = out.Body.Close() }() // was only read
	data, err := io.ReadAll(io.LimitReader(out.Body, n))
	if err != nil {
		return nil, fmt.Errorf("blob s3: %w", err)
	}
	return data, nil
}

// Delete implements blob.Store. In a bucket with versions S3 hides the blob; its
// lifecycle rule removes it.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: s.bucket, Key: aws.String(key)})
	return translate(err)
}

// List implements blob.Store. S3 lists in byte order (AWS: ListObjectsV2, general
// purpose buckets).
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blob.Object, error) {
	if err := errors.Join(blob.CheckPrefix(prefix), blob.CheckPrefix(after)); err != nil {
		return nil, err
	}
	if limit < 1 || limit > 1000 {
		return nil, fmt.Errorf("%w: list of %d, allowed 1 to 1000", blob.ErrInvalid, limit)
	}
	in := &s3.ListObjectsV2Input{Bucket: s.bucket, MaxKeys: aws.Int32(int32(limit))}
	if prefix != "" {
		in.Prefix = aws.String(prefix)
	}
	if after != "" {
		in.StartAfter = aws.String(after)
	}
	out, err := s.client.ListObjectsV2(ctx, in)
	if err != nil {
		return nil, translate(err)
	}
	objs := make([]blob.Object, 0, len(out.Contents))
	for _, o := range out.Contents {
		objs = append(objs, blob.Object{
			Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size),
			Modified: aws.ToTime(o.LastModified).UTC().Truncate(time.Second),
		})
	}
	return objs, nil
}

// SignGet implements blob.Store. Nothing is asked of S3.
func (s *Store) SignGet(ctx context.Context, key string, ttl time.Duration, opt blob.Options) (string, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckLink(ttl)); err != nil {
		return "", err
	}
	req, err := s.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: s.bucket, Key: aws.String(key),
		ResponseContentType:        aws.String(opt.Type()),
		ResponseContentDisposition: aws.String(opt.Disposition()),
	}, s3.WithPresignExpires(ttl))
	if err != nil {
		return "", translate(err)
	}
	return req.URL, nil
}

// SignPut implements blob.Store. Size, type and If-None-Match are signed headers: S3
// refuses a PUT in which one differs.
func (s *Store) SignPut(ctx context.Context, key string, size int64, ttl time.Duration, opt blob.Options) (string, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckLink(ttl), blob.CheckSize(size)); err != nil {
		return "", err
	}
	req, err := s.presign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: s.bucket, Key: aws.String(key), ContentLength: aws.Int64(size),
		ContentType: aws.String(opt.Type()), IfNoneMatch: aws.String("*"),
	}, s3.WithPresignExpires(ttl))
	if err != nil {
		return "", translate(err)
	}
	return req.URL, nil
}

// translate adds the contract's error to S3's (AWS: "Amazon S3 error responses"). S3's
// own text stays out: it repeats the key.
func translate(err error) error {
	if err == nil {
		return nil
	}
	ae := smithy.APIError(nil)
	if !errors.As(err, &ae) {
		return fmt.Errorf("blob s3: %w", err)
	}
	switch ae.ErrorCode() {
	case "NoSuchKey", "NotFound":
		return blob.ErrNotFound
	case "EntityTooLarge":
		return fmt.Errorf("%w: S3: %s", blob.ErrTooLarge, ae.ErrorCode())
	}
	return &Error{Code: ae.ErrorCode(), err: err}
}

// Error is an answer of S3 that the contract has no word for. Its text is S3's code
// alone; errors.As finds the SDK's error behind it.
type Error struct {
	Code string // AccessDenied, SlowDown, NoSuchBucket, …
	err  error
}

// Error names the code.
func (e *Error) Error() string { return "blob s3: " + e.Code }

// Unwrap gives the SDK's error.
func (e *Error) Unwrap() error { return e.err }
