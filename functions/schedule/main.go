// Command schedule sweeps the timers every minute; what it does is told
// in schedulefn. Its environment is that of template.yaml.
package main

import (
	"cmp"
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/schedule/schedulefn"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	index, err := time.ParseDuration(cmp.Or(os.Getenv("INDEX_EVERY"), "3m"))
	if err != nil {
		log.Fatalf("INDEX_EVERY: %v", err)
	}
	lambda.Start((&schedulefn.Handler{
		Store: store.New(dynamo.Open(cfg, os.Getenv)),
		Queue: sqsq.Open(cfg, os.Getenv),
		Now:   time.Now,
		Log:   slog.New(slog.NewJSONHandler(os.Stdout, nil)),
		Index: index,
	}).Handle)
}
