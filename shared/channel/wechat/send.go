package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
)

// MaxText is the largest text of one customer-service message, in bytes of UTF-8.
const MaxText = 2048

// NewSender makes the Sender of one account: customer-service messages (客服消息), as
// text or, when Outgoing.Menu is set, as msgmenu. The Sender is also a MediaFetcher
// and a Windower.
//
// One Outgoing is one message: a text over MaxText is refused; policy/parts has cut it
// before it was queued. A file is a message of its own too, without a text: it is uploaded
// as temporary material and then sent; until it is uploaded nothing was accepted.
//
// An Outgoing with a Notice goes as template or subscribe message, where the settings have
// it, and leads to page; nil where there is none.
func NewSender(a channel.Account, token Token, page Page) channel.Sender {
	c := newClient(a, token)
	c.page, c.notices = page, readNotices(a.Settings)
	return c
}

// NewMediaFetcher makes the MediaFetcher of one account.
func NewMediaFetcher(a channel.Account, token Token) channel.MediaFetcher {
	return newClient(a, token)
}

type outMessage struct {
	To   string   `json:"touser"`
	Type string   `json:"msgtype"`
	Text *outText `json:"text,omitempty"`
	Menu *outMenu `json:"msgmenu,omitempty"`

	Image *outMedia `json:"image,omitempty"`
	Voice *outMedia `json:"voice,omitempty"`
	Video *outMedia `json:"video,omitempty"`
}

type outMedia struct {
	ID    string `json:"media_id"`
	Title string `json:"title,omitempty"`
}

type outText struct {
	Content string `json:"content"`
}

type outMenu struct {
	Head string      `json:"head_content"`
	List []outChoice `json:"list"`
	Tail string      `json:"tail_content"`
}

type outChoice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Send makes one attempt.
func (c *client) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	var msg any
	var refusal *channel.Outcome
	path := "message/custom/send"
	if m.Notice != "" {
		path, msg, refusal = c.notice(m)
	} else {
		msg, refusal = compose(m)
	}
	if refusal != nil {
		return *refusal
	}
	if ctx.Err() != nil {
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "no time left; nothing was sent"}
	}
	token, err := c.token.Now(ctx)
	if err != nil || token == "" {
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "there is no access token; nothing was sent"}
	}
	if len(m.Attachments) > 0 && m.Notice == "" {
		if msg, refusal = c.attach(ctx, token, m); refusal != nil {
			return *refusal
		}
	}
	req, err := request(ctx, http.MethodPost, path, url.Values{"access_token": {token}}, msg)
	if err != nil {
		return refuse("the message can't be written as JSON")
	}
	resp, err := c.do.Do(req)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	o := c.outcome(req, resp)
	if m.Notice != "" && noPermission[o.Code] {
		o.Kind = channel.OutcomeRefused // other messages still go: no reason to wait for the account's mending
	}
	return o
}

// noPermission are the codes of an API that the account may not use.
var noPermission = map[string]bool{"48001": true, "48004": true, "45162": true}

func compose(m channel.Outgoing) (outMessage, *channel.Outcome) {
	out := outMessage{To: m.To.ID, Type: "text", Text: &outText{plain(m.Text)}}
	if len(m.Menu) > 0 {
		out.Type, out.Text, out.Menu = "msgmenu", nil, menu(m)
	}
	var o channel.Outcome
	switch {
	case m.To.ID == "":
		o = channel.Outcome{Kind: channel.OutcomeBadRecipient, Reason: "no OpenID"}
	case len(m.Attachments) > 0 && fileFault(m.Attachments, m.Text) == "":
		return out, nil
	case len(m.Attachments) > 0:
		o = refuse(fileFault(m.Attachments, m.Text))
	case out.Text != nil && out.Text.Content == "" || out.Menu != nil && out.Menu.Head == "":
		o = refuse("the message is empty")
	case out.size() > MaxText:
		o = refuse("the message is longer than " + strconv.Itoa(MaxText) + " bytes")
	default:
		return out, nil
	}
	return out, &o
}

func menu(m channel.Outgoing) *outMenu {
	out := &outMenu{Head: plain(m.MenuHead)}
	if out.Head == "" {
		out.Head = plain(m.Text)
	}
	for _, c := range m.Menu {
		out.List = append(out.List, outChoice{c.ID, plain(c.Text)})
	}
	return out
}

func (m outMessage) size() (n int) {
	if m.Text != nil {
		n += len(m.Text.Content)
	}
	if m.Menu != nil {
		n += len(m.Menu.Head)
		for _, c := range m.Menu.List {
			n += len(c.Content)
		}
	}
	return n
}

// plain leaves out what Go's encoder would write as \u…, whatever it is told about
// HTML: the API takes that for a bad character (40033).
func plain(s string) string {
	return strings.NewReplacer("\u2028", "\n", "\u2029", "\n").Replace(clean(s))
}

func refuse(why string) channel.Outcome {
	return channel.Outcome{Kind: channel.OutcomeRefused, Reason: why}
}

// failed tells a call that never left from one that may have arrived. Only a failed
// dial is proof: there was no connection to send on.
func failed(err error) channel.Outcome {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "no connection to Tencent; nothing was sent"}
	}
	return unknown("no answer from Tencent; the message may have gone out")
}

func unknown(why string) channel.Outcome {
	return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: why}
}

func (c *client) outcome(req *http.Request, resp *http.Response) channel.Outcome {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return channel.Outcome{Kind: channel.OutcomeRateLimited, Code: "429", Reason: "too many calls", RetryAfter: retryAfter(resp)}
	case resp.StatusCode >= 400 && resp.StatusCode < 500:
		o := refuse("Tencent refused the call")
		o.Code = strconv.Itoa(resp.StatusCode)
		return o
	case resp.StatusCode != http.StatusOK:
		o := unknown("Tencent failed while it had the message; it may have gone out")
		o.Code = strconv.Itoa(resp.StatusCode)
		return o
	}
	body, err := readAll(resp.Body, maxAnswer)
	var a struct {
		answer
		MsgID json.Number `json:"msgid"`
	}
	if err != nil || json.Unmarshal(body, &a) != nil || a.ErrCode == nil {
		return unknown("an answer that can't be read; the message may have gone out")
	}
	if *a.ErrCode == 0 {
		return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: a.MsgID.String(), Code: "0"}
	}
	c.heed(req, *a.ErrCode)
	return c.refusal(*a.ErrCode, a.ErrMsg)
}

func retryAfter(resp *http.Response) time.Duration {
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n > 0 && n <= 86400 {
		return time.Duration(n) * time.Second
	}
	return time.Minute
}
