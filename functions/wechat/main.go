// Command wechat is the function behind /webhooks/wechat/{account}; what it does is told
// in wechatfn. Its environment is that of template.yaml.
package main

import (
	"context"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/deskhook/deskhook/functions/wechat/wechatfn"
	"github.com/deskhook/deskhook/shared/blob/s3"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/config/ssm"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
)

func main() {
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	files := s3.Open(cfg, os.Getenv)
	settings := &config.Snapshot{Blob: files, Now: time.Now}
	lambda.Start((&wechatfn.Handler{
		Settings: settings.Current,
		Secrets:  ssm.Open(cfg, os.Getenv),
		Queue:    sqsq.Open(cfg, os.Getenv),
		Blob:     files,
		Now:      time.Now,
		Log:      slog.New(slog.NewJSONHandler(os.Stdout, nil)),
	}).Handle)
}
