package sqsq

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/deskhook/deskhook/shared/awscall"
	"github.com/deskhook/deskhook/shared/queue"
)

// EnvName is the environment variable that holds a queue's URL: QUEUE_INBOUND_FIFO is
// that of inbound.fifo.
func EnvName(name queue.Name) string {
	return "QUEUE_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(string(name)))
}

// Open makes the Queue of a deployed function. A queue whose variable is empty is
// queue.ErrUnknown when it is sent to. It calls nothing yet.
func Open(cfg aws.Config, getenv func(string) string) *Queue {
	urls := map[queue.Name]string{}
	for _, name := range queue.Names {
		urls[name] = getenv(EnvName(name))
		urls[name.Dead()] = getenv(EnvName(name.Dead())) // set for who looks after dead letters
	}
	return New(sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.HTTPClient = awscall.HTTP() }), urls)
}
