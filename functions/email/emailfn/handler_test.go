package emailfn_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/email/emailfn"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

type told struct {
	sent []queue.Message
	fail error
}

func (q *told) Send(_ context.Context, _ queue.Name, msgs ...queue.Message) error {
	q.sent = append(q.sent, msgs...)
	return q.fail
}
func (q *told) Postpone(context.Context, queue.Name, string, time.Duration) error { return nil }

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const raw = "From: Ann <ann@x.test>\r\nTo: sales+tag@desk.test\r\nSubject: hi\r\nMessage-ID: <1@x.test>\r\n\r\nhello\r\n"

func handler(q *told) *emailfn.Handler {
	return &emailfn.Handler{
		Queue: q, Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Accounts: []config.Account{
				{Channel: desk.Email, Name: "help", Settings: []byte(`{"address":"help@desk.test"}`)},
				{Channel: desk.Email, Name: "sales", Settings: []byte(`{"address":"sales@desk.test"}`)},
			}}, nil
		},
	}
}

func notice(to, key string) events.SQSMessage {
	return events.SQSMessage{MessageId: key, Body: string(email.Notice(to, key, []byte(raw), at, email.Verdicts{}))}
}

// A mail goes to the mailbox it was written to, tags and case aside; one that nobody
// takes goes to the first, for SES has accepted it.
func TestMailbox(t *testing.T) {
	for to, want := range map[string]string{"Sales+TAG@desk.test": "sales", "help@desk.test": "help", "other@desk.test": "help"} {
		q := &told{}
		resp, err := handler(q).Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{notice(to, "mail/1")}})
		require.NoError(t, err)
		require.Empty(t, resp.BatchItemFailures)
		require.Len(t, q.sent, 1)
		env, err := receive.Decode(q.sent[0].Body)
		require.NoError(t, err)
		require.Equal(t, want, env.Account, to)
		require.Equal(t, "ann@x.test", env.Order)
		require.Equal(t, "mail/1", env.Blob)
	}
}

// What can't be enqueued comes again; what isn't SES's is dropped and counted.
func TestFaults(t *testing.T) {
	q := &told{fail: errors.New("down")}
	resp, err := handler(q).Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{notice("help@desk.test", "mail/1"), {MessageId: "x", Body: "{}"}}})
	require.NoError(t, err)
	require.Len(t, resp.BatchItemFailures, 1)
	require.Equal(t, "mail/1", resp.BatchItemFailures[0].ItemIdentifier)
}
