package local_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// sesEvents are what SES publishes of a mail sent (developer guide, "Contents of event
// data that Amazon SES publishes to Amazon SNS"), to be filled with the id, the recipient,
// the desk's tags and the time.
var sesEvents = map[string]string{
	"Delivery": `"delivery":{"timestamp":%[1]q,"processingTimeMillis":927,"recipients":[%[2]q],"smtpResponse":"250 2.6.0 Message received","reportingMTA":"a8-1.smtp-out.amazonses.com"}`,
	"Bounce": `"bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":%[2]q,"action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],` +
		`"timestamp":%[1]q,"feedbackId":"0100016-feedback","reportingMTA":"dsn; a8-1.smtp-out.amazonses.com"}`,
	"Complaint": `"complaint":{"complainedRecipients":[{"emailAddress":%[2]q}],"timestamp":%[1]q,"feedbackId":"0100016-complaint","userAgent":"AnyCompany Feedback Loop (V0.01)","complaintFeedbackType":"abuse","arrivalDate":%[1]q}`,
	"DeliveryDelay": `"deliveryDelay":{"timestamp":%[1]q,"delayType":"TransientCommunicationFailure","expirationTime":%[1]q,` +
		`"delayedRecipients":[{"emailAddress":%[2]q,"status":"4.4.1","diagnosticCode":"smtp; 421 4.4.1 Unable to connect"}]}`,
}

// event is SES's word about a mail of ours, on the queue.
func (l *life) event(t *testing.T, kind, to string, tk desk.TicketID, m desk.MessageID) {
	at := l.clock.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	body := fmt.Sprintf(`{"eventType":%q,"mail":{"timestamp":%q,"source":%q,"sourceArn":"arn:aws:ses:us-east-1:123456789012:identity/desk.example",`+
		`"sendingAccountId":"123456789012","messageId":%q,"destination":[%q],"headersTruncated":false,"headers":[],"commonHeaders":{"from":[%[3]q],"to":[%[5]q]},`+
		`"tags":{"ses:configuration-set":["deskhook"],%[6]q:[%[7]q],%[8]q:[%[9]q]}},`,
		kind, at, l.MailAddress(), l.message(t, tk, m).ProviderID, to, email.TagMessage, string(m), email.TagTicket, string(tk)) + fmt.Sprintf(sesEvents[kind], at, to) + "}"
	require.NoError(t, l.World.Queue.Send(t.Context(), queue.SESMail, queue.Message{Body: body}))
}

// mail is a mail to the desk, good by all of SES's verdicts but those that fail. Its
// notice comes twice, as SNS and SQS may hand it over.
func (l *life) mail(t *testing.T, m provider.Mail, fail ...string) {
	m.To, m.At = l.MailAddress(), l.clock.Now()
	raw := m.Bytes()
	key := "mail/" + queue.Hash(string(raw))
	require.NoError(t, l.World.Blob.Put(t.Context(), key, raw, blob.Options{ContentType: "message/rfc822"}))
	var judged []any
	for _, v := range []string{"spam", "virus", "dmarc"} {
		judged = append(judged, map[bool]string{true: "FAIL", false: "PASS"}[slices.Contains(fail, v)])
	}
	at := m.At.UTC().Format("2006-01-02T15:04:05.000Z")
	body := fmt.Sprintf(received, at, m.From, key, m.MessageID, m.To) + fmt.Sprintf(verdicts, judged...) + "}}"
	require.NoError(t, l.World.Queue.Send(t.Context(), queue.SESMail, queue.Message{Body: body}, queue.Message{Body: body}))
}

// received is SES's notice of a mail that it laid in a bucket, up to its verdicts
// (developer guide, "Contents of notifications for Amazon SES email receiving"), as a topic
// with raw delivery hands it on.
const (
	received = `{"notificationType":"Received","mail":{"timestamp":%[1]q,"source":%[2]q,"messageId":%[3]q,"destination":[%[5]q],"headersTruncated":false,` +
		`"commonHeaders":{"returnPath":%[2]q,"from":[%[2]q],"to":[%[5]q],"messageId":"<%[4]s>"}},` +
		`"receipt":{"timestamp":%[1]q,"processingTimeMillis":222,"recipients":[%[5]q],` +
		`"action":{"type":"S3","topicArn":"arn:aws:sns:us-east-1:012345678912:mail","bucketName":"mails","objectKey":%[3]q},`
	verdicts = `"spfVerdict":{"status":"GRAY"},"dkimVerdict":{"status":"GRAY"},"spamVerdict":{"status":%q},"virusVerdict":{"status":%q},"dmarcVerdict":{"status":%q}`
)

// A mailbox's life: mails in and out, what SES tells of them, refusals, spam and a virus.
func TestLifeOfMail(t *testing.T) {
	t.Parallel()
	l := begin(t)
	const ann, bea, cat = "ann@customer.example", "bea@customer.example", "cat@customer.example"
	identity := func(t *testing.T, who string) desk.Identity {
		return l.identity(t, desk.Address{Channel: desk.Email, Account: "support", ID: who})
	}
	open := func(t *testing.T, who string) desk.Ticket {
		l.mail(t, provider.Mail{From: who, FromName: "A", Subject: "Delivery", Text: "Where is it?", MessageID: "1-" + who})
		return l.find(t, who, 1)
	}
	answer := func(t *testing.T, tk desk.Ticket) desk.MessageID {
		m := l.reply(t, tk.ID, "On its way.")
		l.becomes(t, tk.ID, m, desk.Sent, "")
		return m
	}
	var tk desk.Ticket
	walk(t, []step{
		{"a mail opens a ticket, its repeat doesn't", func(t *testing.T) {
			tk = open(t, ann)
			require.Equal(t, "Where is it?", l.wrote(t, tk.ID, 1).Text)
		}},
		{"the answer goes out, delay and delivery are told in any order", func(t *testing.T) {
			m := answer(t, tk)
			l.event(t, "Delivery", ann, tk.ID, m)
			l.becomes(t, tk.ID, m, desk.Delivered, "")
			l.event(t, "DeliveryDelay", ann, tk.ID, m)
		}},
		{"what is written back joins the ticket", func(t *testing.T) {
			out := l.Standin.List(standin.Filter{Channel: desk.Email, Customer: ann, Outgoing: true})[0]
			l.mail(t, provider.Mail{From: ann, FromName: "A", Subject: "Re: Delivery", Text: "Thank you", MessageID: "2-" + ann, InReplyTo: out.MessageID})
			require.Equal(t, "Thank you", l.wrote(t, tk.ID, 2).Text)
		}},
		{"a bounce marks the mail and the address", func(t *testing.T) {
			b := open(t, bea)
			m := answer(t, b)
			l.event(t, "Bounce", bea, b.ID, m)
			l.becomes(t, b.ID, m, desk.Failed, "5.1.1")
			require.Equal(t, "5.1.1", identity(t, bea).Bounced)
			require.True(t, l.told(t, b.ID, "send.failed_later"))
			require.Equal(t, desk.StatusOpen, l.ticket(t, b.ID).Status)
		}},
		{"after a complaint nothing more is sent", func(t *testing.T) {
			c := open(t, cat)
			l.event(t, "Complaint", cat, c.ID, answer(t, c))
			soon(t, func() bool { return identity(t, cat).OptedOut() })
			require.True(t, l.told(t, c.ID, "mail.complaint"))
			l.becomes(t, c.ID, l.reply(t, c.ID, "Sorry"), desk.Failed, "opted out")
		}},
		{"SES throttles, is away, refuses", func(t *testing.T) {
			l.Standin.Fail(desk.Email, standin.Failure{Kind: standin.FailCode, Code: 429}, standin.Failure{Kind: standin.FailDial})
			m := l.reply(t, tk.ID, "More")
			l.becomes(t, tk.ID, m, desk.Queued, "")
			l.later(t, time.Minute, func() bool { return l.message(t, tk.ID, m).State == desk.Sent })
			l.Standin.Fail(desk.Email, standin.Failure{Kind: standin.FailCode, Code: 400})
			l.becomes(t, tk.ID, l.reply(t, tk.ID, "And more"), desk.Failed, "MessageRejected")
			l.Standin.Fail(desk.Email, standin.Failure{Kind: standin.FailAfterAccept})
			l.becomes(t, tk.ID, l.reply(t, tk.ID, "Or less"), desk.Uncertain, "no answer")
		}},
		{"spam lies with the spam", func(t *testing.T) {
			l.mail(t, provider.Mail{From: "spam@x.example", FromName: "S", Subject: "Win", Text: "Win", MessageID: "s@x.example"}, "spam")
			require.Equal(t, desk.StatusSpam, l.find(t, "spam@x.example", 1).Status)
		}},
		{"a virus is put aside", func(t *testing.T) {
			l.mail(t, provider.Mail{From: "virus@x.example", FromName: "V", Subject: "Look", Text: "Look", MessageID: "v@x.example"}, "virus")
			soon(t, func() bool {
				rows, _, err := l.Store.Quarantine(t.Context(), l.clock.Now().UTC().Format(time.DateOnly), "", 10)
				require.NoError(t, err)
				return len(rows) == 1 && strings.Contains(rows[0].Value.Reason, "virus")
			})
		}},
		{"who can't prove the sender's address joins nothing", func(t *testing.T) {
			ids := l.ticket(t, tk.ID).Mail.Refs
			l.mail(t, provider.Mail{From: ann, FromName: "A", Subject: "Re: Delivery", Text: "It's me", MessageID: "3-" + ann, InReplyTo: ids[len(ids)-1]}, "dmarc")
			other := l.find(t, ann, 2)
			require.NotEqual(t, tk.ID, other.ID)
			require.True(t, l.told(t, other.ID, "mail.unproven") || l.told(t, other.ID, "thread.from_unproven"))
		}},
	})
	require.False(t, slices.ContainsFunc(l.Standin.List(standin.Filter{Outgoing: true}), func(m standin.Message) bool { return m.Customer == "spam@x.example" }))
}
