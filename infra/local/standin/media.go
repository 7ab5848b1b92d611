package standin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// A file lies with a provider: a customer sent it, or the desk laid it there to send.
// Files are kept in memory alone.
type file struct {
	kind, name string
	data       []byte
	at         time.Time
}

// mediaLife is how long WeChat keeps a temporary file.
const mediaLife = 72 * time.Hour

// WeChatMedia lays a customer's file with Tencent and gives its media id; kind is its
// MIME type.
func (s *Standin) WeChatMedia(kind, name string, data []byte) (mediaID string) {
	return s.lay("standin-media-", file{kind: kind, name: name, data: data})
}

// TwilioMedia lays a customer's file with Twilio and gives its MediaUrl.
func (s *Standin) TwilioMedia(accountSID, kind string, data []byte) (address string) {
	return "https://api.twilio.com/2010-04-01/Accounts/" + accountSID + "/Messages/MMstandin/Media/" + s.lay("ME", file{kind: kind, data: data})
}

func (s *Standin) lay(prefix string, f file) string {
	id := fmt.Sprintf("%s%d", prefix, s.next())
	f.at = s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.media == nil {
		s.media = map[string]file{}
	}
	s.media[id] = f
	return id
}

func (s *Standin) laid(id string) (file, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.media[id]
	return f, ok
}

func (f file) response(req *http.Request) *http.Response {
	resp := reply(req, http.StatusOK, nil)
	resp.Header = http.Header{"Content-Type": {f.kind}}
	if f.name != "" {
		resp.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
	resp.Body, resp.ContentLength = readCloser(f.data), int64(len(f.data))
	return resp
}

// mediaGet plays media/get: the file, a video's address, or an error in JSON.
func (s *Standin) mediaGet(req *http.Request) *http.Response {
	if _, code := s.tokenOf(req.URL.Query().Get("access_token")); code != 0 {
		return wechatError(req, code, "invalid credential")
	}
	id := req.URL.Query().Get("media_id")
	f, ok := s.laid(id)
	switch {
	case !ok || s.cfg.Now().Sub(f.at) > mediaLife:
		return wechatError(req, 40007, "invalid media_id")
	case strings.HasPrefix(f.kind, "video/"):
		return reply(req, http.StatusOK, map[string]string{"video_url": "http://standin.tc.qq.com/" + id})
	}
	return f.response(req)
}

// fileServer plays the hosts that files are really got from: the path is the file's id.
func (s *Standin) fileServer(req *http.Request) (*http.Response, error) {
	if f, ok := s.laid(strings.TrimPrefix(req.URL.Path, "/")); ok && req.Header.Get("Authorization") == "" {
		return f.response(req), nil
	}
	return reply(req, http.StatusNotFound, nil), nil
}

var twilioMediaPath = regexp.MustCompile(`^/2010-04-01/Accounts/([^/]+)/Messages/[^/]+/Media/([^/]+)$`)

// twilioMedia plays the Media resource: signed in, it sends on to a file server.
func (s *Standin) twilioMedia(req *http.Request, account, id string) *http.Response {
	user, password, ok := req.BasicAuth()
	if !ok || user != account || !s.knows(desk.SMS, user, password) {
		return twilioError(req, 20003)
	}
	if _, ok := s.laid(id); !ok {
		return twilioError(req, 20404)
	}
	resp := reply(req, http.StatusTemporaryRedirect, nil)
	resp.Header.Set("Location", "https://mms.twiliocdn.com/"+id)
	return resp
}

// uploads are what media/upload takes: the page "新增临时素材".
var uploads = map[string]struct {
	kinds []string
	max   int
}{
	"image": {[]string{"image/png", "image/jpeg", "image/gif"}, 10 << 20},
	"voice": {[]string{"audio/amr", "audio/mpeg"}, 2 << 20},
	"video": {[]string{"video/mp4"}, 10 << 20},
	"thumb": {[]string{"image/jpeg"}, 64 << 10},
}

// mediaUpload plays media/upload.
func (s *Standin) mediaUpload(req *http.Request, body []byte) *http.Response {
	if _, code := s.tokenOf(req.URL.Query().Get("access_token")); code != 0 {
		return wechatError(req, code, "invalid credential")
	}
	kind := req.URL.Query().Get("type")
	rule, ok := uploads[kind]
	if !ok {
		return wechatError(req, 40004, "invalid media type")
	}
	f, err := uploaded(req, body)
	switch {
	case err != nil || len(f.data) == 0:
		return wechatError(req, 41005, "media data missing")
	case !strings.Contains(strings.Join(rule.kinds, " "), f.kind):
		return wechatError(req, 40005, "invalid file type")
	case len(f.data) > rule.max:
		return wechatError(req, 40006, "invalid meida size")
	}
	return reply(req, http.StatusOK, map[string]any{"type": kind, "media_id": s.lay("standin-media-", f), "created_at": s.cfg.Now().Unix()})
}

var errNoFile = errors.New("standin: no part named media with a file name")

func uploaded(req *http.Request, body []byte) (file, error) {
	_, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		return file{}, err
	}
	part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil {
		return file{}, err
	}
	if part.FormName() != "media" || part.FileName() == "" {
		return file{}, errNoFile
	}
	data, err := io.ReadAll(part)
	return file{kind: part.Header.Get("Content-Type"), name: part.FileName(), data: data}, err
}
