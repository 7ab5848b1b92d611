package dynamo

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/deskhook/deskhook/shared/awscall"
)

// Open makes the engine of a deployed function: the table that TABLE names, on the
// wall clock. It calls nothing yet.
func Open(cfg aws.Config, getenv func(string) string) *Table {
	return New(dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.HTTPClient = awscall.HTTP() }), getenv("TABLE"), time.Now)
}
