// Command jobs works the queue of slow work; what it does is told
// in jobsfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start((&jobsfn.Handler{
		Blob: s3.Open(cfg, os.Getenv),
		Log:  slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
