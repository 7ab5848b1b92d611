package standin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// GroupRobot is the outbox's channel of what group chats' robots were told.
const GroupRobot desk.Channel = "robot"

// robotHosts are the hosts of group chats' robots, with the paths they take.
var robotHosts = map[string]string{
	"qyapi.weixin.qq.com": "/cgi-bin/webhook/send", "oapi.dingtalk.com": "/robot/send",
	"open.feishu.cn": "/open-apis/bot/v2/hook/", "hooks.slack.com": "/services/",
}

// robotCall is the body of any of the four.
type robotCall struct {
	MsgType    string                `json:"msgtype"`
	FeishuType string                `json:"msg_type"`
	Text       json.RawMessage       `json:"text"` // Slack's is a string
	Content    struct{ Text string } `json:"content"`
	Timestamp  string                `json:"timestamp"`
	Sign       string                `json:"sign"`
}

// text reads what the group is shown; "" where the form is none of the host's.
func (c robotCall) text(host string) string {
	var inner struct{ Content string }
	var plain string
	switch {
	case host == "open.feishu.cn" && c.FeishuType == "text":
		return c.Content.Text
	case host == "hooks.slack.com" && json.Unmarshal(c.Text, &plain) == nil:
		return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(plain)
	case c.MsgType == "text" && json.Unmarshal(c.Text, &inner) == nil:
		return inner.Content
	}
	return ""
}

// robotFault is how each host refuses: a bad key, a bad form, a bad signature.
type robotFault struct{ key, form, sign int }

var robotFaults = map[string]robotFault{
	"qyapi.weixin.qq.com": {93000, 40008, 0}, "oapi.dingtalk.com": {300005, 43004, 310000}, "open.feishu.cn": {19001, 9499, 19021},
}

// robot plays the robots of WeCom, DingTalk, Feishu and Slack: signatures are held
// against the secret of the group (Config.Secret), where there is one.
func (s *Standin) robot(req *http.Request) (*http.Response, *Message, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, nil, err
	}
	host, fault := req.URL.Hostname(), robotFaults[req.URL.Hostname()]
	group := robotGroup(req)
	var c robotCall
	bad := json.Unmarshal(body, &c)
	switch {
	case req.Method != http.MethodPost || group == "" || !strings.HasPrefix(req.URL.Path, robotHosts[host]):
		return robotAnswer(req, fault.key), nil, nil
	case bad != nil || c.text(host) == "":
		return robotAnswer(req, fault.form), nil, nil
	case !s.robotSigned(req, c, group):
		return robotAnswer(req, fault.sign), nil, nil
	}
	m := &Message{Channel: GroupRobot, Customer: host, Desk: "robot", Text: c.text(host), ID: fmt.Sprintf("robot-%d", s.next())}
	return robotAnswer(req, 0), m, nil
}

// robotGroup is the key that names the group.
func robotGroup(req *http.Request) string {
	q := req.URL.Query()
	for _, name := range []string{"key", "access_token"} {
		if q.Get(name) != "" {
			return q.Get(name)
		}
	}
	return strings.TrimPrefix(req.URL.Path, robotHosts[req.URL.Hostname()])
}

// robotSigned checks the signature and that its time is within the hour.
func (s *Standin) robotSigned(req *http.Request, c robotCall, group string) bool {
	secret, ok := "", false
	if s.cfg.Secret != nil {
		secret, ok = s.cfg.Secret(GroupRobot, group)
	}
	at, sign, key, text, unit := c.Timestamp, c.Sign, c.Timestamp+"\n"+secret, "", time.Second
	switch {
	case !ok || req.URL.Hostname() != "oapi.dingtalk.com" && req.URL.Hostname() != "open.feishu.cn":
		return true
	case req.URL.Hostname() == "oapi.dingtalk.com":
		at, sign, unit = req.URL.Query().Get("timestamp"), req.URL.Query().Get("sign"), time.Millisecond
		key, text = secret, at+"\n"+secret
	}
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	n, err := strconv.ParseInt(at, 10, 64)
	age := s.cfg.Now().Sub(time.Unix(0, n*int64(unit)))
	return err == nil && age.Abs() < time.Hour && hmac.Equal([]byte(sign), []byte(base64.StdEncoding.EncodeToString(h.Sum(nil))))
}

// robotAnswer answers in the host's own form; 0 is success.
func robotAnswer(req *http.Request, code int) *http.Response {
	said := map[bool]string{true: "ok", false: "refused"}[code == 0]
	switch host := req.URL.Hostname(); {
	case host == "open.feishu.cn":
		return reply(req, http.StatusOK, map[string]any{"code": code, "msg": said, "data": map[string]any{}})
	case host != "hooks.slack.com":
		return reply(req, http.StatusOK, map[string]any{"errcode": code, "errmsg": said})
	case said == "ok" && code == 0 && strings.HasPrefix(req.URL.Path, "/services/"):
		resp := reply(req, http.StatusOK, nil)
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader("ok")), 2
		return resp
	}
	return reply(req, http.StatusBadRequest, "invalid_payload")
}
