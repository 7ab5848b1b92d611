package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// uploads are the files that customer-service messages carry, by MIME type: the type of
// temporary file (page "新增临时素材") and the name it is uploaded under. Tencent judges a
// file by its name's ending, and the sender's own name is none of its business.
var uploads = map[string]struct{ kind, as, name string }{
	"image/png":  {"image", "image/png", "image.png"},
	"image/jpeg": {"image", "image/jpeg", "image.jpg"},
	"image/gif":  {"image", "image/gif", "image.gif"},
	"audio/amr":  {"voice", "audio/amr", "voice.amr"},
	"audio/mpeg": {"voice", "audio/mpeg", "voice.mp3"},
	"audio/mp3":  {"voice", "audio/mpeg", "voice.mp3"},
	"video/mp4":  {"video", "video/mp4", "video.mp4"},
}

// attach lays the message's file with Tencent and makes the message that shows it.
// Whatever goes wrong here, no message was accepted: it may all be tried again.
func (c *client) attach(ctx context.Context, token string, m channel.Outgoing) (outMessage, *channel.Outcome) {
	out := outMessage{To: m.To.ID}
	up, ok := uploads[strings.ToLower(m.Attachments[0].Type)]
	if !ok {
		o := refuse("WeChat carries pictures, sound and video alone")
		return out, &o
	}
	req, err := uploadRequest(ctx, token, up.kind, up.as, up.name, m.Attachments[0].Data)
	if err != nil {
		o := refuse("the file can't be uploaded")
		return out, &o
	}
	id, o := c.upload(req)
	if o != nil {
		return out, o
	}
	out.Type = up.kind
	switch up.kind {
	case "image":
		out.Image = &outMedia{ID: id}
	case "voice":
		out.Voice = &outMedia{ID: id}
	case "video":
		out.Video = &outMedia{ID: id, Title: plain(m.Attachments[0].Name)}
	}
	return out, nil
}

func uploadRequest(ctx context.Context, token, kind, mime, name string, data []byte) (*http.Request, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="media"; filename="` + name + `"`}, "Content-Type": {mime},
	})
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	q := url.Values{"access_token": {token}, "type": {kind}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, apiBase+"media/upload?"+q.Encode(), &b)
	if err == nil {
		req.Header.Set("Content-Type", w.FormDataContentType())
	}
	return req, err
}

// upload makes the call. Without an answer that can be read there is no message yet, so
// the outcome is never unknown.
func (c *client) upload(req *http.Request) (mediaID string, _ *channel.Outcome) {
	resp, err := c.do.Do(req)
	if err != nil {
		return "", notUploaded("")
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode == http.StatusTooManyRequests {
			return "", &channel.Outcome{Kind: channel.OutcomeRateLimited, Code: "429", Reason: "too many calls", RetryAfter: retryAfter(resp)}
		}
		return "", notUploaded(strconv.Itoa(resp.StatusCode))
	}
	var a struct {
		answer
		ID string `json:"media_id"`
	}
	body, err := readAll(resp.Body, maxAnswer)
	if err != nil || json.Unmarshal(body, &a) != nil || a.ID == "" && (a.ErrCode == nil || *a.ErrCode == 0) {
		return "", notUploaded("")
	}
	if a.ErrCode != nil && *a.ErrCode != 0 {
		c.heed(req, *a.ErrCode)
		o := c.refusal(*a.ErrCode, a.ErrMsg)
		return "", &o
	}
	return a.ID, nil
}

func notUploaded(code string) *channel.Outcome {
	return &channel.Outcome{Kind: channel.OutcomeTransient, Code: code, Reason: "the file could not be uploaded to Tencent; nothing was sent"}
}

// fileFault says why a message with files can't go out as one; "" where it can.
func fileFault(files []desk.Attachment, text string) string {
	switch {
	case len(files) > 1 || text != "":
		return "a file goes out on WeChat as a message of its own"
	case len(files[0].Data) == 0:
		return "the file is empty"
	}
	return ""
}
