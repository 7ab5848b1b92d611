// Command figures reads the table's change feed; what it does is told
// in figuresfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/figures/figuresfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/dynamo"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	settings := &config.Snapshot{Blob: s3.Open(cfg, os.Getenv), Now: time.Now}
	lambda.Start((&figuresfn.Figures{
		Store:    store.New(dynamo.Open(cfg, os.Getenv)),
		Settings: settings.Current,
	}).Handle)
}
