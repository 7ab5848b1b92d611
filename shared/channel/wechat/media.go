package wechat

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// mediaRef begins the Ref of an attachment whose bytes lie with Tencent, for three days;
// pictureRef that of a picture which came with an address alone.
const (
	mediaRef   = "media:"
	pictureRef = "picture:"
)

var errNoMedia = desk.FieldError("ref", "not a media reference of WeChat")

// FetchMedia gets a temporary file (media/get), or a picture from Tencent's servers.
// Errors are *desk.Error: Invalid for a ref that is not this channel's, NotFound when
// the three days are over, TooLarge above max bytes, Forbidden for the account's own
// fault, Transient otherwise.
func (c *client) FetchMedia(ctx context.Context, ref string, max int64) (channel.Media, error) {
	if address, ok := strings.CutPrefix(ref, pictureRef); ok {
		return c.picture(ctx, address, max)
	}
	id, ok := strings.CutPrefix(ref, mediaRef)
	if !ok || id == "" {
		return channel.Media{}, errNoMedia
	}
	token, err := c.token.Now(ctx)
	if err != nil || token == "" {
		return channel.Media{}, desk.Errorf(desk.Transient, "wechat: there is no access token")
	}
	req, err := request(ctx, http.MethodGet, "media/get", url.Values{"access_token": {token}, "media_id": {id}}, nil)
	if err != nil {
		return channel.Media{}, errNoMedia
	}
	m, video, err := c.file(req, max)
	if err != nil || video == "" {
		return m, err
	}
	if req, err = videoRequest(ctx, video); err != nil {
		return channel.Media{}, err
	}
	m, video, err = c.file(req, max)
	if err == nil && video != "" {
		err = desk.Errorf(desk.Transient, "wechat: a video's address leads to another")
	}
	return m, err
}

func (c *client) picture(ctx context.Context, address string, max int64) (channel.Media, error) {
	req, err := videoRequest(ctx, address)
	if err != nil {
		return channel.Media{}, errNoMedia // it came in with the message: it will never be another
	}
	m, video, err := c.file(req, max)
	if err == nil && video != "" {
		err = desk.Errorf(desk.Transient, "wechat: a picture's address leads to another")
	}
	return m, err
}

// file reads a file, or the address of a video where the answer is that. Which one it
// is, and whether it is an error, shows in Content-Type alone: the status is 200.
func (c *client) file(req *http.Request, max int64) (m channel.Media, video string, err error) {
	resp, err := c.do.Do(req)
	if err != nil {
		return m, "", desk.Errorf(desk.Transient, "wechat: no answer from Tencent") // err quotes the URL
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return m, "", desk.Errorf(desk.NotFound, "wechat: the file is no longer with Tencent (%d)", resp.StatusCode)
	}
	if resp.StatusCode != http.StatusOK {
		return m, "", desk.Errorf(desk.Transient, "wechat: Tencent answered with status %d", resp.StatusCode)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "application/json" || kind == "text/plain" {
		video, err = c.mediaAnswer(req, resp)
		return m, video, err
	}
	if m.Data, err = readAll(resp.Body, max); err != nil {
		if desk.KindOf(err) != desk.TooLarge {
			err = desk.Errorf(desk.Transient, "wechat: a file was cut short")
		}
		return channel.Media{}, "", err
	}
	m.Type, m.Name = kind, fileName(resp.Header.Get("Content-Disposition"))
	return m, "", nil
}

func (c *client) mediaAnswer(req *http.Request, resp *http.Response) (video string, err error) {
	var a struct {
		answer
		Video string `json:"video_url"`
	}
	body, err := readAll(resp.Body, maxAnswer)
	if err != nil || json.Unmarshal(body, &a) != nil {
		return "", desk.Errorf(desk.Transient, "wechat: an answer that is neither file nor JSON")
	}
	if a.Video != "" {
		return a.Video, nil
	}
	if a.ErrCode == nil {
		return "", desk.Errorf(desk.Transient, "wechat: an answer without a file")
	}
	c.heed(req, *a.ErrCode)
	return "", mediaError(*a.ErrCode)
}

func mediaError(code int) error {
	switch refusals[code].kind {
	case channel.OutcomeAuth:
		return desk.Errorf(desk.Forbidden, "wechat: %s (%d)", refusals[code].why, code)
	case channel.OutcomeRateLimited:
		return desk.Errorf(desk.Throttled, "wechat: %s (%d)", refusals[code].why, code)
	case channel.OutcomeTransient:
		return desk.Errorf(desk.Transient, "wechat: %s (%d)", refusals[code].why, code)
	}
	return desk.Errorf(desk.NotFound, "wechat: the file is no longer with Tencent (%d)", code)
}

// videoHosts are Tencent's own file servers. An address that an answer names is
// followed to no other host, so that nobody can make the desk call into its own network.
var videoHosts = []string{".weixin.qq.com", ".tc.qq.com", ".qpic.cn"}

func videoRequest(ctx context.Context, address string) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Port() != "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, desk.Errorf(desk.Forbidden, "wechat: a video's address is not one of Tencent's")
	}
	for _, h := range videoHosts {
		if strings.HasSuffix(strings.ToLower(u.Hostname()), h) {
			u.Scheme = "https" // the same servers answer, and nobody in between can change the file
			return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		}
	}
	return nil, desk.Errorf(desk.Forbidden, "wechat: a video's address is not one of Tencent's")
}

func fileName(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil || params["filename"] == "" {
		return ""
	}
	return clean(path.Base(strings.ReplaceAll(params["filename"], `\`, "/")))
}
