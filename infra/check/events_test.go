package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/config"
)

// fixtures are the files of events/, by "function/name".
func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(root(t), "events", "*", "*.json"))
	require.NoError(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(filepath.Dir(name))+"/"+strings.TrimSuffix(filepath.Base(name), ".json")] = b
	}
	return all
}

func TestEachFunctionHasAnEvent(t *testing.T) {
	names, err := Functions(root(t))
	require.NoError(t, err)
	has := map[string]bool{}
	for name := range fixtures(t) {
		fn, _, _ := strings.Cut(name, "/")
		require.Contains(t, names, fn, "events/%s is of no function", fn)
		has[fn] = true
	}
	for _, name := range names {
		require.True(t, has[name], "events/%s/*.json is missing", name)
	}
}

// Each event has the shape that Lambda's own library knows: what it holds comes out
// again after being read into the library's type.
func TestEventsAreLambdas(t *testing.T) {
	deployed := readStack(t).functions()
	for name, b := range fixtures(t) {
		fn, _, _ := strings.Cut(name, "/")
		typed := eventOf(deployed[fn])
		require.NoError(t, json.Unmarshal(b, typed), name)
		again, err := json.Marshal(typed)
		require.NoError(t, err)
		var in, out any
		require.NoError(t, json.Unmarshal(b, &in))
		require.NoError(t, json.Unmarshal(again, &out))
		require.Empty(t, lost(in, out, ""), name)
	}
}

// eventOf is the library's type of the events that a function's sources give it.
func eventOf(fn resource) any {
	for _, src := range fn.sources() {
		switch {
		case src.kind == "HttpApi":
			return new(events.APIGatewayV2HTTPRequest)
		case src.kind == "SQS":
			return new(events.SQSEvent)
		case src.kind == "DynamoDB" && src.props["TumblingWindowInSeconds"] != nil:
			return new(events.DynamoDBTimeWindowEvent)
		case src.kind == "DynamoDB":
			return new(events.DynamoDBEvent)
		}
	}
	return new(map[string]any)
}

// lost names what is in a and not in b.
func lost(a, b any, path string) []string {
	switch a := a.(type) {
	case map[string]any:
		m, _ := b.(map[string]any)
		var all []string
		for name, v := range a {
			all = append(all, lost(v, m[name], path+"."+name)...)
		}
		return all
	case []any:
		l, _ := b.([]any)
		if len(l) != len(a) {
			return []string{path}
		}
		var all []string
		for i, v := range a {
			all = append(all, lost(v, l[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return all
	default:
		if fmt.Sprint(a) != fmt.Sprint(b) {
			return []string{path}
		}
		return nil
	}
}

// What each event must lead to on a new desk with the settings as they come. The
// signatures in the events were made with Python's hashlib, hmac and cryptography over
// the local default secrets (config.LocalDefaults) and the address
// http://127.0.0.1:3000, as the providers' pages say:
//
//	wechat  sha1("".join(sorted([token, timestamp, nonce, encrypted])))
//	sms     base64(hmac_sha1(auth_token, url + "".join(k + v for k, v in sorted(form))))
//	generic base64(hmac_sha256(secret, id + "." + timestamp + "." + body))
//
// WeChat's timestamp is not judged unless the account's max_age says so. A generic
// call's always is, and no file can be of the last five minutes: it is refused.
var leadsTo = map[string]string{
	"wechat/text": "200", "wechat/subscribe": "200", "wechat/check": "200",
	"sms/message": "200", "sms/stop": "200", "sms/status": "200",
	"generic/stale":  "403",
	"webform/submit": "200", "webform/json": "200",
	"portal/form": "200", "portal/forged": "404",
	"console/login": "200", "console/home": "303",
	"api/health": "200", "api/tickets": "200",
}

// An event invoked by hand (`deskhook invoke`, `sam local invoke`) does what it would
// do on AWS: receivers believe it, workers finish it.
func TestEventsWork(t *testing.T) {
	for name, b := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			fn, _, _ := strings.Cut(name, "/")
			out, err := scratch(t).Runner.Invoke(t.Context(), fn, b)
			require.NoError(t, err)
			if want := leadsTo[name]; want != "" {
				var answer events.APIGatewayV2HTTPResponse
				require.NoError(t, json.Unmarshal(out, &answer))
				require.Equal(t, want, fmt.Sprint(answer.StatusCode), "%.300s", answer.Body)
				return
			}
			require.False(t, bytes.Contains(out, []byte("itemIdentifier")), "handed back: %s", out)
		})
	}
}

// scratch is a desk that nobody uses but one test.
func scratch(t *testing.T) *local.Desk {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root(t), "infra", "desk.yaml"))
	require.NoError(t, err)
	s, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	tpl, err := template.Load(filepath.Join(root(t), "template.yaml"), nil)
	require.NoError(t, err)
	d, err := local.Open(local.Options{
		Dir: t.TempDir(), Template: tpl, Settings: s, PublicURL: "http://127.0.0.1:3000", Getenv: func(string) string { return "" },
		Clock: runner.RealClock{}, NoSync: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}
