// Command console serves the agents' desk; what it does is told
// in consolefn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/access"
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
	secrets := ssm.Open(cfg, os.Getenv)
	key, err := links.Key(secrets)
	if err != nil {
		log.Fatal(err)
	}
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	lambda.Start(lambdaevent.HTTP(consolefn.New(consolefn.Deps{
		Desk:     &ticketing.Desk{Store: rows, Settings: settings.Current, Key: key},
		Store:    rows,
		Blob:     files,
		Settings: settings.Current,
		Key:      key,
		OIDC:     &access.OIDC{Issuer: os.Getenv("OIDC_ISSUER"), ClientID: os.Getenv("OIDC_CLIENT_ID"), HTTP: access.NewClient(), Now: time.Now},
		Secrets:  secrets,
		Now:      time.Now,
	})))
}
