package standin_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/robots"
)

var groups = map[config.RobotKind]string{
	config.WeCom: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=g1", config.DingTalk: "https://oapi.dingtalk.com/robot/send?access_token=g1",
	config.Feishu: "https://open.feishu.cn/open-apis/bot/v2/hook/g1", config.Slack: "https://hooks.slack.com/services/T/B/g1",
}

// tellGroup makes one call as jobs does and reads its answer.
func tellGroup(t *testing.T, w *world, kind config.RobotKind, address, secret string, at time.Time) robots.Answer {
	t.Helper()
	call, err := robots.Make(kind, address, secret, "hi <you>", at)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, call.URL, bytes.NewReader(call.Body))
	require.NoError(t, err)
	resp, err := w.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return robots.Read(kind, resp.StatusCode, body)
}

// Each robot takes its own form; what it was told stands in the outbox, and scripted
// refusals are the provider's own.
func TestRobots(t *testing.T) {
	w := open(t)
	for kind, address := range groups {
		require.True(t, tellGroup(t, w, kind, address, "", w.now).Taken, kind)
	}
	said := w.List(standin.Filter{Channel: standin.GroupRobot, Outgoing: true})
	require.Len(t, said, len(groups))
	for _, m := range said {
		require.Contains(t, m.Text, "you")
	}
	w.Fail(standin.GroupRobot, standin.Failure{Kind: standin.FailCode, Code: 45009})
	require.Equal(t, robots.Answer{Slow: true, Code: 45009}, tellGroup(t, w, config.WeCom, groups[config.WeCom], "", w.now))
	require.Equal(t, robots.Answer{Code: 93000}, tellGroup(t, w, config.WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "", w.now))
}

// A signature counts where the group has a secret: another's, or an old one, is refused.
func TestRobotsSigned(t *testing.T) {
	w := open(t, func(c *standin.Config) {
		c.Secret = func(ch desk.Channel, group string) (string, bool) {
			return "SECx", ch == standin.GroupRobot && group == "g1"
		}
	})
	for kind, code := range map[config.RobotKind]int{config.DingTalk: 310000, config.Feishu: 19021} {
		require.True(t, tellGroup(t, w, kind, groups[kind], "SECx", w.now).Taken)
		require.Equal(t, code, tellGroup(t, w, kind, groups[kind], "SECy", w.now).Code)
		require.Equal(t, code, tellGroup(t, w, kind, groups[kind], "", w.now).Code)
		require.Equal(t, code, tellGroup(t, w, kind, groups[kind], "SECx", w.now.Add(-2*time.Hour)).Code)
	}
}
