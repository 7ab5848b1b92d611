package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

const (
	apiBase   = "https://api.weixin.qq.com/cgi-bin/"
	maxAnswer = 64 << 10 // of an answer in JSON
)

// client calls Tencent's API for one account. It is a Sender, a MediaFetcher and a
// Windower.
type client struct {
	do    channel.Doer
	now   func() time.Time
	token Token

	page    Page
	notices notices
}

// Token keeps an account's access token. Since only one may refresh it, that is somebody
// else's work, whom the client tells when Tencent doesn't take it.
type Token struct {
	// Now gives the one valid now.
	Now func(context.Context) (string, error)
	// Refused hears of one that Tencent refused as wrong, expired or revoked. Nil where
	// nobody wants to know.
	Refused func(ctx context.Context, token string)
}

// spent are the codes after which the same token won't do any more (list of global return
// codes): wrong, invalid, expired, revoked.
var spent = map[int]bool{40001: true, 40014: true, 42001: true, 42007: true}

// heed tells the keeper of the token that a call was refused for it.
func (c *client) heed(req *http.Request, code int) {
	if spent[code] && c.token.Refused != nil {
		c.token.Refused(req.Context(), req.URL.Query().Get("access_token"))
	}
}

var (
	_ channel.Sender       = (*client)(nil)
	_ channel.MediaFetcher = (*client)(nil)
	_ channel.Windower     = (*client)(nil)
	_ channel.Noticer      = (*client)(nil)
)

func newClient(a channel.Account, token Token) *client {
	c := &client{do: a.HTTP, now: a.Now, token: token}
	if c.do == nil {
		c.do = &http.Client{Timeout: 10 * time.Second}
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// Window is the package's Window at this moment.
func (c *client) Window(id desk.Identity) (time.Time, int) { return Window(id, c.now()) }

// answer is what every call answers: HTTP's status is 200 even for an error, so that
// only errcode tells.
type answer struct {
	ErrCode *int   `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// request makes a call. Its URL holds the access token, as the API wants it, so
// neither it nor an error that quotes it may reach a log or an Outcome.
func request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	var b bytes.Buffer
	if body != nil {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // \u003c is answered with 40033, or shown to the customer
		if err := enc.Encode(body); err != nil {
			return nil, err
		}
	}
	u := apiBase + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, &b)
	if err == nil && body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return req, err
}

// readAll reads at most max bytes; more is an error.
func readAll(r io.Reader, max int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err == nil && int64(len(b)) > max {
		return nil, desk.Errorf(desk.TooLarge, "wechat: more than %d bytes", max)
	}
	return b, err
}
