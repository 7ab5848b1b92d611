// Command surveys works the queue of surveys' timers; what it does is told
// in surveysfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/surveys/surveysfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	settings := &config.Snapshot{Blob: s3.Open(cfg, os.Getenv), Now: time.Now}
	key, err := links.Key(ssm.Open(cfg, os.Getenv))
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start((&surveysfn.Handler{
		Desk:   &ticketing.Desk{Store: store.New(dynamo.Open(cfg, os.Getenv)), Settings: settings.Current, Key: key},
		Window: (&senders.Makers{}).Window,
		Log:    slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
