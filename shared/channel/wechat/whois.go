package wechat

import (
	"context"
	"net/http"
	"net/url"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

var _ channel.WhoIs = (*client)(nil)

// NewWhoIs makes what asks Tencent for the unionid of an account's followers.
func NewWhoIs(a channel.Account, token Token) channel.WhoIs { return newClient(a, token) }

// WhoIs asks user/info ("获取用户基本信息（UnionID 机制）"). A unionid is told only of
// followers, and only to an account that is bound to an open platform; what else the
// answer once held (nickname, picture) Tencent no longer tells.
func (c *client) WhoIs(ctx context.Context, openID string) (channel.Person, error) {
	token, err := c.token.Now(ctx)
	if err != nil || token == "" {
		return channel.Person{}, desk.Errorf(desk.Transient, "wechat: there is no access token")
	}
	req, err := request(ctx, http.MethodGet, "user/info", url.Values{"access_token": {token}, "openid": {openID}, "lang": {"zh_CN"}}, nil)
	if err != nil {
		return channel.Person{}, desk.Errorf(desk.NotFound, "wechat: not an OpenID")
	}
	var a struct {
		answer
		OpenID string `json:"openid"`
		Union  string `json:"unionid"`
	}
	if err := c.json(req, &a); err != nil {
		return channel.Person{}, err
	}
	if a.ErrCode != nil && *a.ErrCode != 0 {
		c.heed(req, *a.ErrCode)
		return channel.Person{}, whoIsError(*a.ErrCode)
	}
	if a.OpenID != openID {
		return channel.Person{}, desk.Errorf(desk.Transient, "wechat: an answer about nobody, or somebody else")
	}
	return channel.Person{Union: clean(a.Union)}, nil
}

func whoIsError(code int) error {
	kind, why := desk.NotFound, refusals[code].why
	switch {
	case spent[code] || code == 41001 || code == -1: // another token is got meanwhile
		kind = desk.Transient
	case code == 45009 || code == 45011:
		kind = desk.Throttled
	case code == 40164 || code == 40013:
		kind = desk.Forbidden
	case why == "":
		why = "Tencent doesn't tell"
	}
	return desk.Errorf(kind, "wechat: who is it: %s (%d)", why, code)
}
