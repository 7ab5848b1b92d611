package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/blobtest"
	"github.com/deskhook/deskhook/shared/blob/s3"
)

func fresh(t *testing.T) (*s3.Store, *fake) {
	t.Helper()
	f := &fake{objects: map[string]stored{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	client := awss3.New(awss3.Options{
		BaseEndpoint: aws.String(srv.URL), Region: region, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(keyID, secretKey, ""),
	})
	return s3.New(client, awss3.NewPresignClient(client), bucket), f
}

// The adapter over the fake: proves its requests and its reading of answers, not S3.
func TestSuiteOverFake(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		s, f := fresh(t)
		return blobtest.Harness{Store: s, Client: http.DefaultClient, Advance: f.advance}
	})
}

// The promise: an answer that is no absence is not taken for one, and its text, which
// repeats the key, stays out of the error.
func TestOtherCodes(t *testing.T) {
	s, f := fresh(t)
	for _, code := range []string{"AccessDenied", "InvalidAccessKeyId"} {
		f.failing = code
		_, err := s.Get(t.Context(), "mail/of-a-customer", 0)
		require.False(t, errors.Is(err, blob.ErrNotFound))
		require.Equal(t, "blob s3: "+code, err.Error())
		var own *s3.Error
		require.ErrorAs(t, err, &own)
		require.Equal(t, code, own.Code)
		api := smithy.APIError(nil)
		require.ErrorAs(t, err, &api)
		require.Error(t, s.Put(t.Context(), "k", nil, blob.Options{}))
		require.Error(t, s.Delete(t.Context(), "k"))
		_, err = s.List(t.Context(), "", "", 1)
		require.Error(t, err)
	}
}

// The rule: what makes an upload exact and single is in the signature.
func TestUploadSignsItsLimits(t *testing.T) {
	s, _ := fresh(t)
	link, err := s.SignPut(t.Context(), "k", 5, 90*time.Second, blob.Options{})
	require.NoError(t, err)
	u, err := url.Parse(link)
	require.NoError(t, err)
	require.Equal(t, "content-length;content-type;host;if-none-match", u.Query().Get("X-Amz-SignedHeaders"))
	require.Equal(t, "90", u.Query().Get("X-Amz-Expires"))
	require.Empty(t, u.Query().Get("X-Amz-Checksum-Crc32"), "a checksum of nothing would refuse every body")
}

// lengthless is an S3 that does not say how long its answer is.
type lengthless struct{ *awss3.Client }

func (lengthless) GetObject(context.Context, *awss3.GetObjectInput, ...func(*awss3.Options)) (*awss3.GetObjectOutput, error) {
	return &awss3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(make([]byte, 11)))}, nil
}

// The promise: the limit of Get holds though no header announced the size.
func TestLimitWithoutLength(t *testing.T) {
	s := s3.New(lengthless{}, nil, bucket)
	_, err := s.Get(t.Context(), "k", 10)
	require.ErrorIs(t, err, blob.ErrTooLarge)
	got, err := s.Get(t.Context(), "k", 11)
	require.NoError(t, err)
	require.Len(t, got, 11)
}
