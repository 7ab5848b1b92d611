// Command delivery works the outbound queue; what it does is told
// in deliveryfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"crypto/rand"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/delivery/deliveryfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	files := s3.Open(cfg, os.Getenv)
	settings := &config.Snapshot{Blob: files, Now: time.Now}
	secrets := ssm.Open(cfg, os.Getenv)
	key, err := links.Key(secrets)
	if err != nil {
		log.Fatal(err)
	}
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	out := &senders.Makers{
		Settings: settings.Current, Secrets: secrets, Store: rows, Key: key, HTTP: senders.Client(), Now: time.Now,
		Region: cfg.Region, ConfigurationSet: os.Getenv("SES_CONFIGURATION_SET"),
	}
	lambda.Start((&deliveryfn.Handler{
		Store:    rows,
		Settings: settings.Current,
		Blob:     files,
		Sender:   out.Sender,
		Now:      time.Now,
		Worker:   rand.Text,
		Log:      slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
