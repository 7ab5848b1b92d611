package ses

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/desk"
)

// Options is what the sender needs beside the account.
type Options struct {
	Region           string
	ConfigurationSet string                  // whose events come back over the mail queue; "" for none
	HTTP             channel.Doer            // nil: the account's
	Endpoint         string                  // of a stand-in; "" is SES's own
	Credentials      aws.CredentialsProvider // nil: the environment's, as Lambda gives them
	// SignReply gives the signed tag that makes an answer find its ticket: it becomes
	// the plus tag of Reply-To. nil sends without Reply-To.
	SignReply func(channel.Outgoing) string
	// Unsubscribe gives the address of one-click unsubscription (RFC 8058) of a survey;
	// nil sends without. Answers have none: who wrote to us wants them.
	Unsubscribe func(channel.Outgoing) string
}

type sender struct {
	settings email.Settings
	opt      Options
	now      func() time.Time
	client   *sesv2.Client
}

// New makes the sender of one mailbox. The SDK's own retries are off: whether to try
// again is decided by the outcome, and by nobody who can't know whether the first try
// was taken.
func New(a channel.Account, opt Options) (channel.Sender, error) {
	settings, err := email.ReadSettings(a.Settings)
	if err != nil {
		return nil, err
	}
	if opt.Region == "" {
		return nil, desk.FieldError("region", "sending through SES needs a region")
	}
	doer := opt.HTTP
	if doer == nil {
		doer = a.HTTP
	}
	o := sesv2.Options{Region: opt.Region, Credentials: credentials(opt), Retryer: aws.NopRetryer{}}
	if doer != nil {
		o.HTTPClient = doer
	}
	if opt.Endpoint != "" {
		o.BaseEndpoint = aws.String(opt.Endpoint)
	}
	now := a.Now
	if now == nil {
		now = time.Now
	}
	return &sender{settings: settings, opt: opt, now: now, client: sesv2.New(o)}, nil
}

// errCredentials: the request could not be signed, so it never left.
var errCredentials = errors.New("ses: no credentials")

// credentials are those given, else the environment's: a function's role puts them
// there, and no other source is asked, since looking for one takes seconds. Without
// any, the call is signed with none that SES knows: a stand-in takes it, and SES
// answers 403, which says what to mend.
func credentials(opt Options) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if opt.Credentials != nil {
			c, err := opt.Credentials.Retrieve(ctx)
			if err != nil {
				return c, errCredentials // its words may hold more than a log should
			}
			return c, nil
		}
		c := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "environment"}
		if !c.HasKeys() {
			c = aws.Credentials{AccessKeyID: "none", SecretAccessKey: "none"}
		}
		return c, nil
	})
}

// Send sends one mail, once.
func (s *sender) Send(ctx context.Context, m channel.Outgoing) (out channel.Outcome) {
	defer func() {
		if recover() != nil { // a contract: a Sender never panics. The mail may be out.
			out = channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "the sender failed inside"}
		}
	}()
	if !reachable(m.To.ID) {
		return channel.Outcome{Kind: channel.OutcomeBadRecipient, Reason: "not a mail address"}
	}
	raw, err := s.build(m)
	if err != nil {
		return channel.Outcome{Kind: channel.OutcomeRefused, Reason: "the mail could not be built"}
	}
	got, err := s.client.SendEmail(ctx, s.input(m, raw))
	if err != nil {
		return outcome(err)
	}
	id := aws.ToString(got.MessageId)
	return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: id, MailIDs: []string{s.messageID(m), s.finalID(id)}}
}

// finalID is the Message-ID under which the mail arrives: SES puts its own over ours.
// https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
func (s *sender) finalID(id string) string {
	if s.opt.Region == "us-east-1" {
		return id + "@email.amazonses.com"
	}
	return id + "@" + s.opt.Region + ".amazonses.com"
}

func reachable(addr string) bool {
	boxes := email.ParseAddresses(addr)
	return len(boxes) == 1 && strings.Count(boxes[0].Address, "@") == 1 && boxes[0].Address == strings.ToLower(addr)
}

// input is the call. The envelope's sender is SES's own, or of the custom MAIL FROM domain
// set up for the identity: the API takes neither a null path nor one of ours, so that
// bounces go to SES, which tells of them by the configuration set's events. Where an
// identity's feedback forwarding is on as well, SES mails the report; it is sent to the
// mailbox itself, whose own mail never gets an automatic answer and whose bounces are
// read as such, and not to Return-Path or Reply-To, where it would look like a
// customer's.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
func (s *sender) input(m channel.Outgoing, raw []byte) *sesv2.SendEmailInput {
	in := &sesv2.SendEmailInput{
		FromEmailAddress:               aws.String(s.settings.Address),
		FeedbackForwardingEmailAddress: aws.String(s.settings.Address),
		Destination:                    &types.Destination{ToAddresses: []string{m.To.ID}},
		Content:                        &types.EmailContent{Raw: &types.RawMessage{Data: raw}},
		EmailTags: []types.MessageTag{
			{Name: aws.String(email.TagMessage), Value: aws.String(tagValue(string(m.ID)))},
			{Name: aws.String(email.TagTicket), Value: aws.String(tagValue(string(m.Ticket)))},
		},
	}
	for _, cc := range m.Cc {
		for _, b := range email.ParseAddresses(line(cc)) {
			in.Destination.CcAddresses = append(in.Destination.CcAddresses, b.Address)
		}
	}
	if s.opt.ConfigurationSet != "" {
		in.ConfigurationSetName = aws.String(s.opt.ConfigurationSet)
	}
	return in
}

// tagValue keeps what SES takes in a tag: letters, digits, _ - . @, at most 256.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
func tagValue(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 127 && (r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return r
		}
		return '-'
	}, s)
	if s == "" {
		return "none"
	}
	return s[:min(len(s), 256)]
}

// codes are SES's refusals: nothing was accepted.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
var codes = map[string]channel.OutcomeKind{
	"TooManyRequestsException":           channel.OutcomeRateLimited,
	"ThrottlingException":                channel.OutcomeRateLimited,
	"Throttling":                         channel.OutcomeRateLimited,
	"LimitExceededException":             channel.OutcomeRateLimited,
	"MessageRejected":                    channel.OutcomeRefused,
	"BadRequestException":                channel.OutcomeRefused,
	"NotFoundException":                  channel.OutcomeAuth, // configuration set or identity: settings
	"MailFromDomainNotVerifiedException": channel.OutcomeAuth,
	"AccountSuspendedException":          channel.OutcomeAuth,
	"SendingPausedException":             channel.OutcomeAuth,
}

// retryThrottled is how long to wait after SES's throttling, which counts per second
// and names no time.
const retryThrottled = 2 * time.Second

// outcome says what an error proves. Its reason is the provider's code and no words of
// the provider's, which repeat addresses.
func outcome(err error) channel.Outcome {
	code := ""
	if e := smithy.APIError(nil); errors.As(err, &e) {
		code = e.ErrorCode()
	}
	status := 0
	if e := (*smithyhttp.ResponseError)(nil); errors.As(err, &e) {
		status = e.HTTPStatusCode()
	}
	out := channel.Outcome{Kind: kindOf(err, code, status), Code: code, Reason: reason(code, status)}
	if errors.Is(err, errCredentials) {
		out.Reason = errCredentials.Error()
	}
	if out.Kind == channel.OutcomeRateLimited {
		out.RetryAfter = retryThrottled
	}
	return out
}

func kindOf(err error, code string, status int) channel.OutcomeKind {
	if status >= 500 { // a 5xx with a known code is no proof either
		return channel.OutcomeUnknown
	}
	if k, ok := codes[code]; ok {
		return k
	}
	switch {
	case errors.Is(err, errCredentials):
		return channel.OutcomeAuth
	case status == http.StatusTooManyRequests:
		return channel.OutcomeRateLimited
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return channel.OutcomeAuth
	case status >= 400:
		return channel.OutcomeRefused
	case status > 0:
		return channel.OutcomeUnknown
	case neverSent(err):
		return channel.OutcomeTransient
	}
	return channel.OutcomeUnknown
}

// neverSent says whether the request provably never left: no connection came about, or
// it could not be signed.
func neverSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns)
}

func reason(code string, status int) string {
	switch {
	case code != "":
		return "SES answered " + code
	case status > 0:
		return "SES answered " + http.StatusText(status)
	}
	return "no answer from SES"
}
