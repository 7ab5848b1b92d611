// Command webform is the function behind /forms/{form}; what it does is told in
// webformfn. Environment: DESKHOOK_BUCKET (the blob store), DESKHOOK_INBOUND_URL (the
// inbound queue), DESKHOOK_SECRETS_PREFIX (Parameter Store path of the secrets),
// DESKHOOK_PUBLIC_URL (where desk.public_url is not set).
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/deskhook/deskhook/functions/webform/webformfn"
	blobs3 "github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/config"
	secrets "github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
)

func main() {
	aws, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	objects := s3.NewFromConfig(aws)
	files := blobs3.New(objects, s3.NewPresignClient(objects), os.Getenv("DESKHOOK_BUCKET"))
	settings := &config.Snapshot{Blob: files, Now: time.Now}
	lambda.Start((&webformfn.Handler{
		Settings:  settings.Current,
		Secrets:   config.RefuseLocal(secrets.Lookup(ssm.NewFromConfig(aws), os.Getenv("DESKHOOK_SECRETS_PREFIX"), time.Now)),
		Queue:     sqsq.New(sqs.NewFromConfig(aws), map[queue.Name]string{queue.Inbound: os.Getenv("DESKHOOK_INBOUND_URL")}),
		Blob:      files,
		Now:       time.Now,
		Log:       slog.New(slog.NewJSONHandler(os.Stdout, nil)),
		PublicURL: os.Getenv("DESKHOOK_PUBLIC_URL"),
	}).Handle)
}
