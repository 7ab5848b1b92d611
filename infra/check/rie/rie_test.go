package rie

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/check"
	"github.com/deskhook/deskhook/shared/config"
)

// secrets of a deployed desk. They are not the local defaults, which a deployed one
// refuses; so the signatures in events/, made with those, must be refused too.
var secrets = map[string]string{
	"wechat/main/token": "a token of this test", "wechat/main/app_secret": "a secret of this test",
	"wechat/main/encoding_aes_key": "YSBrZXkgb2YgdGhpcyB0ZXN0LCAzMiBieXRlcyBsbyE",
	"sms/main/auth_token":          "an auth token of this test",
	"desk/link-key":                "a link key of this test, long enough",
	"api/token":                    "an API token of this test",
}

// answers are the status codes expected of what answers HTTP.
var answers = map[string]int{
	"wechat/text": 403, "wechat/subscribe": 403, "wechat/check": 403,
	"sms/message": 403, "sms/stop": 403, "sms/status": 403,
	"webform/submit": 200, "webform/json": 200,
	"portal/form": 200, "portal/forged": 404,
	"console/login": 403, "console/home": 303, // a deployed console has no local sign-in
	"api/health": 200, "api/tickets": 401,
}

// sends is how many messages an event must put on a queue.
var sends = map[string]int{"webform/submit": 1, "webform/json": 1, "email/received": 1, "email/delivered": 1, "relay/reply": 1,
	"schedule/tick": 1} // the index, which is asked for in each minute here

// Each binary starts as Lambda starts it, and answers the events of its folder.
func TestBinariesAnswerUnderLambdasEmulator(t *testing.T) {
	emulator := findEmulator(t)
	root, err := check.Root()
	require.NoError(t, err)
	bin := build(t, root)
	names, err := check.Functions(root)
	require.NoError(t, err)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			c := newCloud(snapshot(t, root), secrets)
			aws := httptest.NewServer(c)
			defer aws.Close()
			invoke := start(t, emulator, filepath.Join(bin, name), aws.URL)
			files, err := filepath.Glob(filepath.Join(root, "events", name, "*.json"))
			require.NoError(t, err)
			require.NotEmpty(t, files)
			for _, f := range files {
				event, err := os.ReadFile(f)
				require.NoError(t, err)
				judge(t, name+"/"+strings.TrimSuffix(filepath.Base(f), ".json"), invoke(event), c)
			}
		})
	}
}

func judge(t *testing.T, event string, answer []byte, c *cloud) {
	t.Helper()
	if event == "tokens/tick" { // its provider can't be reached: a failure, told as Lambda's runtime tells one
		require.Contains(t, string(answer), "errorMessage", event)
		return
	}
	require.NotContains(t, string(answer), "errorMessage", event)
	require.NotContains(t, string(answer), "itemIdentifier", "%s: handed back", event)
	if want := answers[event]; want != 0 {
		var got struct{ StatusCode int }
		require.NoError(t, json.Unmarshal(answer, &got), "%s: %s", event, answer)
		require.Equal(t, want, got.StatusCode, "%s: %.300s", event, answer)
	}
	require.Len(t, c.took(), sends[event], event)
}

// findEmulator looks where `make tools` puts it, and where DESKHOOK_RIE says.
func findEmulator(t *testing.T) string {
	t.Helper()
	arch := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	root, err := check.Root()
	require.NoError(t, err)
	found, _ := filepath.Glob(filepath.Join(root, ".cache/venv/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-"+arch))
	if path := os.Getenv("DESKHOOK_RIE"); path != "" {
		found = []string{path}
	}
	if len(found) == 0 || runtime.GOOS != "linux" {
		check.Missing(t, "Lambda's Runtime Interface Emulator (make tools)")
	}
	return found[0]
}

// build makes all functions for this machine, otherwise as they are deployed.
func build(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-trimpath", "-o", dir+"/", "./functions/...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

func snapshot(t *testing.T, root string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, "infra", "desk.yaml"))
	require.NoError(t, err)
	s, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return b
}

// start runs a binary under the emulator and gives what invokes it.
func start(t *testing.T, emulator, binary, aws string) func([]byte) []byte {
	t.Helper()
	addr, api := free(t), free(t)
	var log bytes.Buffer
	cmd := exec.Command(emulator, "--runtime-interface-emulator-address", addr, "--runtime-api-address", api, binary)
	cmd.Env = environment(aws)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it and the binary it started
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s", log.Bytes())
		}
	})
	return func(event []byte) []byte { return post(t, "http://"+addr, event) }
}

// environment is what template.yaml and Lambda set.
func environment(aws string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "AWS_REGION=eu-central-1", "AWS_ENDPOINT_URL=" + aws, "HTTPS_PROXY=" + aws,
		"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=key", "AWS_LAMBDA_FUNCTION_TIMEOUT=30",
		"DESKHOOK_DEPLOYED=1", "TABLE=desk", "BUCKET=bucket", "SECRETS_PATH=/deskhook", "PUBLIC_URL=http://127.0.0.1:3000",
		"SES_CONFIGURATION_SET=deskhook", "INDEX_EVERY=1m",
	}
	for _, q := range []string{"INBOUND_FIFO", "OUTBOUND", "JOBS", "SURVEYS", "SESMAIL"} {
		name := strings.ToLower(strings.Replace(q, "_", ".", 1))
		env = append(env, fmt.Sprintf("QUEUE_%s=%s/123456789012/%s", q, aws, name))
	}
	for _, q := range []string{"INBOUND_DEAD_FIFO", "OUTBOUND_DEAD", "JOBS_DEAD", "SURVEYS_DEAD", "SESMAIL_DEAD"} {
		env = append(env, fmt.Sprintf("QUEUE_%s=%s/123456789012/dead", q, aws))
	}
	return env
}

// post invokes, and waits for an emulator that isn't up yet.
func post(t *testing.T, base string, event []byte) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/2015-03-31/functions/function/invocations", bytes.NewReader(event))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			return body
		}
		require.NoError(t, ctx.Err(), "the emulator doesn't answer: %v", err)
		time.Sleep(50 * time.Millisecond) // another process's start: nothing to wait on
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}
