// Package robots writes to group chats: the forms that the robots of WeCom, DingTalk,
// Feishu and Slack take, how they are signed, and what their answers mean. Texts go plain,
// never as Markdown or HTML, and can't call anybody: a subject is a customer's words.
//
// Sources: WeCom "群机器人配置说明" (path 91770), DingTalk "自定义机器人接入" and its
// "安全设置", Feishu "自定义机器人使用指南", Slack "Sending messages using incoming webhooks".
package robots

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
)

// Call is what to send: a POST of JSON.
type Call struct {
	URL  string
	Body []byte
}

// Errors of a call's making. They never hold the address: who has it can write to the
// group.
var (
	ErrURL  = errors.New("robots: the address should be the https:// one that the chat gives")
	ErrKind = errors.New("robots: no such kind")
)

// maxText is how much a group is told at once, in bytes; WeCom takes 2048 of plain text.
const maxText = 2000

// Make makes the call that brings a text to a group. secret may be empty where the robot
// isn't signed for; at is the time of signing, which DingTalk and Feishu want within the
// hour.
func Make(kind config.RobotKind, address, secret, text string, at time.Time) (Call, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Call{}, ErrURL
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	body, ok := form(kind, text)
	if !ok {
		return Call{}, ErrKind
	}
	switch {
	case secret == "":
	case kind == config.DingTalk:
		q, ms := u.Query(), strconv.FormatInt(at.UnixMilli(), 10)
		q.Set("timestamp", ms)
		q.Set("sign", signDingTalk(secret, ms))
		u.RawQuery = q.Encode()
	case kind == config.Feishu:
		s := strconv.FormatInt(at.Unix(), 10)
		body["timestamp"], body["sign"] = s, signFeishu(secret, s)
	}
	b, err := json.Marshal(body)
	return Call{URL: u.String(), Body: b}, err
}

func form(kind config.RobotKind, text string) (map[string]any, bool) {
	switch kind {
	case config.WeCom, config.DingTalk:
		return map[string]any{"msgtype": "text", "text": map[string]any{"content": text}}, true
	case config.Feishu: // reads <at user_id="all"> even in plain texts
		text = strings.NewReplacer("<", "＜", ">", "＞").Replace(text)
		return map[string]any{"msg_type": "text", "content": map[string]any{"text": text}}, true
	case config.Slack: // reads <!channel> unless it is escaped
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
		return map[string]any{"text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false}, true
	}
	return nil, false
}

// signDingTalk signs the milliseconds and the secret by the secret.
func signDingTalk(secret, ms string) string { return mac(secret, ms+"\n"+secret) }

// signFeishu signs nothing: seconds and secret are the key.
func signFeishu(secret, s string) string { return mac(s+"\n"+secret, "") }

func mac(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Answer is what a call came to.
type Answer struct {
	Taken bool
	Slow  bool // the robot writes too often now: again later
	Again bool // trouble that passes by itself
	Code  int  // the provider's own code, or the HTTP status where it gives none
}

// reply is the answer of all kinds but Slack's: errcode, or code.
type reply struct {
	ErrCode *int `json:"errcode"`
	Code    *int `json:"code"`
	Status  *int `json:"StatusCode"` // Feishu, besides code
}

// slow are the codes that ask for patience. 45009 (WeCom) comes at 20 messages a minute,
// 130101 and 410100 (DingTalk) likewise, 11232 and 9499 (Feishu) at 5 a second or 100 a
// minute.
var slow = map[int]bool{45009: true, 45033: true, 130101: true, 410100: true, 11232: true, 11233: true, 9499: true, 99991400: true}

// busy is what all of them answer with while they have trouble themselves.
const busy = -1

// Read reads an answer.
func Read(kind config.RobotKind, status int, body []byte) Answer {
	a := Answer{Code: status}
	switch {
	case status == http.StatusTooManyRequests:
		a.Slow = true
	case status >= 500:
		a.Again = true
	case kind == config.Slack:
		a.Taken = status == http.StatusOK && strings.TrimSpace(string(body)) == "ok"
	default:
		a.read(status, body)
	}
	return a
}

func (a *Answer) read(status int, body []byte) {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return // no robot's answer
	}
	for _, code := range []*int{r.ErrCode, r.Code, r.Status} {
		if code == nil {
			continue
		}
		if *code == 0 {
			a.Taken = status == http.StatusOK
			return
		}
		a.Code, a.Slow, a.Again = *code, slow[*code], *code == busy
		return
	}
}
