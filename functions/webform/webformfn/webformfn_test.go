package webformfn_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/webform/webformfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/sign"
)

type memQueue struct {
	queue.Queue
	sent []queue.Message
	err  error
}

func (q *memQueue) Send(_ context.Context, _ queue.Name, m ...queue.Message) error {
	if q.err == nil {
		q.sent = append(q.sent, m...)
	}
	return q.err
}

type memBlob struct {
	blob.Store
	keys []string
}

func (b *memBlob) Put(_ context.Context, key string, _ []byte, _ blob.Options) error {
	b.keys = append(b.keys, key)
	return nil
}

type rig struct {
	*webformfn.Handler
	queue *memQueue
	blob  *memBlob
	log   *bytes.Buffer
	down  error
	form  *config.Form
}

func newRig() *rig {
	r := &rig{queue: &memQueue{}, blob: &memBlob{}, log: &bytes.Buffer{}}
	form := config.Form{
		ID: "contact", Title: config.Text{"zh-CN": "联系我们"}, Origins: []string{"https://shop.example"},
		Fields: []config.FormField{
			{Name: "email", Label: config.Text{"zh-CN": "邮箱"}, Type: config.FieldMail, Role: "mail", Required: true, Max: 254},
			{Name: "message", Label: config.Text{"zh-CN": "内容"}, Type: config.FieldTextarea, Role: "message", Required: true, Max: 1000},
			{Name: "file", Label: config.Text{"zh-CN": "附件"}, Type: config.FieldFile, Max: 1 << 20},
		},
	}
	r.form = &form
	r.Handler = &webformfn.Handler{
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Desk: config.Desk{Language: "zh-CN", PublicURL: "https://desk.example.com"}, Forms: []config.Form{*r.form}}, r.down
		},
		Queue:   r.queue,
		Blob:    r.blob,
		Now:     func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) },
		Log:     slog.New(slog.NewJSONHandler(r.log, nil)),
		Secrets: config.LocalDefaults,
	}
	return r
}

// invoke goes through Lambda's own JSON, as on AWS. A multipart body comes in base64.
func (r *rig) invoke(t *testing.T, method, path, body string, headers ...string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	e := events.APIGatewayV2HTTPRequest{
		RawPath: path, Body: base64.StdEncoding.EncodeToString([]byte(body)), IsBase64Encoded: true,
		Headers: map[string]string{"content-type": "application/x-www-form-urlencoded"},
	}
	for i := 0; i+1 < len(headers); i += 2 {
		e.Headers[headers[i]] = headers[i+1]
	}
	e.RequestContext.HTTP.Method = method
	in, err := json.Marshal(e)
	require.NoError(t, err)
	out, err := lambda.NewHandler(r.Handle).Invoke(t.Context(), in)
	require.NoError(t, err)
	var resp events.APIGatewayV2HTTPResponse
	require.NoError(t, json.Unmarshal(out, &resp))
	for _, private := range []string{"ann@shop", "parcel"} {
		require.NotContains(t, r.log.String(), private, "promise 11: no customer text in a log")
	}
	return resp
}

const good = "email=ann%40shop.example&message=where+is+my+parcel"

// A submission is on the queue before the customer is thanked; a double click is one.
func TestReceives(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "/forms/contact", good)
	require.Equal(t, 200, resp.StatusCode)
	var answer struct {
		OK        bool   `json:"ok"`
		ID        string `json:"id"`
		StatusURL string `json:"status_url"`
	}
	require.NoError(t, json.Unmarshal([]byte(resp.Body), &answer))
	require.True(t, answer.OK)
	token, ok := strings.CutPrefix(answer.StatusURL, "https://desk.example.com/t/")
	require.True(t, ok)
	secret, _, _ := config.LocalDefaults(config.LinkKey)
	key, _ := sign.NewKey(secret)
	fields, err := key.Open(links.StatusPurpose, token, r.Now())
	require.NoError(t, err)
	require.Equal(t, []string{"webform", "contact", "ann@shop.example", answer.ID}, fields)
	r.invoke(t, "POST", "/forms/contact", good)
	require.Len(t, r.queue.sent, 2)
	require.Equal(t, r.queue.sent[0].Dedup, r.queue.sent[1].Dedup)
	e, err := receive.Decode(r.queue.sent[0].Body)
	require.NoError(t, err)
	require.Equal(t, desk.WebForm, e.Channel)
	require.Equal(t, "contact", e.Account)
	require.Equal(t, answer.ID, e.Dedup)
}

func TestBrowserIsSentOn(t *testing.T) {
	resp := newRig().invoke(t, "POST", "/forms/contact", good, "accept", "text/html")
	require.Equal(t, 303, resp.StatusCode)
	require.Contains(t, resp.Headers["location"], "https://desk.example.com/t/")
	r := newRig()
	r.Secrets = func(string) (string, bool, error) { return "", false, nil }
	resp = r.invoke(t, "POST", "/forms/contact", good, "accept", "text/html")
	require.Equal(t, 200, resp.StatusCode)
	require.Contains(t, resp.Body, "提交成功", "the desk's language where the customer's can't be told")
}

// A file of 1 MB travels by the blob store.
func TestFile(t *testing.T) {
	r := newRig()
	part := func(head, data string) string {
		return "--X\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + data + "\r\n"
	}
	body := part(`name="email"`, "ann@shop.example") + part(`name="message"`, "see file") +
		part(`name="file"; filename="a.bin"`, strings.Repeat("\xff", 1<<20)) + "--X--\r\n"
	resp := r.invoke(t, "POST", "/forms/contact", body, "content-type", "multipart/form-data; boundary=X")
	require.Equal(t, 200, resp.StatusCode)
	require.Len(t, r.blob.keys, 1)
	require.Less(t, len(r.queue.sent[0].Body), 2000)
}

func TestFieldToMend(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "/forms/contact", "message=where+is+my+parcel", "origin", "https://shop.example")
	require.Equal(t, 422, resp.StatusCode)
	require.Equal(t, "https://shop.example", resp.Headers["access-control-allow-origin"])
	require.Contains(t, resp.Body, `"errors":[{"field":"email","message":"请填写此项。"}]`)
	require.Empty(t, r.queue.sent)
}

func TestPreflight(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "OPTIONS", "/forms/contact", "", "origin", "https://shop.example")
	require.Equal(t, 204, resp.StatusCode)
	require.Equal(t, "https://shop.example", resp.Headers["access-control-allow-origin"])
	require.NotContains(t, r.invoke(t, "OPTIONS", "/forms/contact", "", "origin", "null").Headers, "access-control-allow-origin")
	require.Equal(t, 404, r.invoke(t, "OPTIONS", "/forms/other", "").StatusCode)
	r.down = errors.New("away")
	require.Equal(t, 500, r.invoke(t, "OPTIONS", "/forms/contact", "").StatusCode)
}

// What is not known, too large or not kept is never answered with success.
func TestRefuses(t *testing.T) {
	r := newRig()
	require.Equal(t, 404, r.invoke(t, "POST", "/forms/other", good).StatusCode)
	require.Equal(t, 405, r.invoke(t, "GET", "/forms/contact", "").StatusCode)
	require.Equal(t, 413, r.invoke(t, "POST", "/forms/contact", strings.Repeat("x", receive.DefaultMaxBody+1)).StatusCode)
	require.Equal(t, 415, r.invoke(t, "POST", "/forms/contact", good, "content-type", "text/plain").StatusCode)
	r.queue.err = errors.New("down")
	require.Equal(t, 500, r.invoke(t, "POST", "/forms/contact", good).StatusCode)
	r.down = errors.New("away")
	require.Equal(t, 500, r.invoke(t, "POST", "/forms/contact", good).StatusCode)
}

type siteverify struct {
	answer string
	asked  []string
}

func (s *siteverify) Do(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	s.asked = append(s.asked, r.URL.Host+" "+string(b))
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(s.answer))}, err
}

// A form's captcha is checked with the form's own secret, and the token must be of a
// page that the form stands on: the desk's, or one of its origins.
func TestCaptcha(t *testing.T) {
	r := newRig()
	r.form.Captcha = config.Captcha{Kind: config.Turnstile, SiteKey: "site", OnTimeout: config.CaptchaAccept}
	r.Secrets = func(name string) (string, bool, error) {
		if name == "webform/contact/captcha_secret" {
			return "the secret", true, nil
		}
		return config.LocalDefaults(name)
	}
	provider := &siteverify{}
	r.HTTP = provider
	body := good + "&cf-turnstile-response=tok"
	for answer, want := range map[string]int{
		`{"success":true,"hostname":"desk.example.com"}`:                 200,
		`{"success":true,"hostname":"shop.example"}`:                     200,
		`{"success":true,"hostname":"evil.example"}`:                     422,
		`{"success":false,"error-codes":["timeout-or-duplicate"]}`:       422,
		`{"success":false,"error-codes":["internal-error"]}`:             200,
		`{"success":false,"error-codes":["invalid-input-secret"],"x":1}`: 200,
	} {
		provider.answer = answer
		require.Equal(t, want, r.invoke(t, "POST", "/forms/contact", body).StatusCode, answer)
	}
	require.Contains(t, provider.asked[0], "challenges.cloudflare.com ")
	require.Contains(t, provider.asked[0], "secret=the+secret")
	require.Contains(t, r.log.String(), `"metric":"captcha_unknown"`, "the operator hears of it")
	require.NotContains(t, r.log.String(), "the secret")
	require.Equal(t, 422, r.invoke(t, "POST", "/forms/contact", good).StatusCode, "no token")
}

// Who holds a submission's link writes on in its conversation; nobody else does.
func TestWriteOn(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "/forms/contact", good)
	var answer struct {
		ID        string `json:"id"`
		StatusURL string `json:"status_url"`
	}
	require.NoError(t, json.Unmarshal([]byte(resp.Body), &answer))
	path := strings.TrimPrefix(answer.StatusURL, "https://desk.example.com") + "/messages"

	resp = r.invoke(t, "POST", path, "text=my+parcel+again&_id=n1", "origin", "https://shop.example")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "https://shop.example", resp.Headers["access-control-allow-origin"])
	r.invoke(t, "POST", path, "text=my+parcel+again&_id=n1")
	require.Len(t, r.queue.sent, 3)
	require.Equal(t, r.queue.sent[0].Group, r.queue.sent[1].Group, "behind the submission")
	require.Equal(t, r.queue.sent[1].Dedup, r.queue.sent[2].Dedup, "a double click is one")
	e, err := receive.Decode(r.queue.sent[1].Body)
	require.NoError(t, err)
	require.Equal(t, answer.ID, e.Meta["follows"])
	require.Equal(t, "ann@shop.example", e.Meta["from"])

	resp = r.invoke(t, "POST", path, "text=my+parcel&_lang=en", "accept", "text/html")
	require.Equal(t, 303, resp.StatusCode)
	require.True(t, strings.HasPrefix(resp.Headers["location"], answer.StatusURL+"?sent="))
	require.Equal(t, 422, r.invoke(t, "POST", path, "text=").StatusCode)
	require.Equal(t, "https://shop.example", r.invoke(t, "OPTIONS", path, "", "origin", "https://shop.example").Headers["access-control-allow-origin"])

	forged := strings.Replace(path, "/t/A", "/t/B", 1)
	if forged == path {
		forged = "/t/A" + path[len("/t/")+1:]
	}
	n := len(r.queue.sent)
	for _, p := range []string{forged, "/t//messages", "/t/x/messages"} {
		require.Equal(t, 404, r.invoke(t, "POST", p, "text=x").StatusCode, p)
		require.Equal(t, 404, r.invoke(t, "OPTIONS", p, "").StatusCode, p)
	}
	require.Len(t, r.queue.sent, n)
	r.Secrets = func(string) (string, bool, error) { return "", false, errors.New("away") }
	require.Equal(t, 500, r.invoke(t, "POST", path, "text=x").StatusCode, "it comes again")
}
