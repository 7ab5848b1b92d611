package sms_test

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/stretchr/testify/require"
)

const (
	good = `{"account_sid":"AC0123456789abcdef0123456789abcdef","number":"+15005550006"}`
	sid  = "SM0000000000000000000000000000000a"
)

func account(settings string) channel.Account {
	return channeltest.Account(settings, channeltest.At, map[string]string{"auth_token": "first-token"})
}

// sign signs as Twilio's page "Webhooks security" tells, written apart from the code
// under test.
func sign(r channel.Request, secrets map[string]string) channel.Request {
	text := "https://desk.example.com" + r.Path
	if r.RawQuery != "" {
		text += "?" + r.RawQuery
	}
	if strings.Contains(r.Header["content-type"][0], "form") {
		var pairs []string
		for _, p := range strings.Split(string(r.Body), "&") {
			k, v, _ := strings.Cut(p, "=")
			k, _ = url.QueryUnescape(k)
			v, _ = url.QueryUnescape(v)
			pairs = append(pairs, k+"\x00"+v)
		}
		sort.Strings(pairs)
		text += strings.ReplaceAll(strings.Join(pairs, ""), "\x00", "")
	}
	m := hmac.New(sha1.New, []byte(secrets["auth_token"]))
	m.Write([]byte(text))
	r.Header = map[string][]string{"content-type": r.Header["content-type"], "x-twilio-signature": {base64.StdEncoding.EncodeToString(m.Sum(nil))}}
	return r
}

func call(path, query, contentType, body string) channel.Request {
	return channel.Request{
		Method: "POST", Path: path, RawQuery: query, URL: "https://desk.example.com" + path + "?" + query,
		Header: map[string][]string{"content-type": {contentType}}, Body: []byte(body),
	}
}

const form = "application/x-www-form-urlencoded"

func in(body string) channel.Request {
	return call("/webhooks/sms/main", "", form+"; charset=UTF-8", body)
}

func status(query, body string) channel.Request {
	return call("/webhooks/sms/main/status", query, form, body)
}

// Field names and values as on Twilio's page "TwiML for Programmable Messaging".
const from = "ToCountry=US&MessageSid=" + sid + "&SmsSid=" + sid + "&AccountSid=AC0123456789abcdef0123456789abcdef&From=%2B15551234567&To=%2B15005550006&ApiVersion=2010-04-01&SmsStatus=received&NumSegments=1"

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Spec{
		New:      func(a channel.Account) (channel.Channel, error) { return sms.New(a) },
		Settings: good,
		Secrets:  map[string]string{"auth_token": "first-token"},
		Next:     map[string]string{"auth_token": "second-token"},
		Sign:     sign,
		Shadow:   true,
		BadSettings: []string{
			`{}`, `{"account_sid":"AC1","number":"+15005550006"}`,
			`{"account_sid":"AC0123456789abcdef0123456789abcdef"}`,
			`{"account_sid":"AC0123456789abcdef0123456789abcdef","number":"15005550006"}`,
			`{"account_sid":"AC0123456789abcdef0123456789abcdef","messaging_service_sid":"x"}`,
			`{"account_sid":"AC0123456789abcdef0123456789abcdef","number":"+15005550006","colour":"red"}`,
		},
		Signature: []channeltest.Part{channeltest.Header("X-Twilio-Signature")},
		Covered:   []channeltest.Part{channeltest.Body(), channeltest.Query("m"), channeltest.Query("t")},
		Fixtures: []channeltest.Fixture{
			{Name: "message", Request: in(from + "&NumMedia=0&Body=Where+is+my+parcel%3F"), Private: []string{"parcel"}},
			{Name: "chinese", Request: in(from + "&NumMedia=0&Body=%E6%88%91%E7%9A%84%E5%8C%85%E8%A3%B9%E5%9C%A8%E5%93%AA%E9%87%8C%EF%BC%9F")},
			{Name: "service", Request: in(from + "&NumMedia=0&MessagingServiceSid=MG0123456789abcdef0123456789abcdef&Body=hello")},
			{Name: "picture", Request: in(from + "&NumMedia=2&Body=&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2Fm%2F0&MediaContentType0=image%2Fjpeg&MediaUrl1=https%3A%2F%2Fapi.twilio.com%2Fm%2F1&MediaContentType1=text%2Fvcard")},
			{Name: "stop", Request: in(from + "&NumMedia=0&Body=Stop&OptOutType=STOP")},
			{Name: "yes", Request: in(from + "&NumMedia=0&Body=Yes")},
			{Name: "delivered", Request: status("m=0011&t=7K3Q9W", "MessageSid="+sid+"&MessageStatus=delivered&To=%2B15551234567&From=%2B15005550006")},
			{Name: "undelivered", Request: status("m=0011&t=7K3Q9W", "MessageSid="+sid+"&MessageStatus=undelivered&ErrorCode=30006&To=%2B15551234567&From=%2B15005550006")},
			{Name: "unknown-status", Unknown: "hologram", Request: status("m=0011&t=7K3Q9W", "MessageSid="+sid+"&MessageStatus=hologram&To=%2B15551234567&From=%2B15005550006")},
			{Name: "unreadable", Unreadable: true, Request: in("Body=Where+is+my+parcel%3F"), Private: []string{"parcel"}},
			jsonFixture(),
		},
	})
}

func jsonFixture() channeltest.Fixture {
	body := `{"MessageSid":"` + sid + `","From":"+15551234567","Body":"hello","n":1}`
	sum := sha256.Sum256([]byte(body))
	return channeltest.Fixture{Name: "json", Request: call("/webhooks/sms/main", "bodySHA256="+hex.EncodeToString(sum[:]), "application/json", body)}
}

// Signatures computed apart: the first two stand on Twilio's own pages and in its
// validators' tests; all by printf %s TEXT | openssl dgst -sha1 -hmac TOKEN -binary | base64.
func TestKnownSignatures(t *testing.T) {
	const page = "https://mycompany.com"
	callForm := "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE"
	jsonQuery := "foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
	repeated := "Tag=b&MessageSid=" + sid + "&Tag=a&From=%2B15551234567&Tag=b&Body=hi+there"
	tests := []struct {
		name, token, base string
		req               channel.Request
		sig               string
		ok                bool
	}{
		{"Twilio's example", "12345", page, call("/myapp.php", "foo=1&bar=2", form, callForm), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true},
		{"its own token only", "12346", page, call("/myapp.php", "foo=1&bar=2", form, callForm), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false},
		{"configured with the port", "12345", page + ":443", call("/myapp.php", "foo=1&bar=2", form, callForm), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true},
		{"configured with another port", "12345", page + ":8443", call("/myapp.php", "foo=1&bar=2", form, callForm), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false},
		{"JSON", "12345", page, call("/myapp.php", jsonQuery, "application/json", `{"property": "value", "boolean": true}`), "a9nBmqA0ju/hNViExpshrM61xv4=", true},
		{"JSON, another body", "12345", page, call("/myapp.php", jsonQuery, "application/json", `{"property": "value", "boolean": false}`), "a9nBmqA0ju/hNViExpshrM61xv4=", false},
		{"JSON without its hash", "12345", page, call("/myapp.php", "foo=1&bar=2", "application/json", callForm), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false},
		{"repeated keys", "first-token", "https://desk.example.com", call("/webhooks/sms/main", "x=%20y", form, repeated), "dHFBQ2vI9GKKoJZ2kDh5vEUu8t4=", true},
		{"signed with the port", "first-token", "https://desk.example.com", call("/webhooks/sms/main", "x=%20y", form, repeated), "YApUQmJ0KsXcWWHZcoEx3D4Hj9U=", true},
		{"query in another encoding", "first-token", "https://desk.example.com", call("/webhooks/sms/main", "x=+y", form, repeated), "dHFBQ2vI9GKKoJZ2kDh5vEUu8t4=", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := channeltest.Account(strings.TrimSuffix(good, "}")+`,"url":"`+tt.base+`"}`, channeltest.At, map[string]string{"auth_token": tt.token})
			c, err := sms.New(a)
			require.NoError(t, err)
			tt.req.Header["x-twilio-signature"] = []string{tt.sig}
			_, err = c.Verify(t.Context(), tt.req)
			if tt.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, channel.ErrUnauthentic)
		})
	}
}

// A receipt stands in the row of the customer's own messages.
func TestReceiptInCustomersGroup(t *testing.T) {
	c, err := sms.New(account(good))
	require.NoError(t, err)
	order := func(r channel.Request) string {
		e, err := c.Envelopes(channel.Verified{Request: r, Body: r.Body})
		require.NoError(t, err)
		return e[0].Order
	}
	require.Equal(t, order(in(from+"&Body=x")), order(status("m=1&t=2", "MessageSid="+sid+"&MessageStatus=sent&To=%2B15551234567&From=%2B15005550006")))
}

// STOP words are orders only when nothing else stands in the message.
func TestKeywords(t *testing.T) {
	tests := []struct {
		body, optOutType string
		want             []desk.InboundKind
	}{
		{"STOP", "", []desk.InboundKind{desk.InOptOut}},
		{"  stop\n", "", []desk.InboundKind{desk.InOptOut}},
		{"Unsubscribe", "", []desk.InboundKind{desk.InOptOut}},
		{"revoke", "", []desk.InboundKind{desk.InOptOut}},
		{"td", "", []desk.InboundKind{desk.InOptOut}},
		{"ＴＤ", "", []desk.InboundKind{desk.InOptOut}},
		{"T", "", []desk.InboundKind{desk.InOptOut}},
		{"退订", "", []desk.InboundKind{desk.InOptOut}},
		{"退订。", "", []desk.InboundKind{desk.InOptOut}},
		{"【退订】", "", []desk.InboundKind{desk.InOptOut}},
		{"ＳＴＯＰ！", "", []desk.InboundKind{desk.InOptOut}},
		{"stop...", "", []desk.InboundKind{desk.InOptOut}},
		{"“T”", "", []desk.InboundKind{desk.InOptOut}},
		{"TD!", "", []desk.InboundKind{desk.InOptOut}},
		{"stop?", "", []desk.InboundKind{desk.InMessage}},
		{"退订？", "", []desk.InboundKind{desk.InMessage}},
		{"T 恤有货吗", "", []desk.InboundKind{desk.InMessage}},
		{"td退订", "", []desk.InboundKind{desk.InMessage}},
		{"我要退订会员，怎么退？", "", []desk.InboundKind{desk.InMessage}},
		{"please stop calling", "", []desk.InboundKind{desk.InMessage}},
		{"anything", "STOP", []desk.InboundKind{desk.InOptOut}},
		{"START", "", []desk.InboundKind{desk.InOptIn}},
		{"unstop", "", []desk.InboundKind{desk.InOptIn}},
		{"yes", "", []desk.InboundKind{desk.InOptIn, desk.InMessage}},
		{"yes", "START", []desk.InboundKind{desk.InOptIn, desk.InMessage}},
		{"yes please", "", []desk.InboundKind{desk.InMessage}},
		{"HELP", "", []desk.InboundKind{desk.InMessage}},
		{"stop", "HELP", []desk.InboundKind{desk.InMessage}},
		{"", "", []desk.InboundKind{desk.InMessage}},
	}
	for _, tt := range tests {
		ins, err := sms.Parse(channel.Envelope{
			Channel: desk.SMS, Account: "main", Dedup: sid, Meta: map[string]string{"ct": form},
			Body: []byte(url.Values{"MessageSid": {sid}, "From": {"+15551234567"}, "Body": {tt.body}, "OptOutType": {tt.optOutType}}.Encode()),
		})
		require.NoError(t, err)
		var kinds []desk.InboundKind
		ids := map[string]bool{}
		for _, in := range ins {
			kinds = append(kinds, in.Kind)
			ids[in.ID] = true
		}
		require.Equal(t, tt.want, kinds, "%q %q", tt.body, tt.optOutType)
		require.Len(t, ids, len(ins), "each its own id")
		require.Equal(t, tt.body, ins[len(ins)-1].Text, "the text is kept")
	}
}

// Callbacks arrive out of order: statuses are ranked.
func TestRank(t *testing.T) {
	way := []string{"hologram", "accepted", "queued", "sending", "sent", "delivered", "read"}
	for i := 1; i < len(way); i++ {
		require.Greater(t, sms.Rank(way[i]), sms.Rank(way[i-1]), way[i])
	}
	require.Equal(t, sms.Rank("failed"), sms.Rank("delivered"))
}

func TestAckIsEmptyTwiML(t *testing.T) {
	c, err := sms.New(account(good))
	require.NoError(t, err)
	resp := c.Ack(channel.Verified{})
	require.Equal(t, 200, resp.Status)
	require.Equal(t, "text/xml", resp.Header["content-type"])
	require.Equal(t, `<?xml version="1.0" encoding="UTF-8"?><Response/>`, string(resp.Body))
}

// What each of Twilio's answers means for the next attempt.
func TestSender(t *testing.T) {
	fail := func(name string, status int, body string, want channel.OutcomeKind) channeltest.Answer {
		return channeltest.Answer{Name: name, Status: status, Body: body, Want: want}
	}
	channeltest.RunSender(t, channeltest.SenderSpec{
		New: func(do channel.Doer) channel.Sender {
			a := account(good)
			a.HTTP = do
			s, err := sms.NewSender(a)
			require.NoError(t, err)
			return s
		},
		Message: channel.Outgoing{ID: "00ff", Ticket: "7K3Q9W", To: desk.Address{Channel: desk.SMS, Account: "main", ID: "+15551234567"}, Text: "您的包裹今天送到。"},
		Secrets: []string{"first-token"},
		Check:   checkRequest,
		Answers: []channeltest.Answer{
			{Name: "created", Status: 201, Body: `{"sid":"SM1","status":"queued"}`, Want: channel.OutcomeSent, ProviderID: "SM1"},
			{Name: "too many", Status: 429, Header: map[string]string{"Retry-After": "7"}, Body: `{"code":20429,"message":"Too Many Requests","status":429}`, Want: channel.OutcomeRateLimited, RetryAfter: 7 * time.Second, Code: "20429"},
			{Name: "too many, without a time", Status: 429, Want: channel.OutcomeRateLimited, RetryAfter: 5 * time.Second},
			fail("queue full", 400, `{"code":21611}`, channel.OutcomeRateLimited),
			{Name: "credentials", Status: 401, Body: `{"code":20003,"message":"Authenticate","status":401}`, Want: channel.OutcomeAuth, Code: "20003"},
			fail("forbidden", 403, ``, channel.OutcomeAuth),
			fail("bad number", 400, `{"code":21211,"message":"Invalid 'To' Phone Number: +15551234567"}`, channel.OutcomeBadRecipient),
			fail("opted out", 400, `{"code":21610}`, channel.OutcomeBadRecipient),
			fail("not for SMS", 400, `{"code":21614}`, channel.OutcomeBadRecipient),
			fail("landline", 400, `{"code":21635}`, channel.OutcomeBadRecipient),
			fail("trial", 400, `{"code":21608}`, channel.OutcomeBadRecipient),
			fail("any other refusal", 400, `{"code":29999}`, channel.OutcomeRefused),
			fail("fault", 500, `{"code":20500}`, channel.OutcomeUnknown),
			fail("gateway", 502, `<html>`, channel.OutcomeUnknown),
			fail("a refusal's code in a fault", 503, `{"code":21610}`, channel.OutcomeUnknown),
			fail("good but not understood", 200, `<html>`, channel.OutcomeUnknown),
		},
	})
}

func checkRequest(t *testing.T, r *http.Request, body []byte) {
	require.Equal(t, "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json", r.URL.Path)
	user, pass, ok := r.BasicAuth()
	require.True(t, ok)
	require.Equal(t, []string{"AC0123456789abcdef0123456789abcdef", "first-token"}, []string{user, pass})
	got, err := url.ParseQuery(string(body))
	require.NoError(t, err)
	require.Equal(t, url.Values{
		"To": {"+15551234567"}, "From": {"+15005550006"}, "Body": {"您的包裹今天送到。"},
		"StatusCallback": {"https://desk.example.com/webhooks/sms/main/status?m=00ff&t=7K3Q9W"},
	}, got)
}

func message(text string) channel.Outgoing {
	return channel.Outgoing{To: desk.Address{ID: "+15551234567"}, Text: text}
}

// What can't go out as SMS is refused before anything is called.
func TestSenderRefuses(t *testing.T) {
	a := account(good)
	_, err := sms.NewSender(a)
	require.ErrorContains(t, err, "no HTTP client")
	a.HTTP = doer(func(*http.Request) (*http.Response, error) { panic("called") })
	s, err := sms.NewSender(a)
	require.NoError(t, err)
	for _, m := range []channel.Outgoing{
		{}, {Text: strings.Repeat("好", 1601)}, {Text: "x", Attachments: []desk.Attachment{{Name: "a.pdf"}}},
	} {
		require.Equal(t, channel.OutcomeRefused, s.Send(t.Context(), m).Kind)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// With a messaging service Twilio chooses the number; one that is set as well is what
// people read, and isn't sent from.
func TestSendsByService(t *testing.T) {
	const service = `"messaging_service_sid":"MG0123456789abcdef0123456789abcdef"`
	for _, settings := range []string{
		`{"account_sid":"AC0123456789abcdef0123456789abcdef",` + service + `}`,
		`{"account_sid":"AC0123456789abcdef0123456789abcdef",` + service + `,"number":"+15005550006"}`,
	} {
		a := account(settings)
		var got url.Values
		a.HTTP = doer(func(r *http.Request) (*http.Response, error) {
			require.NoError(t, r.ParseForm())
			got = r.PostForm
			return nil, errors.New("enough")
		})
		s, err := sms.NewSender(a)
		require.NoError(t, err)
		s.Send(t.Context(), message("hello"))
		require.Equal(t, "MG0123456789abcdef0123456789abcdef", got.Get("MessagingServiceSid"))
		require.False(t, got.Has("From"))
	}
}
