package wechat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// FetchToken gets the account's access token from cgi-bin/stable_token, which gives
// the same token to all who ask and doesn't spoil the one in use. Needs the setting
// app_id and the secret "app_secret". expires is never more than two hours away. Errors
// are *desk.Error and hold no secret: Transient and Throttled may pass, Forbidden wants
// an operator, such as for an address that is not on the account's allow list.
func FetchToken(ctx context.Context, a channel.Account) (token string, expires time.Time, err error) {
	var set settings
	if json.Unmarshal(a.Settings, &set) != nil || set.AppID == "" {
		return "", time.Time{}, desk.FieldError("app_id", "missing")
	}
	secret, err := secrets(a, "app_secret")
	if err != nil {
		return "", time.Time{}, err
	}
	c := newClient(a, Token{})
	req, err := request(ctx, http.MethodPost, "stable_token", nil, map[string]any{
		"grant_type": "client_credential", "appid": set.AppID, "secret": secret[0], "force_refresh": false,
	})
	if err != nil {
		return "", time.Time{}, desk.Errorf(desk.Transient, "wechat: no call for a token could be made")
	}
	var t tokenAnswer
	if err := c.json(req, &t); err != nil {
		return "", time.Time{}, err
	}
	if t.ErrCode != nil && *t.ErrCode != 0 {
		return "", time.Time{}, tokenError(*t.ErrCode, t.ErrMsg)
	}
	if t.Token == "" || t.ExpiresIn <= 0 {
		return "", time.Time{}, desk.Errorf(desk.Transient, "wechat: an answer without a token")
	}
	return t.Token, c.now().Add(min(time.Duration(t.ExpiresIn)*time.Second, 2*time.Hour)), nil
}

type tokenAnswer struct {
	answer
	Token     string `json:"access_token"`
	ExpiresIn int    `json:"expires_in"` // seconds
}

// json makes a call that may be repeated by whoever wants to, and reads its answer.
func (c *client) json(req *http.Request, into any) error {
	resp, err := c.do.Do(req)
	if err != nil {
		return desk.Errorf(desk.Transient, "wechat: no answer from Tencent") // err quotes the URL
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readAll(resp.Body, maxAnswer)
	if err != nil || resp.StatusCode != http.StatusOK {
		return desk.Errorf(desk.Transient, "wechat: Tencent answered with status %d", resp.StatusCode)
	}
	if json.Unmarshal(body, into) != nil {
		return desk.Errorf(desk.Transient, "wechat: an answer that is no JSON")
	}
	return nil
}

func tokenError(code int, msg string) error {
	switch code {
	case -1:
		return desk.Errorf(desk.Transient, "wechat: Tencent's system is busy (-1)")
	case 45009, 45011:
		return desk.Errorf(desk.Throttled, "wechat: too many calls for a token (%d)", code)
	case 40164:
		return desk.Errorf(desk.Forbidden, "wechat: the caller's IP address%s must be on the account's allow list (IP白名单) in Tencent's console (40164)", quotedIP(msg))
	case 40001, 40125, 41004:
		return desk.Errorf(desk.Forbidden, "wechat: the app secret is wrong (%d)", code)
	case 40013, 41002:
		return desk.Errorf(desk.Forbidden, "wechat: the app id is wrong (%d)", code)
	}
	return desk.Errorf(desk.Forbidden, "wechat: no token (%d)", code)
}

// quotedIP finds the address that Tencent saw: the one an operator must enter.
func quotedIP(msg string) string {
	for _, word := range strings.FieldsFunc(msg, func(r rune) bool { return r == ' ' || r == ',' }) {
		if ip, err := netip.ParseAddr(word); err == nil {
			return " " + ip.Unmap().String()
		}
	}
	return ""
}
