package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// Union says whose an OpenID is: all that have one unionid are one person's, over all
// accounts of an open platform. "" is an account that is bound to none. Whom nobody has
// named has a unionid made of the OpenID alone.
func (s *Standin) Union(appID, openID, union string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unions == nil {
		s.unions = map[string]string{}
	}
	s.unions[appID+" "+openID] = union
}

func (s *Standin) union(appID, openID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.unions[appID+" "+openID]; ok {
		return u
	}
	sum := sha256.Sum256([]byte("union " + openID))
	return "o6_" + base64.RawURLEncoding.EncodeToString(sum[:])[:25]
}

// userInfo plays user/info, with the fields that the page "获取用户基本信息" still lists.
func (s *Standin) userInfo(req *http.Request) *http.Response {
	app, code := s.tokenOf(req.URL.Query().Get("access_token"))
	openID := req.URL.Query().Get("openid")
	switch {
	case code != 0:
		return wechatError(req, code, "invalid credential")
	case strings.TrimSpace(openID) == "" || strings.ContainsAny(openID, " @+"):
		return wechatError(req, 40003, "invalid openid")
	}
	out := map[string]any{
		"subscribe": 1, "openid": openID, "language": "zh_CN", "subscribe_time": s.cfg.Now().Unix(), "remark": "",
		"groupid": 0, "tagid_list": []int{}, "subscribe_scene": "ADD_SCENE_SEARCH", "qr_scene": 0, "qr_scene_str": "",
	}
	if u := s.union(app, openID); u != "" {
		out["unionid"] = u
	}
	return reply(req, http.StatusOK, out)
}
