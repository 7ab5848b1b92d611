// Command api serves the REST API; what it does is told in apifn. Its environment is
// that of template.yaml. Who calls is found by the secret api/token, by a service key, or
// by a token of the OpenID provider: see shared/access.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
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
	door := &access.Door{
		Store: rows, Settings: settings.Current, Now: time.Now,
		Secrets: func() []string { values, _ := secrets.Values("api/token"); return values },
		OIDC:    &access.OIDC{Issuer: os.Getenv("OIDC_ISSUER"), ClientID: os.Getenv("OIDC_CLIENT_ID"), HTTP: access.NewClient(), Now: time.Now},
	}
	lambda.Start(lambdaevent.HTTP(apifn.New(apifn.Deps{
		Desk:     &ticketing.Desk{Store: rows, Settings: settings.Current, Key: key},
		Store:    rows,
		Blob:     files,
		Settings: settings.Current,
		Tokens:   door.Principal,
		Found:    files,
		Window:   windows.Hours,
		Now:      time.Now,
		Log:      slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	})))
}
