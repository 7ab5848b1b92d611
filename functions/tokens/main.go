// Command tokens looks after access tokens every minute; what it does is told
// in tokensfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/tokens/tokensfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	settings := &config.Snapshot{Blob: s3.Open(cfg, os.Getenv), Now: time.Now}
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	out := &senders.Makers{
		Settings: settings.Current, Secrets: ssm.Open(cfg, os.Getenv), Store: rows, HTTP: senders.Client(), Now: time.Now,
	}
	lambda.Start((&tokensfn.Handler{
		Store:    rows,
		Settings: settings.Current,
		Fetch:    map[desk.Channel]tokensfn.Fetch{desk.WeChat: out.Fetch},
		Now:      time.Now,
		Log:      slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
