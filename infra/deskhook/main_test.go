package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// run executes one command line.
func run(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	w := &world{ctx: t.Context(), in: strings.NewReader(stdin), out: &o, err: &e, getenv: func(string) string { return "" }}
	return execute(w, args), o.String(), e.String()
}

func TestHelpAndMistakes(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"run", "--help"}} {
		code, out, _ := run(t, "", args...)
		require.Zero(t, code, args)
		require.Contains(t, out, "Usage: deskhook")
	}
	code, _, errs := run(t, "", "fly")
	require.Equal(t, 2, code)
	require.Contains(t, errs, "fly")
	code, _, errs = run(t, "", "explain", "no-such.eml")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "no-such.eml")
}

// explain prints the keys that scripts rely on, ids without <>.
func TestExplain(t *testing.T) {
	mail := "From: =?utf-8?B?5p2O5piO?= <Li@X.test>\r\nTo: help@desk.test\r\nSubject: hi\r\nMessage-ID: <1@x.test>\r\nIn-Reply-To: <0@x.test>\r\n\r\nYes.\r\n\r\n> Really?\r\n> I mean it.\r\n>\r\n> Amy\r\n"
	code, out, errs := run(t, mail, "explain", "-")
	require.Zero(t, code, errs)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	for _, key := range []string{"from", "from_name", "to", "cc", "subject", "date", "message_id", "in_reply_to", "references", "text", "reply", "html", "attachments", "kind", "why"} {
		require.Contains(t, got, key)
	}
	require.Equal(t, "li@x.test", got["from"])
	require.Equal(t, "李明", got["from_name"])
	require.Equal(t, "0@x.test", got["in_reply_to"])
	require.Equal(t, "Yes.", strings.TrimSpace(got["reply"].(string)))
	require.Equal(t, "message", got["kind"])
}

func TestSegments(t *testing.T) {
	_, out, _ := run(t, "", "segments", "您好")
	require.JSONEq(t, `{"encoding":"UCS-2","segments":1,"characters":2}`, out)
}

// A faulty desk.yaml: every fault with its line, before anything starts.
func TestFaultySettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "desk.yaml")
	require.NoError(t, os.WriteFile(file, []byte("desk:\n  language: xx\n  team: nobody\nteamz: []\n"), 0o600))
	for _, args := range [][]string{{"settings", "check", file}, {"run", "--settings", file, "--template", "../../template.yaml"}} {
		code, _, errs := run(t, "", args...)
		require.Equal(t, 1, code)
		for _, want := range []string{"desk.yaml:2", "desk.yaml:3", "desk.yaml:4"} {
			require.Contains(t, errs, want)
		}
	}
	code, out, _ := run(t, "", "settings", "check", "../desk.yaml")
	require.Zero(t, code)
	require.Contains(t, out, "no faults")
}

// A desk that doesn't run is named, with what to do.
func TestMailWithoutDesk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.eml")
	require.NoError(t, os.WriteFile(file, []byte("From: a@x.test\r\n\r\nhi\r\n"), 0o600))
	code, _, errs := run(t, "", "mail", "--desk", "http://127.0.0.1:1", file)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "make run")
}

// setup ses refuses to take a rule set's place unasked. The far side is a fake that
// answers in SES's own words; real SES wasn't seen.
func TestSetupSES(t *testing.T) {
	var set string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/xml")
		if strings.Contains(string(body), "Action=SetActiveReceiptRuleSet") {
			set = string(body)
			_, _ = io.WriteString(w, `<SetActiveReceiptRuleSetResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SetActiveReceiptRuleSetResult/></SetActiveReceiptRuleSetResponse>`)
			return
		}
		_, _ = io.WriteString(w, `<DescribeActiveReceiptRuleSetResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><DescribeActiveReceiptRuleSetResult><Metadata><Name>other</Name></Metadata></DescribeActiveReceiptRuleSetResult></DescribeActiveReceiptRuleSetResponse>`)
	}))
	defer srv.Close()
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	code, _, errs := run(t, "", "setup", "ses", "--rule-set", "desk", "--endpoint", srv.URL)
	require.Equal(t, 1, code)
	require.Contains(t, errs, `"other" is active`)
	require.Empty(t, set)
	code, out, errs := run(t, "", "setup", "ses", "--rule-set", "desk", "--endpoint", srv.URL, "--replace")
	require.Zero(t, code, errs)
	require.Contains(t, out, "desk")
	require.Contains(t, set, "RuleSetName=desk")
}
