package webform_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/stretchr/testify/require"
)

// contact is a form with a field of every type and role.
const contact = `{
 "id":"main","title":{"zh-CN":"联系我们","en":"Contact us"},"honeypot":"_gotcha",
 "origins":["https://shop.example"],"redirects":["https://shop.example/thanks"],
 "fields":[
  {"name":"name","label":{"zh-CN":"称呼","en":"Name"},"type":"text","max":20,"role":"name"},
  {"name":"email","label":{"zh-CN":"邮箱","en":"E-mail"},"type":"email","max":254,"role":"mail","required":true},
  {"name":"phone","label":{"zh-CN":"电话","en":"Phone"},"type":"phone","max":32,"role":"phone"},
  {"name":"topic","label":{"zh-CN":"主题","en":"Topic"},"type":"choice","max":200,"role":"subject","choices":[
    {"value":"order","label":{"zh-CN":"订单","en":"Order"}},{"value":"other","label":{"zh-CN":"其他","en":"Other"}}]},
  {"name":"message","label":{"zh-CN":"内容","en":"Message"},"type":"textarea","max":50,"role":"message","required":true},
  {"name":"file","label":{"zh-CN":"附件","en":"File"},"type":"file","max":100}]}`

func newForm(settings string) (*webform.Channel, error) {
	var f config.Form
	if err := json.Unmarshal([]byte(settings), &f); err != nil {
		return nil, err
	}
	return webform.New(f, channel.Account{})
}

func form(t *testing.T) *webform.Channel {
	t.Helper()
	c, err := newForm(contact)
	require.NoError(t, err)
	c.StatusURL = func(from desk.Address, id string) string {
		require.Equal(t, desk.WebForm, from.Channel)
		require.NotEmpty(t, from.ID)
		return "https://desk.example.com/s/" + id
	}
	return c
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	multi      = "multipart/form-data; boundary=XX"
	goodForm   = "name=Ann&email=Ann%40Shop.example&phone=138+0013-8000&topic=order&message=Where+is+my+parcel%3F&utm=x"
)

func post(contentType, body string, headers ...string) channel.Request {
	r := channel.Request{
		Method: "POST", Path: "/forms/main", URL: "https://desk.example.com/forms/main", At: channeltest.At,
		Header: map[string][]string{"content-type": {contentType}}, Body: []byte(body),
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header[headers[i]] = []string{headers[i+1]}
	}
	return r
}

// parts makes a multipart body by hand: header lines, an empty line, the bytes.
func parts(eol string, list ...string) string {
	var b strings.Builder
	for _, p := range list {
		head, data, _ := strings.Cut(p, "|")
		b.WriteString("--XX" + eol + "Content-Disposition: form-data; " + strings.ReplaceAll(head, "~", eol) + eol + eol + data + eol)
	}
	return b.String() + "--XX--" + eol
}

func withFile(eol, fileName string) string {
	return parts(eol, `name="email"|a@shop.example`, `name="message"|see file`,
		`name="file"; `+fileName+`~Content-Type: text/plain|line one`)
}

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Spec{
		New:         func(a channel.Account) (channel.Channel, error) { return newForm(string(a.Settings)) },
		Settings:    contact,
		Unsigned:    "a public form: anybody may write",
		BadSettings: []string{`{}`, `{"id":"main"}`},
		Fixtures: []channeltest.Fixture{
			{Name: "urlencoded", Request: post(urlencoded, goodForm, "accept-language", "zh-CN,zh;q=0.9,en;q=0.8"), Private: []string{"parcel"}},
			{Name: "json", Request: post("application/json; charset=utf-8", `{"email":"ann@shop.example","message":"您好","topic":"other","_lang":"en","_id":"n1","more":true}`)},
			{Name: "multipart", Request: post(multi, withFile("\r\n", `filename="C:\docs\bill.txt"`))},
			{Name: "multipart-lf", Request: post(multi, withFile("\n", `filename="bill.txt"`))},
			{Name: "honeypot", Request: post(urlencoded, "_gotcha=buy&message=pills")},
		},
	})
}

func refusedFields(t *testing.T, err error) map[string]string {
	t.Helper()
	require.ErrorIs(t, err, channel.ErrRefused)
	out := map[string]string{}
	var walk func(error)
	walk = func(err error) {
		if e, ok := err.(*desk.Error); ok { //nolint:errorlint // every one of them is wanted, not the first
			out[e.Field] = e.Text
			return
		}
		var list interface{ Unwrap() []error }
		if errors.As(err, &list) {
			for _, e := range list.Unwrap() {
				walk(e)
			}
		}
	}
	walk(err)
	return out
}

// Every field at fault is named, in the customer's language.
func TestFaults(t *testing.T) {
	c := form(t)
	_, err := c.Verify(t.Context(), post(urlencoded, "email=x&phone=12&topic=bad&_lang=zh-CN&name="+strings.Repeat("n", 21)))
	require.Equal(t, map[string]string{
		"name":    "最多可填写 20 个字。",
		"email":   "请填写正确的邮箱地址，例如 name@example.com。",
		"phone":   "请填写正确的电话号码。",
		"topic":   "请从列表中选择一项。",
		"message": "请填写此项。",
	}, refusedFields(t, err))

	tests := []struct{ name, body, field, text string }{
		{"missing", "email=a@b.example&message=+", "message", "Please fill this in."},
		{"50 characters, not bytes", "email=a@b.example&message=" + strings.Repeat("好", 51), "message", "Please use at most 50 characters."},
		{"mail with a name", "message=x&email=Ann+<a@b.example>", "email", ""},
		{"mail without a domain", "message=x&email=a@localhost", "email", ""},
		{"two mails", "message=x&email=a@b.example&email=c@d.example", "email", ""},
		{"phone with letters", "message=x&email=a@b.example&phone=call+me", "phone", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Verify(t.Context(), post(urlencoded, tt.body, "accept-language", "en-GB"))
			fields := refusedFields(t, err)
			require.Len(t, fields, 1)
			require.Contains(t, fields, tt.field)
			require.Contains(t, fields[tt.field], tt.text)
		})
	}
	_, err = c.Verify(t.Context(), post(urlencoded, "email=a@b.example&message="+strings.Repeat("好", 50)))
	require.NoError(t, err)
	_, err = c.Verify(t.Context(), post(multi, parts("\r\n", `name="email"|a@b.example`, `name="message"|x`, `name="file"; filename="a"|`+strings.Repeat("x", 101))))
	require.Contains(t, refusedFields(t, err), "file")
}

// Bodies that can't be read are refused, whatever they are, with the status that says why.
func TestUnreadable(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		status                  int
	}{
		{"no type", "", "a=b", 415},
		{"text", "text/plain", "a=b", 415},
		{"form", urlencoded, "a=%zz", 400},
		{"JSON", "application/json", `{"a":`, 400},
		{"JSON list", "application/json", `[1]`, 400},
		{"JSON null", "application/json", `null`, 400},
		{"JSON nested", "application/json", `{"a":{"b":1}}`, 400},
		{"JSON twice", "application/json", `{} {}`, 400},
		{"no boundary", "multipart/form-data", "", 400},
		{"long boundary", "multipart/form-data; boundary=" + strings.Repeat("x", 71), "", 400},
		{"cut short", multi, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", 400},
		{"part without a name", multi, parts("\r\n", "x=y|z"), 400},
		{"many parts", multi, parts("\r\n", strings.Split(strings.Repeat(`name="a"|b,`, 201), ",")[:201]...), 413},
		{"many fields", urlencoded, strings.Repeat("a=b&", 201), 413},
		{"large field", multi, parts("\r\n", `name="message"|`+strings.Repeat("x", 70_000)), 413},
		{"large files", multi, parts("\r\n", `name="file"; filename="a"|`+strings.Repeat("x", 4<<20+1)), 413},
	}
	c := form(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := post(tt.contentType, tt.body)
			_, err := c.Verify(t.Context(), r)
			require.ErrorIs(t, err, channel.ErrRefused)
			require.Equal(t, tt.status, c.Refuse(r, err).Status)
		})
	}
}

func envelope(t *testing.T, c *webform.Channel, r channel.Request) channel.Envelope {
	t.Helper()
	v, err := c.Verify(t.Context(), r)
	require.NoError(t, err)
	es, err := c.Envelopes(v)
	require.NoError(t, err)
	require.Len(t, es, 1)
	return es[0]
}

// A double click is one submission; the same words tomorrow, or other words from the
// same page, are another.
func TestDedup(t *testing.T) {
	c := form(t)
	dedup := func(body string, after time.Duration) string {
		r := post(urlencoded, body)
		r.At = r.At.Add(after)
		return envelope(t, c, r).Dedup
	}
	base := dedup(goodForm, 0)
	require.Equal(t, base, dedup(goodForm, 2*time.Second))
	require.Equal(t, base, dedup(goodForm+"&unknown=1", 0), "dropped fields don't count")
	require.NotEqual(t, base, dedup(goodForm, 24*time.Hour))
	require.NotEqual(t, base, dedup(strings.Replace(goodForm, "parcel", "money", 1), 0))

	nonce := dedup(goodForm+"&_id=n1", 0)
	require.Equal(t, nonce, dedup(goodForm+"&_id=n1", 24*time.Hour))
	require.NotEqual(t, nonce, dedup(goodForm+"&_id=n2", 0))
	require.NotEqual(t, nonce, dedup("email=a@b.example&message=mended&_id=n1", 0))
}

// One customer's submissions stay in order, however the address is written.
func TestOrder(t *testing.T) {
	c := form(t)
	order := func(body string) string { return envelope(t, c, post(urlencoded, body)).Order }
	require.Equal(t, "ann@shop.example", order("email=ANN@shop.example&message=x"))
	require.Equal(t, order("email=ann@SHOP.example&message=y"), order("email=ANN@shop.example&message=x"))
}

// A robot that fills the honeypot sees just what a customer sees.
func TestHoneypot(t *testing.T) {
	c := form(t)
	r := post(urlencoded, "_gotcha=x&email=nonsense")
	v, err := c.Verify(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, 200, c.Ack(v).Status)
	ins, err := c.Parse(envelope(t, c, r))
	require.NoError(t, err)
	require.Equal(t, "honeypot", ins[0].Spam)
}

// Names of files: no path of either kind, nothing that hides the ending.
func TestFileNames(t *testing.T) {
	c := form(t)
	for given, want := range map[string]string{
		`filename="a.png"`:                        "a.png",
		`filename="C:\Users\li\a.png"`:            "a.png",
		`filename="../../etc/passwd"`:             "passwd",
		`filename="..\..\x/y.txt"`:                "y.txt",
		`filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf`: "发票.pdf",
		`filename*=UTF-8''..%2Fa%5Cb.pdf`:         "b.pdf",
		`filename="发票.pdf"`:                       "发票.pdf",
		"filename=\"a\u202Egnp.exe\"":             "agnp.exe",
		`filename=".."`:                           "file",
		`filename=""`:                             "file",
		`filename=".htaccess"`:                    "htaccess",
	} {
		ins, err := c.Parse(envelope(t, c, post(multi, withFile("\r\n", given))))
		require.NoError(t, err)
		require.Len(t, ins[0].Attachments, 1, given)
		require.Equal(t, want, ins[0].Attachments[0].Name, given)
		require.Equal(t, "line one", string(ins[0].Attachments[0].Data))
		require.EqualValues(t, 8, ins[0].Attachments[0].Size)
	}
}

// "No file chosen" is not a file.
func TestEmptyFilePart(t *testing.T) {
	c := form(t)
	ins, err := c.Parse(envelope(t, c, post(multi, parts("\r\n", `name="email"|a@b.example`, `name="message"|x`, `name="file"; filename=""~Content-Type: application/octet-stream|`))))
	require.NoError(t, err)
	require.Empty(t, ins[0].Attachments)
}

func TestPhones(t *testing.T) {
	c := form(t)
	for given, want := range map[string]string{
		"13800138000": "+8613800138000", "%2B86+138-0013-8000": "+8613800138000", "0086+13800138000": "+8613800138000",
		"%2B1+(415)+867-5309": "+14158675309", "010-8888+8888": "", "4008001234": "",
	} {
		ins, err := c.Parse(envelope(t, c, post(urlencoded, "email=a@b.example&message=x&phone="+given)))
		require.NoError(t, err)
		require.Equal(t, want, ins[0].Contact.Phone, given)
	}
}

// A form that is for feedback says what it is and how it was, whatever language it was
// filled in.
func TestFeedbackForm(t *testing.T) {
	five := ""
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		five += `{"value":"` + n + `","label":{"en":"` + n + ` stars"}},`
	}
	c, err := newForm(`{"id":"ideas","feedback":true,"type":"suggestion","title":{"en":"Ideas"},"fields":[
  {"name":"what","label":{"en":"What"},"type":"choice","max":200,"role":"kind","choices":[{"value":"complaint","label":{"zh-CN":"投诉","en":"Complaint"}},{"value":"praise","label":{"en":"Praise"}}]},
  {"name":"stars","label":{"en":"Stars"},"type":"choice","max":200,"role":"rating","choices":[` + strings.TrimSuffix(five, ",") + `]},
  {"name":"message","label":{"en":"Message"},"type":"textarea","max":50,"role":"message"}]}`)
	require.NoError(t, err)
	read := func(body string) desk.Inbound {
		v, err := c.Verify(t.Context(), post(urlencoded, body))
		require.NoError(t, err)
		es, err := c.Envelopes(v)
		require.NoError(t, err)
		in, err := c.Parse(es[0])
		require.NoError(t, err)
		return in[0]
	}
	two := 2
	require.Equal(t, &desk.Given{Type: desk.Complaint, Rating: &two, Min: 1, Max: 5}, read("what=complaint&stars=2&message=late&_lang=zh-CN").Given)
	require.Equal(t, &desk.Given{Type: desk.Suggestion}, read("message=more+colours").Given, "the form's own type")
	plain, err := newForm(contact)
	require.NoError(t, err)
	v, err := plain.Verify(t.Context(), post(urlencoded, goodForm))
	require.NoError(t, err)
	es, err := plain.Envelopes(v)
	require.NoError(t, err)
	in, err := plain.Parse(es[0])
	require.NoError(t, err)
	require.Nil(t, in[0].Given)
}
