// Command api serves the REST API; what it does is told in apifn. Its environment is
// that of template.yaml; the secret api/token is the token of programs that call it.
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
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/desk"
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
	settings := &config.Snapshot{Blob: s3.Open(cfg, os.Getenv), Now: time.Now, PublicURL: os.Getenv("PUBLIC_URL")}
	secrets := ssm.Open(cfg, os.Getenv)
	key, err := links.Key(secrets)
	if err != nil {
		log.Fatal(err)
	}
	rows := store.New(dynamo.Open(cfg, os.Getenv))
	lambda.Start(lambdaevent.HTTP(apifn.New(apifn.Deps{
		Desk:     &ticketing.Desk{Store: rows, Settings: settings.Current, Key: key},
		Store:    rows,
		Settings: settings.Current,
		Tokens:   tokens(secrets),
		Now:      time.Now,
		Log:      slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	})))
}

// tokens looks the service token up at each call, so that a rotated one holds as soon
// as it is read. Where there is none, nobody is let in.
func tokens(secrets config.Lookup) func(string) (desk.Actor, string, bool) {
	return func(token string) (desk.Actor, string, bool) {
		var good []apifn.ServiceToken
		values, _ := secrets.Values("api/token")
		for _, v := range values {
			good = append(good, apifn.ServiceToken{Token: v, Role: "admin", Who: desk.Actor{Kind: desk.ByAgent, ID: "api", Name: "API"}})
		}
		return apifn.Keyring(good...)(token)
	}
}
