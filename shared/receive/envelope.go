package receive

import (
	"encoding/json"
	"fmt"

	"github.com/deskhook/deskhook/shared/channel"
)

// Encode writes an envelope as the queue carries it: JSON, its bytes in base64, so
// that every body is text that SQS takes.
func Encode(e channel.Envelope) (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode envelope: %w", err)
	}
	return string(b), nil
}

// Decode reads what Encode wrote. The error holds nothing of the body.
func Decode(body string) (channel.Envelope, error) {
	var e channel.Envelope
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return channel.Envelope{}, fmt.Errorf("not an envelope: %w", channel.ErrUnreadable)
	}
	if e.Channel == "" {
		return channel.Envelope{}, fmt.Errorf("an envelope without a channel: %w", channel.ErrUnreadable)
	}
	return e, nil
}
