// Command jobs works the queue of slow work; what it does is told
// in jobsfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
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
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	far := &senders.Makers{
		Settings: settings.Current, Secrets: ssm.Open(cfg, os.Getenv), Store: rows, HTTP: senders.Client(), Now: time.Now,
		Region: cfg.Region, ConfigurationSet: os.Getenv("SES_CONFIGURATION_SET"),
	}
	lambda.Start((&jobsfn.Handler{
		Store:     rows,
		Desk:      &ticketing.Desk{Store: rows, Settings: settings.Current},
		Blob:      files,
		Queue:     sqsq.Open(cfg, os.Getenv),
		Media:     far.Media,
		WhoIs:     far.WhoIs,
		Sender:    far.Sender,
		Callbacks: func(allowLoopback bool) channel.Doer { return generic.Client(allowLoopback) },
		Settings:  settings.Current,
		PublicURL: os.Getenv("PUBLIC_URL"),
		Secrets:   far.Secrets,
		Now:       time.Now,
		Log:       slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
