// Package ssm finds secrets in AWS Systems Manager's Parameter Store. All parameters
// under one prefix are read together and kept for a while: a webhook's caller waits
// for it, and Parameter Store takes few calls a second (AWS: "Systems Manager
// endpoints and quotas").
package ssm

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/deskhook/deskhook/shared/config"
)

// KeepFor is how long secrets are used before they are read again: a rotated one is
// taken up within it.
const KeepFor = 5 * time.Minute

// retryAfter is how long a failed reading isn't tried again while older values stand.
const retryAfter = 30 * time.Second

// api is what is needed of the SDK's client.
type api interface {
	GetParametersByPath(context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error)
}

// store holds what was last read.
type store struct {
	api    api
	prefix string
	now    func() time.Time

	mu     sync.Mutex
	values map[string]string
	until  time.Time
}

// Lookup finds secrets as parameters below prefix, such as /deskhook/prod: there
// wechat/main/token is /deskhook/prod/wechat/main/token. When Parameter Store does
// not answer, values read before go on being used: an old secret receives, none
// doesn't. Safe for concurrent use. A reading takes at most five seconds.
func Lookup(client *ssm.Client, prefix string, now func() time.Time) config.Lookup {
	return newStore(client, prefix, now).lookup
}

func newStore(a api, prefix string, now func() time.Time) *store {
	return &store{api: a, prefix: strings.TrimSuffix(prefix, "/") + "/", now: now}
}

func (s *store) lookup(name string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); !now.Before(s.until) {
		if err := s.read(now); err != nil {
			return "", false, err
		}
	}
	v, ok := s.values[name]
	return v, ok, nil
}

func (s *store) read(now time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	values, err := s.all(ctx)
	switch {
	case err == nil:
		s.values, s.until = values, now.Add(KeepFor)
	case s.values != nil:
		s.until = now.Add(retryAfter)
	default:
		return fmt.Errorf("read parameters below %s: %w", s.prefix, err)
	}
	return nil
}

func (s *store) all(ctx context.Context) (map[string]string, error) {
	values := map[string]string{}
	in := &ssm.GetParametersByPathInput{
		Path: aws.String(s.prefix), Recursive: aws.Bool(true), WithDecryption: aws.Bool(true), MaxResults: aws.Int32(10),
	}
	for {
		out, err := s.api.GetParametersByPath(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, p := range out.Parameters {
			values[strings.TrimPrefix(aws.ToString(p.Name), s.prefix)] = aws.ToString(p.Value)
		}
		if aws.ToString(out.NextToken) == "" {
			return values, nil
		}
		in.NextToken = out.NextToken
	}
}
