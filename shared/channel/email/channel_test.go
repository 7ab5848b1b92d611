package email_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/desk"
)

const (
	topic    = "arn:aws:sns:us-east-1:123456789012:ses-mail"
	settings = `{"address":"help@example.com","from_name":"Desk","topic_arn":"` + topic + `","own":["example.com","robot@example.net"]}`
)

func noticeFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/notices/" + name + ".json")
	require.NoError(t, err)
	return b
}

// The notices have the form that SES's pages document, within SNS's envelope.
func TestChannel(t *testing.T) {
	call := func(name, mail string) channeltest.Fixture {
		f := channeltest.Fixture{Name: name, Request: channel.Request{Method: "POST", Body: noticeFile(t, name)}}
		if mail != "" {
			f.Name += "-" + mail
			f.Content = fixture(t, mail)
		}
		return f
	}
	unknown := call("event-unknown", "")
	unknown.Unknown = "SomethingNew"
	unreadable := call("unreadable", "")
	unreadable.Unreadable, unreadable.Private = true, []string{"ann@example.org wrote"}
	channeltest.Run(t, channeltest.Spec{
		New: email.New, Settings: settings,
		Unsigned: "a record of a queue that only the desk's topic may write to: the queue's IAM policy is the proof",
		Fixtures: []channeltest.Fixture{
			call("received", "reply-gmail"), call("received", "alternative-attachment"), call("received", "bounce-dsn"),
			call("received", "complaint-arf"), call("received", "receipt-mdn"), call("received", "auto-out-of-office"),
			call("received-fail", "plain"), call("event-bounce", ""), call("event-soft-bounce", ""), call("event-complaint", ""),
			call("event-delivery", ""), call("event-reject", ""), call("event-delay", ""), unknown, unreadable,
		},
		BadSettings: []string{`{}`, `{"address":"help"}`, `{"address":"a@b.c, d@e.f"}`, `{"address":"help@example.com","topic_arn":"x"}`},
		Golden:      "testdata/golden",
	})
}

func newChannel(t testing.TB, settings string) channel.Channel {
	t.Helper()
	c, err := email.New(channel.Account{Name: "help", Settings: json.RawMessage(settings)})
	require.NoError(t, err)
	return c
}

// receive runs a notice through the channel, with the raw mail that it names.
func receive(t testing.TB, c channel.Channel, body, raw []byte) ([]channel.Envelope, []desk.Inbound) {
	t.Helper()
	v, err := c.Verify(context.Background(), channel.Request{Body: body})
	require.NoError(t, err)
	es, err := c.Envelopes(v)
	require.NoError(t, err)
	var out []desk.Inbound
	for _, e := range es {
		e.Content = raw
		in, err := c.Parse(e)
		require.NoError(t, err)
		out = append(out, in...)
	}
	return es, out
}

// The keys: one order for everything a person sends, the provider's id, the bucket's
// key as SES gave it.
func TestEnvelope(t *testing.T) {
	c := newChannel(t, settings)
	for _, name := range []string{"received", "received-raw"} {
		es, _ := receive(t, c, noticeFile(t, name), fixture(t, "plain"))
		require.Len(t, es, 1)
		require.Equal(t, "ann@example.org", es[0].Order)
		require.Equal(t, "d6iitobk75ur44p8kdnnp7g2n800", es[0].Dedup)
		require.Equal(t, "in/d6iitobk75ur44p8kdnnp7g2n800", es[0].Blob)
		require.True(t, strings.HasPrefix(string(es[0].Body), `{"notificationType"`))
	}
	es, _ := receive(t, c, noticeFile(t, "event-bounce"), nil)
	require.Equal(t, "ann@example.org", es[0].Order)
	for _, name := range []string{"setup", "topic-test"} {
		es, _ := receive(t, c, noticeFile(t, name), nil)
		require.Empty(t, es)
	}
}

// Only the account's own topic is taken, in an envelope or named by a bare notice.
func TestVerifyTopic(t *testing.T) {
	other := newChannel(t, strings.Replace(settings, "ses-mail", "other", 1))
	for _, name := range []string{"received", "received-raw", "event-bounce"} {
		_, err := other.Verify(t.Context(), channel.Request{Body: noticeFile(t, name)})
		require.ErrorIs(t, err, channel.ErrUnauthentic)
	}
	for _, body := range []string{"", "{}", "null", "hello", `{"Records":[]}`, `{"Type":"SubscriptionConfirmation","TopicArn":"` + topic + `"}`} {
		_, err := newChannel(t, settings).Verify(t.Context(), channel.Request{Body: []byte(body)})
		require.ErrorIs(t, err, channel.ErrUnauthentic, body)
	}
}

func TestRecipients(t *testing.T) {
	require.Equal(t, []string{"help+t.7k3q9w.sig@example.com"}, email.Recipients(noticeFile(t, "received")))
	require.Equal(t, []string{"help@example.com"}, email.Recipients(noticeFile(t, "event-bounce")))
	require.Empty(t, email.Recipients([]byte("x")))
}

// withVerdicts changes a bare notice's verdicts and signatures.
func withVerdicts(t *testing.T, spf, dkim, dmarc, source, signer string) []byte {
	t.Helper()
	s := string(noticeFile(t, "received-raw"))
	for name, status := range map[string]string{"spf": spf, "dkim": dkim, "dmarc": dmarc} {
		s = strings.Replace(s, `"`+name+`Verdict": {"status": "PASS"}`, `"`+name+`Verdict": {"status": "`+status+`"}`, 1)
	}
	s = strings.Replace(s, `"source": "ann@example.org"`, `"source": "`+source+`"`, 1)
	return []byte(strings.Replace(s, "d=example.org;", "d="+signer+";", 1))
}

// Promise 4 rests on it: a From is proven by DMARC, or by SPF or DKIM of its domain,
// and by nothing else.
func TestTrusted(t *testing.T) {
	c := newChannel(t, settings)
	for _, x := range []struct {
		spf, dkim, dmarc, source, signer string
		want                             bool
	}{
		{"FAIL", "FAIL", "PASS", "x@evil.example", "evil.example", true},
		{"PASS", "PASS", "FAIL", "ann@example.org", "example.org", false},
		{"PASS", "GRAY", "GRAY", "ann@example.org", "evil.example", true},
		{"PASS", "GRAY", "GRAY", "x@evil.example", "example.org", false},
		{"GRAY", "PASS", "GRAY", "x@evil.example", "example.org", true},
		{"GRAY", "PASS", "GRAY", "x@evil.example", "evil.example", false},
		{"GRAY", "PASS", "GRAY", "x@evil.example", "org", false},
		{"PASS", "PASS", "PROCESSING_FAILED", "x@notexample.org", "notexample.org", false},
		{"GRAY", "GRAY", "GRAY", "ann@example.org", "example.org", false},
	} {
		_, in := receive(t, c, withVerdicts(t, x.spf, x.dkim, x.dmarc, x.source, x.signer), fixture(t, "plain"))
		require.Equal(t, x.want, in[0].Mail.Trusted, "%+v: %s", x, in[0].Mail.Why)
		require.NotEmpty(t, in[0].Mail.Why)
	}
	_, in := receive(t, c, noticeFile(t, "received"), fixture(t, "from-twice"))
	require.False(t, in[0].Mail.Trusted, "two From headers prove nothing")
}

// SES's verdicts on content: spam goes to the spam view with the reason, a virus to the
// quarantine; a verdict that could not be reached says nothing.
func TestContentVerdicts(t *testing.T) {
	c := newChannel(t, settings)
	for name, want := range map[string]struct{ spam, virus bool }{
		"FAIL": {true, true}, "PASS": {}, "GRAY": {}, "PROCESSING_FAILED": {}, "DISABLED": {},
	} {
		s := string(noticeFile(t, "received-raw"))
		for _, v := range []string{"spam", "virus"} {
			require.Contains(t, s, `"`+v+`Verdict": {"status": "PASS"}`)
			s = strings.Replace(s, `"`+v+`Verdict": {"status": "PASS"}`, `"`+v+`Verdict": {"status": "`+name+`"}`, 1)
		}
		_, in := receive(t, c, []byte(s), fixture(t, "plain"))
		require.Equal(t, want.spam, in[0].Spam != "", name)
		require.Equal(t, want.virus, in[0].Virus, name)
	}
}

// Our own mail never opens a ticket (promise 5), nor do receipts.
func TestQuiet(t *testing.T) {
	c := newChannel(t, settings)
	for from, want := range map[string]bool{
		"help@example.com": true, "help+x@example.com": true, "any@example.com": true, "robot@example.net": true,
		"ann@example.net": false, "ann@notexample.com": false,
	} {
		_, in := receive(t, c, noticeFile(t, "received"), []byte("From: "+from+"\r\n\r\nHi"))
		require.Equal(t, want, in[0].Quiet, from)
		require.Equal(t, want, in[0].Automatic != "", from)
	}
}

// A date may lie: it is never later than the mail's receipt.
func TestClampedDate(t *testing.T) {
	received := time.Date(2024, 3, 5, 2, 0, 4, 0, time.UTC)
	for date, want := range map[string]time.Time{
		"Mon, 4 Mar 2024 10:00:00 +0000": time.Date(2024, 3, 4, 10, 0, 0, 0, time.UTC),
		"Mon, 4 Mar 2034 10:00:00 +0000": received, "nonsense": received,
	} {
		_, in := receive(t, newChannel(t, settings), noticeFile(t, "received"), []byte("From: a@b.c\r\nDate: "+date+"\r\n\r\nHi"))
		require.Equal(t, want, in[0].At, date)
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"我的订单 order 1234 还没有到": "zh-CN", "Where is my order?": "en", "注文した椅子が届きません": "", "Где мой заказ?": "", "123": "",
	} {
		_, in := receive(t, newChannel(t, settings), noticeFile(t, "received"), []byte("From: a@b.c\r\n\r\n"+text))
		require.Equal(t, want, in[0].Lang, text)
	}
}

// What the local runner makes is what the channel takes.
func TestNotice(t *testing.T) {
	raw := fixture(t, "reply-qq")
	at := time.Date(2024, 3, 5, 3, 0, 0, 0, time.UTC)
	body := email.Notice("help@example.com", "mail/1", raw, at, email.Verdicts{})
	require.Equal(t, []string{"help@example.com"}, email.Recipients(body))
	es, in := receive(t, newChannel(t, `{"address":"help@example.com"}`), body, raw)
	require.Equal(t, "10001@qq.com", es[0].Order)
	require.Equal(t, "mail/1", es[0].Blob)
	require.NotEmpty(t, es[0].Dedup)
	require.Equal(t, "好的，谢谢", in[0].Text)
	require.True(t, in[0].Mail.Trusted)
	_, in = receive(t, newChannel(t, `{"address":"help@example.com"}`),
		email.Notice("help@example.com", "mail/1", raw, at, email.Verdicts{DMARC: "FAIL", SPF: "GRAY", DKIM: "GRAY", Spam: "FAIL"}), raw)
	require.False(t, in[0].Mail.Trusted)
	require.NotEmpty(t, in[0].Spam)
	require.Equal(t, body, email.Notice("help@example.com", "mail/1", raw, at, email.Verdicts{}))
}

func FuzzParse(f *testing.F) {
	c := newChannel(f, settings)
	for _, name := range []string{"received", "received-raw", "event-bounce", "event-complaint", "unreadable", "setup"} {
		f.Add(noticeFile(f, name), fixture(f, "bounce-dsn"))
	}
	f.Fuzz(func(t *testing.T, body, raw []byte) {
		v, err := c.Verify(t.Context(), channel.Request{Body: body})
		if err != nil {
			require.ErrorIs(t, err, channel.ErrUnauthentic)
			return
		}
		es, err := c.Envelopes(v)
		require.NoError(t, err)
		for _, e := range es {
			require.NotEmpty(t, e.Order)
			require.NotEmpty(t, e.Dedup)
			e.Content = raw
			in, err := c.Parse(e)
			if err != nil {
				require.ErrorIs(t, err, channel.ErrUnreadable)
				continue
			}
			require.NotEmpty(t, in)
		}
	})
}
