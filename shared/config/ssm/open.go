package ssm

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/deskhook/deskhook/shared/awscall"
	"github.com/deskhook/deskhook/shared/config"
)

// Open makes the Lookup of a deployed function: the parameters below SECRETS_PATH. A
// value that is a local default is an error, as config.RefuseLocal says: everybody can
// read those. It calls nothing yet.
func Open(cfg aws.Config, getenv func(string) string) config.Lookup {
	return config.RefuseLocal(Lookup(ssm.NewFromConfig(cfg, func(o *ssm.Options) { o.HTTPClient = awscall.HTTP() }), getenv("SECRETS_PATH"), time.Now))
}
