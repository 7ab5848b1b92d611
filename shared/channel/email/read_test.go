package email_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/email"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	require.NoError(t, err)
	return raw
}

func read(t testing.TB, raw []byte) email.Mail {
	t.Helper()
	m, err := email.Read(raw)
	require.NoError(t, err)
	return m
}

// RFC 3464 and what is found in the wild: who could not be reached, why, about which
// mail, and whether for good.
func TestReadReports(t *testing.T) {
	for name, want := range map[string]email.Report{
		"bounce-dsn": {MailID: "m1.7K3Q9W@example.com", Action: "failed", Subject: "Re: Order",
			Failed: []email.Failed{{Address: "ann@example.org", Status: "5.1.1", Permanent: true}}},
		"dsn-delayed":   {MailID: "m1.7K3Q9W@example.com", Action: "delayed", Subject: "Re: Order"},
		"dsn-delivered": {Action: "delivered"},
		"bounce-qmail": {MailID: "m1.7K3Q9W@example.com", Action: "failed",
			Failed: []email.Failed{{Address: "ann@example.org", Status: "5.1.1", Permanent: true}}},
		"bounce-exim":   {Action: "failed", Failed: []email.Failed{{Address: "ann@example.org", Status: "4.2.2"}}},
		"bounce-zh":     {Action: "failed", Failed: []email.Failed{{Address: "wang@example.cn", Status: "5.1.1", Permanent: true}}},
		"complaint-arf": {MailID: "m1.7K3Q9W@example.com", Action: "abuse", Subject: "Order", Failed: []email.Failed{{Address: "ann@example.org"}}},
		"receipt-mdn":   {MailID: "m1.7K3Q9W@example.com", Action: "displayed"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, want, read(t, fixture(t, name)).Report) })
	}
}

// Promise 5: nothing automatic is answered, but who only asks for silence still wrote.
func TestReadNoAutoReply(t *testing.T) {
	for name, silent := range map[string]bool{
		"plain": false, "message-subject-alone": false, "message-forwards-bounce": false,
		"message-suppress": true, "auto-list": true, "bounce-dsn": true, "receipt-mdn": true,
	} {
		require.Equal(t, silent, read(t, fixture(t, name)).NoAutoReply != "", name)
	}
	require.Equal(t, email.KindMessage, read(t, fixture(t, "message-suppress")).Kind)
}

// RFC 3834 5: Auto-Submitted has parameters and comments; anything but "no" counts.
func TestReadAutomaticHeaders(t *testing.T) {
	for head, want := range map[string]email.Kind{
		"Auto-Submitted: no":                        email.KindMessage,
		"Auto-Submitted: NO (really)":               email.KindMessage,
		"Auto-Submitted: auto-replied; type=a":      email.KindAuto,
		"Auto-Submitted: (x) auto-notified":         email.KindAuto,
		"Auto-Submitted: auto-something-new":        email.KindAuto,
		"Auto-Submitted: auto-replied\x00; type=a":  email.KindAuto,
		"Precedence: BULK":                          email.KindAuto,
		"Precedence: first-class":                   email.KindMessage,
		"List-Unsubscribe: <https://example.org>":   email.KindAuto,
		"X-Autorespond: x":                          email.KindAuto,
		"X-Autoreply: yes":                          email.KindAuto,
		"X-Autoreply: no":                           email.KindMessage,
		"Return-Path: <>":                           email.KindAuto,
		"Return-Path: <ann@example.org>":            email.KindMessage,
		"X-Auto-Response-Suppress: All":             email.KindMessage,
		"X-Auto-Response-Suppress: None":            email.KindMessage,
		"Disposition-Notification-To: a@example.or": email.KindMessage,
	} {
		m := read(t, []byte(head+"\r\nFrom: ann@example.org\r\nSubject: x\r\n\r\nHi\r\n"))
		require.Equal(t, want, m.Kind, head)
		require.Equal(t, want != email.KindMessage, m.Why != "", head)
		checkMail(t, m)
	}
}

// The desk finds customers by From: odd forms must give the right one.
func TestReadFrom(t *testing.T) {
	for from, want := range map[string][2]string{
		`ann@example.org`:                                         {"ann@example.org", ""},
		`<Ann@Example.ORG>`:                                       {"ann@example.org", ""},
		`Ann Lee <ann@example.org>`:                               {"ann@example.org", "Ann Lee"},
		`"Lee, Ann" <ann@example.org>`:                            {"ann@example.org", "Lee, Ann"},
		`"Ann \"A\" Lee" <ann@example.org>`:                       {"ann@example.org", `Ann "A" Lee`},
		`ann@example.org (Ann Lee)`:                               {"ann@example.org", "Ann Lee"},
		`Ann (the (real) one) <ann@example.org>`:                  {"ann@example.org", "Ann"},
		`"bob@example.org" <ann@example.org>`:                     {"ann@example.org", "bob@example.org"},
		`bob@example.org <ann@example.org>`:                       {"ann@example.org", "bob@example.org"},
		`"<bob@example.org>" <ann@example.org>`:                   {"ann@example.org", "<bob@example.org>"},
		`ann@example.org, bob@example.org`:                        {"ann@example.org", ""},
		`Team: ann@example.org, bob@example.org;`:                 {"ann@example.org", ""},
		`=?utf-8?Q?Ann_=3Cbob@example.org=3E?= <ann@example.org>`: {"ann@example.org", "Ann <bob@example.org>"},
		`=?utf-8?B?546L?= =?utf-8?B?5piO?= <ann@example.org>`:     {"ann@example.org", "王明"},
		`"=?gb2312?B?zfU=?=" <ann@example.org>`:                   {"ann@example.org", "王"},
		`<@relay.example,@b.example:ann@example.org>`:             {"ann@example.org", ""},
		`< ann@example.org >`:                                     {"ann@example.org", ""},
		`Ann <ann@example.org`:                                    {"ann@example.org", "Ann"},
		`"ann lee"@example.org`:                                   {`"ann lee"@example.org`, ""},
		`"ann"@example.org`:                                       {"ann@example.org", ""},
		`<"ann"@example.org>`:                                     {"ann@example.org", ""},
		`mailto:ann@example.org`:                                  {"ann@example.org", ""},
		`MAILER-DAEMON`:                                           {"mailer-daemon", ""},
		`ann@exämple.org`:                                         {"ann@exämple.org", ""},
		`Ann Lee`:                                                 {"", "Ann Lee"},
		`undisclosed-recipients:;`:                                {"", "undisclosed-recipients:;"},
		``:                                                        {"", ""},
	} {
		m := read(t, []byte("From: "+from+"\r\nSubject: x\r\n\r\nHi\r\n"))
		require.Equal(t, want, [2]string{m.From, m.FromName}, from)
	}
	require.Equal(t, 2, read(t, fixture(t, "from-twice")).Senders)
}

func TestReadDates(t *testing.T) {
	want := time.Date(2024, 3, 5, 2, 0, 0, 0, time.UTC)
	for _, d := range []string{
		"Tue, 05 Mar 2024 10:00:00 +0800", "5 Mar 2024 02:00:00 GMT", "Tue, 5 Mar 2024 10:00:00 +0800 (CST)",
		"Tue, 05 Mar 2024 02:00:00 UT", "2024-03-05T10:00:00+08:00", "Tue Mar  5 02:00:00 2024", "Tue, 05 Mar 2024 02:00:00",
		"Tue,  5 Mar 2024\r\n 10:00:00 +0800",
	} {
		require.Equal(t, want, read(t, []byte("Date: "+d+"\r\n\r\nHi")).Date, d)
	}
	for _, d := range []string{"", "yesterday", "Tue, 99 Mar 2024", "Thu, 01 Jan 1601 00:00:00 +0000"} {
		require.True(t, read(t, []byte("Date: "+d+"\r\n\r\nHi")).Date.IsZero(), d)
	}
}

func TestReadIDs(t *testing.T) {
	m := read(t, []byte("Message-ID:\r\n <a\r\n b@x>\r\nIn-Reply-To: your mail of Tuesday <q@x> (yes)\r\n"+
		"References: <1@x><2@x>,\r\n\t<3@x> <>\r\n\r\nHi"))
	require.Equal(t, "ab@x", m.MessageID)
	require.Equal(t, "q@x", m.InReplyTo)
	require.Equal(t, []string{"1@x", "2@x", "3@x"}, m.References)
	m = read(t, []byte("Message-ID: bare@x\r\nReferences: 1@x 2@x\r\n\r\nHi"))
	require.Equal(t, "bare@x", m.MessageID)
	require.Equal(t, []string{"1@x", "2@x"}, m.References)
}

func TestReadEmpty(t *testing.T) {
	for _, raw := range []string{"", "\r\n\r\n", "  \t"} {
		_, err := email.Read([]byte(raw))
		require.ErrorIs(t, err, email.ErrEmpty)
	}
}

// The promise: HTML is shown without scripts and without telling the sender that it
// was opened.
func TestReadCleansHTML(t *testing.T) {
	for bad, gone := range map[string]string{
		`<script>steal()</script>`:                          "steal",
		`<img src="https://t.example/p.gif">`:               "t.example",
		`<img src="//t.example/p.gif">`:                     "t.example",
		`<p style="background:url(https://t.example)">`:     "t.example",
		`<p style="background-color:url(//t.example/x)">`:   "t.example",
		`<a href="javascript:steal()">x</a>`:                "javascript",
		`<p onclick="steal()">x</p>`:                        "steal",
		`<iframe src="https://t.example"></iframe>`:         "t.example",
		`<form action="https://t.example"><input></form>`:   "t.example",
		`<link rel=stylesheet href="https://t.example">`:    "t.example",
		`<img srcset="https://t.example/p.gif 2x" alt=x>`:   "t.example",
		`<table background="https://t.example"></table>`:    "t.example",
		`<svg><image href="https://t.example"/></svg>`:      "t.example",
		`<style>@import "https://t.example"</style>`:        "t.example",
		`<img src="data:text/html,<script>steal()">`:        "steal",
		`<base href="https://t.example">`:                   "t.example",
		`<meta http-equiv=refresh content="0;//t.example">`: "t.example",
	} {
		m := read(t, []byte("Content-Type: text/html\r\n\r\n<p>words</p>"+bad))
		require.Contains(t, m.HTML, "words", bad)
		require.NotContains(t, m.HTML, gone, bad)
	}
}

// The promise: 40 MB, what SES takes, are read in seconds; so are mails built to be
// slow.
func TestReadLarge(t *testing.T) {
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 54)) + "\r\n"
	var b bytes.Buffer
	b.WriteString("From: ann@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n" +
		"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	b.WriteString(strings.Repeat(line, 40<<20/len(line)))
	b.WriteString("--b--\r\n")
	start := time.Now()
	m := read(t, b.Bytes())
	require.Equal(t, "See.", m.Text)
	require.EqualValues(t, 40<<20/len(line)*54, m.Attachments[0].Size)
	t.Logf("40 MB attachment: %v", time.Since(start))
}

func TestReadBuiltToBeSlow(t *testing.T) {
	nested := func(n int) string {
		var b strings.Builder
		b.WriteString("Content-Type: multipart/mixed; boundary=b0\r\n\r\n")
		for i := range n {
			fmt.Fprintf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
		}
		fmt.Fprintf(&b, "--b%d\r\n\r\ndeep\r\n", n)
		return b.String()
	}
	for name, raw := range map[string]string{
		"nested":         nested(20_000),
		"nested a bit":   nested(11),
		"nested more":    nested(50),
		"folded header":  "Subject: x\r\n" + strings.Repeat(" y\r\n", 500_000) + "\r\nHi",
		"many headers":   strings.Repeat("X: y\r\n", 300_000) + "\r\nHi",
		"many addresses": "To: " + strings.Repeat("a@b.c, ", 100_000) + "\r\n\r\nHi",
		"encoded words":  "Subject: " + strings.Repeat("=?utf-8?Q?a?= ", 100_000) + "\r\n\r\nHi",
		"open brackets":  "References: " + strings.Repeat("<", 200_000) + "\r\n\r\nHi",
		"html depth":     "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>", 200_000) + "Hi",
		"quotes":         "\r\n" + strings.Repeat("> a\r\nb\r\n", 200_000),
		"params":         "Content-Type: text/plain" + strings.Repeat("; a=b", 200_000) + "\r\n\r\nHi",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			m := read(t, []byte(raw))
			require.Less(t, time.Since(start), 20*time.Second)
			require.NotEmpty(t, m.Text)
		})
	}
}

// The promise: whatever comes, valid UTF-8 without control characters, lists as
// promised, and some text where the body had any.
func checkMail(t testing.TB, m email.Mail) {
	all := []string{m.From, m.FromName, m.Subject, m.MessageID, m.InReplyTo, m.ReturnPath, m.Text, m.Reply, m.HTML, m.Why,
		m.NoAutoReply, m.Report.MailID, m.Report.Action, m.Report.Subject}
	for _, list := range [][]string{m.To, m.Cc, m.ReplyTo, m.References} {
		all = append(all, list...)
	}
	for _, f := range m.Report.Failed {
		all = append(all, f.Address, f.Status)
	}
	for _, mark := range m.Marks {
		for _, v := range mark.Args {
			all = append(all, v)
		}
	}
	for _, s := range all {
		require.True(t, utf8.ValidString(s), "%q", s)
		require.NotContains(t, s, "\x00")
	}
	require.NotContains(t, m.Subject, "\n")
	require.Equal(t, strings.TrimSpace(m.Text) == "", m.Reply == "")
	for _, a := range m.Attachments {
		require.NotEmpty(t, a.Name)
		require.True(t, utf8.ValidString(a.Name))
		require.NotContains(t, a.Name, "/")
		require.Contains(t, a.Type, "/")
		require.Len(t, a.SHA256, 64)
		require.EqualValues(t, len(a.Data), a.Size)
	}
	require.Contains(t, []email.Kind{email.KindMessage, email.KindBounce, email.KindAuto, email.KindReceipt, email.KindComplaint}, m.Kind)
}

func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.eml")
	for _, n := range names {
		raw, err := os.ReadFile(n)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := email.Read(raw)
		if err != nil {
			require.ErrorIs(t, err, email.ErrEmpty)
			return
		}
		checkMail(t, m)
		_, err = email.Explain(raw)
		require.NoError(t, err)
	})
}

func TestPlusTag(t *testing.T) {
	for addr, want := range map[string]string{
		"help+TAG.x@example.com": "TAG.x", "help+a+b@example.com": "a+b", "help@example.com": "", "help+@example.com": "", "a+b": "",
	} {
		tag, ok := email.PlusTag(addr)
		require.Equal(t, want, tag, addr)
		require.Equal(t, want != "", ok, addr)
	}
	require.Equal(t, "help@example.com", email.Untagged("Help+TAG@Example.com"))
}
