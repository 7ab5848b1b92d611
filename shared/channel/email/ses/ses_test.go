package ses_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/channel/email/ses"
	"github.com/deskhook/deskhook/shared/desk"
)

const settings = `{"address":"help@example.com","from_name":"示例客服"}`

var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "very-secret-key"}, nil
})

func newSender(do channel.Doer) channel.Sender {
	a := channel.Account{Name: "help", Settings: []byte(settings), HTTP: do, Now: func() time.Time { return time.Unix(1709604000, 0) }}
	s, err := ses.New(a, ses.Options{Region: "eu-west-1", ConfigurationSet: "desk", Credentials: credentials, Endpoint: "http://ses.test",
		SignReply:   func(m channel.Outgoing) string { return "t." + string(m.Ticket) + ".SIG" },
		Unsubscribe: func(m channel.Outgoing) string { return "https://desk.example.com/u/" + string(m.Ticket) }})
	if err != nil {
		panic(err)
	}
	return s
}

func message() channel.Outgoing {
	return channel.Outgoing{
		ID: "m1", Ticket: "7K3Q9W", To: desk.Address{Channel: desk.Email, Account: "help", ID: "ann@example.org"}, Name: "Ann, Lee",
		Subject: "Re: 订单", Text: "您好，\n已经寄出。", Lang: "zh-CN", InReplyTo: "a1@example.org", References: []string{"a0@example.org", "a1@example.org"},
	}
}

// The answers are those of the page "SendEmail", errors: code in x-amzn-errortype.
func TestSender(t *testing.T) {
	answer := func(code string, status int, want channel.OutcomeKind) channeltest.Answer {
		return channeltest.Answer{Name: code, Status: status, Header: map[string]string{"X-Amzn-ErrorType": code, "Content-Type": "application/json"},
			Body: `{"message":"no to ann@example.org"}`, Want: want, Code: code}
	}
	channeltest.RunSender(t, channeltest.SenderSpec{
		New: newSender, Message: message(), Secrets: []string{"very-secret-key", "ann@example.org"},
		Answers: []channeltest.Answer{
			{Name: "sent", Status: 200, Body: `{"MessageId":"0100-abc"}`, Want: channel.OutcomeSent, ProviderID: "0100-abc"},
			answer("TooManyRequestsException", 429, channel.OutcomeRateLimited),
			answer("ThrottlingException", 400, channel.OutcomeRateLimited),
			answer("MessageRejected", 400, channel.OutcomeRefused),
			answer("BadRequestException", 400, channel.OutcomeRefused),
			answer("MailFromDomainNotVerifiedException", 400, channel.OutcomeAuth),
			answer("AccountSuspendedException", 400, channel.OutcomeAuth),
			answer("SendingPausedException", 400, channel.OutcomeAuth),
			answer("NotFoundException", 404, channel.OutcomeAuth),
			answer("SignatureDoesNotMatch", 403, channel.OutcomeAuth),
			answer("InternalFailure", 500, channel.OutcomeUnknown),
			answer("TooManyRequestsException", 503, channel.OutcomeUnknown),
			{Name: "gateway", Status: 504, Body: "<html>", Want: channel.OutcomeUnknown},
			{Name: "not JSON", Status: 200, Body: "ok", Want: channel.OutcomeUnknown},
		},
		Check: func(t *testing.T, r *http.Request, body []byte) {
			var in sendEmail
			require.NoError(t, json.Unmarshal(body, &in))
			require.Equal(t, "/v2/email/outbound-emails", r.URL.Path)
			require.Equal(t, "desk", in.ConfigurationSetName)
			require.Equal(t, []string{"ann@example.org"}, in.Destination.ToAddresses)
			require.Equal(t, []tag{{"deskhook-message", "m1"}, {"deskhook-ticket", "7K3Q9W"}}, in.EmailTags)
		},
	})
}

type tag struct{ Name, Value string }

// sendEmail is the request as the API's page documents it.
type sendEmail struct {
	ConfigurationSetName string
	Destination          struct{ ToAddresses, CcAddresses []string }
	EmailTags            []tag
	Content              struct{ Raw struct{ Data []byte } }
}

// doer is a provider in process.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// sent gives the raw mail a message becomes.
func sent(t *testing.T, m channel.Outgoing) []byte {
	t.Helper()
	var in sendEmail
	out := newSender(doer(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(body, &in))
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"MessageId":"x"}`)), Request: r}, nil
	})).Send(t.Context(), m)
	require.Equal(t, channel.OutcomeSent, out.Kind, out.Reason)
	return in.Content.Raw.Data
}

// The headers that threading, loop protection and the reader's program rely on, read
// back by the standard library.
func TestHeaders(t *testing.T) {
	m := message()
	m.Automatic = true
	m.Cc = []string{"Bob <bob@example.org>"}
	got, err := mail.ReadMessage(strings.NewReader(string(sent(t, m))))
	require.NoError(t, err)
	for name, want := range map[string]string{
		"To": `"Ann, Lee" <ann@example.org>`, "Cc": "<bob@example.org>", "Message-Id": "<m1.7K3Q9W@example.com>",
		"In-Reply-To": "<a1@example.org>", "References": "<a0@example.org> <a1@example.org>", "Auto-Submitted": "auto-replied",
		"X-Auto-Response-Suppress": "All", "Content-Language": "zh-CN", "Mime-Version": "1.0", "Date": "Tue, 05 Mar 2024 02:00:00 +0000",
	} {
		require.Equal(t, want, got.Header.Get(name), name)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "Re: 订单", subject)
	for name, want := range map[string]string{"From": "help@example.com", "Reply-To": "help+t.7K3Q9W.SIG@example.com"} {
		a, err := mail.ParseAddress(got.Header.Get(name))
		require.NoError(t, err)
		require.Equal(t, mail.Address{Name: "示例客服", Address: want}, *a)
	}
	require.Empty(t, got.Header.Get("List-Unsubscribe"), "only surveys have it")
	m.Automatic = false
	require.NotContains(t, string(sent(t, m)), "Auto-Submitted")
}

// A notice to an agent is generated by a machine, belongs to no ticket, and has no
// address whose answers would.
func TestNoticeHeaders(t *testing.T) {
	got, err := mail.ReadMessage(strings.NewReader(string(sent(t, channel.Outgoing{
		ID: "n1", To: desk.Address{Channel: desk.Email, Account: "support", ID: "amy@example.org"}, Subject: "x", Text: "x", Automatic: true, Purpose: "notice",
	}))))
	require.NoError(t, err)
	require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
	require.Equal(t, "<n1@example.com>", got.Header.Get("Message-Id"))
	require.Empty(t, got.Header.Get("Reply-To"))
}

// The promise: what goes out is what our own reader reads back.
func TestBodies(t *testing.T) {
	m := message()
	read, err := email.Read(sent(t, m))
	require.NoError(t, err)
	require.Equal(t, m.Text, read.Text)
	require.Equal(t, "<p>您好，<br>\n已经寄出。</p>", read.HTML)

	m.HTML = "<p>您好，</p><p>已经寄出。</p>"
	m.Attachments = []desk.Attachment{
		{Name: "发票\r\nX: y.pdf", Type: "application/pdf", Data: []byte(strings.Repeat("%PDF", 100))},
		{Name: "p.png", Type: "image/png\r\nX: y", Inline: "p@x>\r\nX: y", Data: []byte{1, 2}},
		{Name: strings.Repeat("很", 200) + ".eml", Type: "message/rfc822", Data: []byte("Subject: x\r\n\r\n")},
	}
	raw := sent(t, m)
	read, err = email.Read(raw)
	require.NoError(t, err)
	require.Equal(t, m.Text, read.Text)
	require.Equal(t, m.HTML, read.HTML)
	require.Len(t, read.Attachments, 3)
	for i, a := range read.Attachments {
		require.Equal(t, m.Attachments[i].Data, a.Data)
	}
	require.NotContains(t, string(raw), "\r\nX:")
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		require.LessOrEqual(t, len(line), 998) // RFC 5322 2.1.1
	}
	require.Equal(t, raw, sent(t, m), "the same bytes for the same message")
}

// The structure stands for programs other than ours.
func TestStructureByTheStandardLibrary(t *testing.T) {
	m := message()
	m.HTML = "<p>x</p>"
	got, err := mail.ReadMessage(strings.NewReader(string(sent(t, m))))
	require.NoError(t, err)
	media, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", media)
	r := multipart.NewReader(got.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"} {
		p, err := r.NextPart()
		require.NoError(t, err)
		require.Equal(t, want, p.Header.Get("Content-Type"))
	}
	_, err = r.NextPart()
	require.ErrorIs(t, err, io.EOF)
}

// The promise: nothing somebody wrote becomes a header.
func TestNoHeaderInjection(t *testing.T) {
	const evil = "x\r\nBcc: evil@example.net\r\n\r\n<b>\u2028Bcc: y\x00"
	m := message()
	m.Name, m.Subject, m.Lang, m.InReplyTo, m.Cc = evil, evil, evil, evil, []string{evil}
	m.References, m.ID, m.Ticket = []string{evil}, evil, evil
	got, err := mail.ReadMessage(strings.NewReader(string(sent(t, m))))
	require.NoError(t, err)
	require.Empty(t, got.Header.Get("Bcc"))
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.NotContains(t, string(body), "Bcc")

	m = message()
	m.To.ID = "ann@example.org\r\nBcc: evil@example.net"
	out := newSender(nil).Send(t.Context(), m)
	require.Equal(t, channel.OutcomeBadRecipient, out.Kind)
}

// A long conversation keeps the first id and the last ones.
func TestLongReferences(t *testing.T) {
	m := message()
	m.References = nil
	for i := range 60 {
		m.References = append(m.References, base64.RawURLEncoding.EncodeToString([]byte{byte(i), 1, 2})+"@example.org")
	}
	m.InReplyTo = m.References[59]
	raw := string(sent(t, m))
	read, err := email.Read([]byte(raw))
	require.NoError(t, err)
	require.Len(t, read.References, 20)
	require.Equal(t, m.References[0], read.References[0])
	require.Equal(t, m.References[41:], read.References[1:])
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		require.LessOrEqual(t, len(line), 100)
	}
}

func TestNewRefuses(t *testing.T) {
	_, err := ses.New(channel.Account{Settings: []byte(settings)}, ses.Options{Credentials: credentials})
	require.Error(t, err)
	_, err = ses.New(channel.Account{Settings: []byte(`{"address":"x"}`)}, ses.Options{Region: "eu-west-1", Credentials: credentials})
	require.Error(t, err)
}

// Credentials come from the function's environment. When those given can't be had,
// nothing leaves, and the outcome says what to mend.
func TestCredentials(t *testing.T) {
	var signed []string
	account := channel.Account{Settings: []byte(settings), HTTP: doer(func(r *http.Request) (*http.Response, error) {
		signed = append(signed, r.Header.Get("Authorization"))
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"MessageId":"x"}`)), Request: r}, nil
	})}
	send := func(c aws.CredentialsProvider) channel.Outcome {
		s, err := ses.New(account, ses.Options{Region: "eu-west-1", Credentials: c})
		require.NoError(t, err)
		return s.Send(t.Context(), message())
	}
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, io.EOF })
	require.Equal(t, channel.OutcomeAuth, send(none).Kind)
	require.Empty(t, signed)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	require.Equal(t, channel.OutcomeSent, send(nil).Kind)
	require.Len(t, signed, 1)
	require.Contains(t, signed[0], "Credential=AKIDENV/")
}
