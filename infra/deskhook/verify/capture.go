package verify

import (
	"context"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// capture is a queue and a blob store in one that keep what a receiver hands them until
// the judgement is made, and nothing afterwards.
type capture struct {
	queue.Queue
	envelopes []channel.Envelope
	aside     map[string][]byte
}

// Send reads the envelopes back, with the bodies that were laid aside.
func (c *capture) Send(_ context.Context, _ queue.Name, msgs ...queue.Message) error {
	for _, m := range msgs {
		e, err := receive.Decode(m.Body)
		if err != nil {
			return err
		}
		if e.BodyBlob != "" {
			e.Body = c.aside[e.BodyBlob]
		}
		c.envelopes = append(c.envelopes, e)
	}
	return nil
}

func (c *capture) blobs() blob.Store {
	c.aside = map[string][]byte{}
	return shelf{aside: c.aside}
}

type shelf struct {
	blob.Store
	aside map[string][]byte
}

// Put lays a body aside.
func (s shelf) Put(_ context.Context, key string, data []byte, _ blob.Options) error {
	s.aside[key] = data
	return nil
}
