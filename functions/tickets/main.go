// Command tickets works the inbound queue; what it does is told
// in ticketsfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/tickets/ticketsfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/phone/plans"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	files := s3.Open(cfg, os.Getenv)
	settings := &config.Snapshot{Blob: files, Now: time.Now}
	key, err := links.Key(ssm.Open(cfg, os.Getenv))
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start((&ticketsfn.Handler{
		Desk:  &ticketing.Desk{Store: store.New(dynamo.Open(cfg, os.Getenv)), Settings: settings.Current, Key: key, Phone: plans.E164},
		Blob:  files,
		Queue: sqsq.Open(cfg, os.Getenv),
		Parse: builtin.Parse(settings.Current),
		Log:   slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
