package s3

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/deskhook/deskhook/shared/awscall"
)

// Open makes the Store of a deployed function: the bucket that BUCKET names. It calls
// nothing yet.
func Open(cfg aws.Config, getenv func(string) string) *Store {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.HTTPClient = awscall.HTTP() })
	return New(client, s3.NewPresignClient(client), getenv("BUCKET"))
}
