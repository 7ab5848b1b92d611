package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// notice plays template and subscribe messages: their fields, and the page they lead to.
func (s *Standin) notice(req *http.Request, app string, body []byte) (*http.Response, *Message) {
	var in struct {
		To       string `json:"touser"`
		Template string `json:"template_id"`
		URL      string `json:"url"`  // of a template message
		Page     string `json:"page"` // of a subscribe message
		Data     map[string]struct {
			Value string `json:"value"`
		} `json:"data"`
	}
	switch {
	case json.Unmarshal(body, &in) != nil:
		return wechatError(req, 47001, "data format error"), nil
	case strings.TrimSpace(in.To) == "":
		return wechatError(req, 40003, "invalid openid"), nil
	case in.Template == "":
		return wechatError(req, 40037, "invalid template_id"), nil
	case len(in.Data) == 0:
		return wechatError(req, 47003, "argument invalid! data is empty"), nil
	}
	var lines []string
	for field, v := range in.Data {
		if v.Value == "" {
			return wechatError(req, 47003, "argument invalid! data."+field+".value is empty"), nil
		}
		lines = append(lines, field+": "+v.Value)
	}
	slices.Sort(lines)
	id := 200_000_000 + s.next()
	m := &Message{Channel: desk.WeChat, Desk: app, Customer: in.To, Text: strings.Join(append(lines, in.URL+in.Page), "\n")}
	return reply(req, http.StatusOK, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": id}), m
}
