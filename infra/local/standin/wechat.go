package standin

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

const (
	maxCall = 64 << 20 // bytes of one call's body

	tokenLife  = 2 * time.Hour
	tokenGrace = 5 * time.Minute // old and new token are both valid so long
)

func readCloser(b []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(req.Body, maxCall))
}

// wechat plays api.weixin.qq.com. The HTTP status is always 200; the errcode tells.
func (s *Standin) wechat(req *http.Request) (*http.Response, *Message, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, nil, err
	}
	switch req.Method + " " + req.URL.Path {
	case "POST /cgi-bin/stable_token":
		return s.stableToken(req, body), nil, nil
	case "POST /cgi-bin/message/custom/send":
		app, code := s.tokenOf(req.URL.Query().Get("access_token"))
		if code != 0 {
			return wechatError(req, code, "invalid credential"), nil, nil
		}
		resp, m := s.customSend(req, app, body)
		return resp, m, nil
	case "POST /cgi-bin/message/template/send", "POST /cgi-bin/message/subscribe/bizsend":
		app, code := s.tokenOf(req.URL.Query().Get("access_token"))
		if code != 0 {
			return wechatError(req, code, "invalid credential"), nil, nil
		}
		resp, m := s.notice(req, app, body)
		return resp, m, nil
	case "GET /cgi-bin/user/info":
		return s.userInfo(req), nil, nil
	case "GET /cgi-bin/media/get":
		return s.mediaGet(req), nil, nil
	case "POST /cgi-bin/media/upload":
		return s.mediaUpload(req, body), nil, nil
	}
	return wechatError(req, 40066, "invalid url"), nil, nil
}

func wechatError(req *http.Request, code int, msg string) *http.Response {
	return reply(req, http.StatusOK, map[string]any{"errcode": code, "errmsg": msg + " rid: standin"})
}

func (s *Standin) stableToken(req *http.Request, body []byte) *http.Response {
	var in struct {
		Grant  string `json:"grant_type"`
		App    string `json:"appid"`
		Secret string `json:"secret"`
	}
	switch code := s.tokenRefusal(); {
	case code == 40164: // which names the address it saw
		return wechatError(req, code, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist")
	case code != 0:
		return wechatError(req, code, "scripted")
	case json.Unmarshal(body, &in) != nil:
		return wechatError(req, 47001, "data format error")
	case in.Grant != "client_credential":
		return wechatError(req, 40002, "invalid grant_type")
	case in.App == "":
		return wechatError(req, 40013, "invalid appid")
	case !s.knows(desk.WeChat, in.App, in.Secret):
		return wechatError(req, 40125, "invalid appsecret")
	}
	// In the last minutes of a token's life the next one is given, as the real API does.
	at := s.cfg.Now().Add(tokenGrace)
	ends := at.Truncate(tokenLife).Add(tokenLife)
	left := min(ends.Sub(s.cfg.Now()), tokenLife)
	return reply(req, http.StatusOK, map[string]any{"access_token": accessToken(in.App, at), "expires_in": int(left.Seconds())})
}

func (s *Standin) knows(c desk.Channel, account, secret string) bool {
	if s.cfg.Secret != nil {
		if want, ok := s.cfg.Secret(c, account); ok {
			return subtle.ConstantTimeCompare([]byte(want), []byte(secret)) == 1
		}
	}
	return secret != ""
}

// accessToken is the account's token at a time: the same for two hours, and again
// after a restart, so nothing needs keeping.
func accessToken(app string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte("standin"))
	_, _ = fmt.Fprintf(mac, "%s|%d", app, at.Truncate(tokenLife).Unix())
	return "standin_" + hex.EncodeToString([]byte(app)) + "_" + hex.EncodeToString(mac.Sum(nil))
}

// tokenOf gives the account of a token, or the errcode for one that isn't valid now.
func (s *Standin) tokenOf(token string) (app string, code int) {
	parts := strings.Split(token, "_")
	if len(parts) != 3 {
		return "", 40001
	}
	b, err := hex.DecodeString(parts[1])
	if err != nil {
		return "", 40001
	}
	app = string(b)
	now := s.cfg.Now()
	for _, at := range []time.Time{now, now.Add(tokenGrace), now.Add(-tokenGrace)} {
		if token == accessToken(app, at) {
			return app, 0
		}
	}
	for ago := tokenLife; ago <= 24*time.Hour; ago += tokenLife {
		if token == accessToken(app, now.Add(-ago)) {
			return "", 42001
		}
	}
	return "", 40001
}

// customSend checks what the real API checks and keeps the message.
func (s *Standin) customSend(req *http.Request, app string, body []byte) (*http.Response, *Message) {
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Image, Voice, Video struct {
			ID string `json:"media_id"`
		}
		Menu struct {
			Head string `json:"head_content"`
			Tail string `json:"tail_content"`
			List []struct {
				ID      string `json:"id"`
				Content string `json:"content"`
			} `json:"list"`
		} `json:"msgmenu"`
	}
	m := &Message{Channel: desk.WeChat, Desk: app}
	switch {
	case json.Unmarshal(body, &in) != nil || !utf8.Valid(body):
		return wechatError(req, 47001, "data format error"), nil
	case bytes.Contains(body, []byte(`\u`)):
		return wechatError(req, 40033, "invalid charset"), nil
	case strings.TrimSpace(in.To) == "":
		return wechatError(req, 40003, "invalid openid"), nil
	case in.Type == "text":
		m.Text = in.Text.Content
	case in.Type == "msgmenu":
		m.Text = strings.TrimSpace(in.Menu.Head + "\n" + in.Menu.Tail)
		for _, c := range in.Menu.List {
			m.Menu = append(m.Menu, Choice{c.ID, c.Content})
		}
	case in.Type == "image" || in.Type == "voice" || in.Type == "video":
		f, ok := s.laid(in.Image.ID + in.Voice.ID + in.Video.ID)
		if !ok || s.cfg.Now().Sub(f.at) > mediaLife {
			return wechatError(req, 40007, "invalid media_id"), nil
		}
		m.Files = []string{f.name}
	default:
		return wechatError(req, 40008, "invalid message type"), nil
	}
	switch {
	case m.Text == "" && len(m.Menu) == 0 && len(m.Files) == 0:
		return wechatError(req, 44004, "empty content"), nil
	case len(m.Text) > 2048:
		return wechatError(req, 45002, "content size out of limit"), nil
	}
	m.Customer = in.To
	return reply(req, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok"}), m
}
