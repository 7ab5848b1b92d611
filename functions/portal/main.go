// Command portal serves customers' pages; what it does is told
// in portalfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/portal/portalfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/lambdaevent"
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
	files := s3.Open(cfg, os.Getenv)
	settings := &config.Snapshot{Blob: files, Now: time.Now}
	key, err := links.Key(ssm.Open(cfg, os.Getenv))
	if err != nil {
		log.Fatal(err)
	}
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	lambda.Start(lambdaevent.HTTP(portalfn.New(portalfn.Deps{
		Desk:     &ticketing.Desk{Store: rows, Settings: settings.Current, Key: key},
		Store:    rows,
		Blob:     files,
		Settings: settings.Current,
		Key:      key,
		Now:      time.Now,
	})))
}
