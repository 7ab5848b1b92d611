package local

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// WeChat is the first Official Account of the settings, as Tencent knows it.
func (d *Desk) WeChat(base string) (provider.WeChat, error) {
	a, ok := d.Account(desk.WeChat)
	if !ok {
		return provider.WeChat{}, fmt.Errorf("local: the settings have no WeChat account")
	}
	var s struct {
		AppID      string `json:"app_id"`
		OriginalID string `json:"original_id"`
	}
	if err := json.Unmarshal(a.Settings, &s); err != nil {
		return provider.WeChat{}, err
	}
	token, err := d.secret(a, "token")
	if err != nil {
		return provider.WeChat{}, err
	}
	key, err := d.secret(a, "encoding_aes_key")
	return provider.WeChat{Base: base, Account: a.Name, AppID: s.AppID, OriginalID: s.OriginalID, Token: token, AESKey: key}, err
}

// Twilio is the first SMS account of the settings, as Twilio knows it.
func (d *Desk) Twilio(base string) (provider.Twilio, error) {
	a, ok := d.Account(desk.SMS)
	if !ok {
		return provider.Twilio{}, fmt.Errorf("local: the settings have no SMS account")
	}
	var s struct {
		AccountSID string `json:"account_sid"`
		Number     string `json:"number"`
	}
	if err := json.Unmarshal(a.Settings, &s); err != nil {
		return provider.Twilio{}, err
	}
	token, err := d.secret(a, "auth_token")
	return provider.Twilio{Base: base, Account: a.Name, AccountSID: s.AccountSID, Number: s.Number, AuthToken: token}, err
}

// MailAddress is the address of the first e-mail account.
func (d *Desk) MailAddress() string {
	a, _ := d.Account(desk.Email)
	var s struct {
		Address string `json:"address"`
	}
	_ = json.Unmarshal(a.Settings, &s) // config has checked it; "" where there is none
	return s.Address
}

func (d *Desk) secret(a config.Account, field string) (string, error) {
	values, err := d.World.Secrets.Account(a.Channel, a.Name)(field)
	if err != nil || len(values) == 0 {
		return "", fmt.Errorf("local: the secret %s: %w", config.SecretName(a.Channel, a.Name, field), err)
	}
	return values[0], nil
}

// Mail hands a mail to the desk as SES does: the bytes to the bucket, the notice to the
// queue, with good verdicts. An empty recipient takes the first e-mail account's.
func (d *Desk) Mail(ctx context.Context, recipient string, raw []byte) error {
	return d.JudgedMail(ctx, recipient, raw, email.Verdicts{})
}

// JudgedMail is Mail with SES's verdicts.
func (d *Desk) JudgedMail(ctx context.Context, recipient string, raw []byte, v email.Verdicts) error {
	if recipient == "" {
		recipient = d.MailAddress()
	}
	if recipient == "" {
		return fmt.Errorf("local: the settings have no e-mail account")
	}
	id := strings.ToLower(queue.Hash(string(raw))[:40])
	key := "mail/" + id
	if err := d.World.Blob.Put(ctx, key, raw, blob.Options{ContentType: "message/rfc822"}); err != nil {
		return err
	}
	notice := email.Notice(recipient, key, raw, d.World.Now().UTC(), v)
	return d.World.Queue.Send(ctx, queue.SESMail, queue.Message{Body: string(notice)})
}

// asCustomer is what a person typed on the outbox page, made into the provider's call.
func (d *Desk) asCustomer(ctx context.Context, in standin.Inbound) error {
	now := d.World.Now().UTC()
	id := d.newID()
	var req *http.Request
	var err error
	switch in.Channel {
	case desk.WeChat:
		var w provider.WeChat
		if w, err = d.WeChat(d.World.PublicURL); err == nil {
			id := fmt.Sprint(now.UnixNano())
			if req, err = w.Text(in.From, id, in.Text, now); in.MenuID != "" {
				req, err = w.Choice(in.From, id, in.MenuID, in.Text, now)
			}
		}
	case desk.SMS:
		var t provider.Twilio
		if t, err = d.Twilio(d.World.PublicURL); err == nil {
			req, err = t.Message(in.From, "SM"+id, in.Text)
		}
	case desk.Email:
		return d.Mail(ctx, in.To, provider.Mail{
			From: in.From, To: or(in.To, d.MailAddress()), Subject: in.Subject, Text: in.Text,
			MessageID: id + "@customer.example", InReplyTo: in.InReplyTo, At: now,
		}.Bytes())
	default:
		return fmt.Errorf("%w: nobody writes on channel %q here", standin.ErrInbound, in.Channel)
	}
	if err != nil {
		return err
	}
	return d.Call(req)
}

// Call makes a webhook call to the desk itself, without a network.
func (d *Desk) Call(req *http.Request) error {
	w := httptest.NewRecorder()
	d.calls.watch(d.Runner).ServeHTTP(w, serverSide(req))
	if w.Code/100 != 2 {
		return fmt.Errorf("local: the desk answered %d", w.Code)
	}
	return nil
}

// serverSide makes a request as a server sees it of one as a client makes it.
func serverSide(req *http.Request) *http.Request {
	r := req.Clone(req.Context())
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:1"
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	return r
}

func (d *Desk) newID() string {
	b := make([]byte, 16)
	d.World.Rand(b)
	return hex.EncodeToString(b)
}
