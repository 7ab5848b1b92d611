// Command deadletters keeps what was given up where people see it; what it does is told
// in deadlettersfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/deadletters/deadlettersfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start((&deadlettersfn.Handler{
		Store: store.New(dynamo.Open(cfg, os.Getenv)),
		Dead:  sqsq.Open(cfg, os.Getenv),
		Blob:  s3.Open(cfg, os.Getenv),
		Now:   time.Now,
		Log:   slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
