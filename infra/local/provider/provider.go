// Package provider makes webhook calls as the providers make them, signed and encrypted
// where they are: what the local desk's customers, the demo and the crash test write
// with. It shares no code with the channels, so that a mistake there doesn't cancel out
// here.
package provider

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

// WeChat is an Official Account as Tencent knows it.
type WeChat struct {
	Base       string // the desk's URL
	Account    string // in the webhook's path
	AppID      string
	OriginalID string
	Token      string
	AESKey     string // 43 characters
}

// Check is the GET by which Tencent checks an address before it calls it.
func (w WeChat) Check(echo string, at time.Time) (*http.Request, error) {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), strconv.FormatInt(at.UnixNano()%1e9, 10)
	q := url.Values{"signature": {hash(w.Token, stamp, nonce)}, "timestamp": {stamp}, "nonce": {nonce}, "echostr": {echo}}
	return http.NewRequest(http.MethodGet, w.Base+"/webhooks/wechat/"+w.Account+"?"+q.Encode(), nil)
}

// Text is a customer's text message in safe mode.
func (w WeChat) Text(openID, msgID, text string, at time.Time) (*http.Request, error) {
	return w.push(openID, at, fmt.Sprintf("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId>",
		strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"), msgID))
}

// Choice is the text message that a tap on a line of a menu sends: the line's words, and
// which it was.
func (w WeChat) Choice(openID, msgID, menuID, text string, at time.Time) (*http.Request, error) {
	return w.push(openID, at, fmt.Sprintf("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><bizmsgmenuid><![CDATA[%s]]></bizmsgmenuid><MsgId>%s</MsgId>",
		strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"), menuID, msgID))
}

// Image is a picture that a customer sent: its bytes lie with Tencent under the media id.
func (w WeChat) Image(openID, msgID, mediaID string, at time.Time) (*http.Request, error) {
	return w.push(openID, at, fmt.Sprintf("<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://mmbiz.qpic.cn/mmbiz_jpg/%s/0]]></PicUrl><MediaId><![CDATA[%s]]></MediaId><MsgId>%s</MsgId>",
		mediaID, mediaID, msgID))
}

// Voice is a voice message with Tencent's transcript of it; "" where the account has
// speech recognition switched off.
func (w WeChat) Voice(openID, msgID, mediaID, transcript string, at time.Time) (*http.Request, error) {
	return w.push(openID, at, fmt.Sprintf("<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[%s]]></MediaId><Format><![CDATA[amr]]></Format><Recognition><![CDATA[%s]]></Recognition><MsgId>%s</MsgId>",
		mediaID, transcript, msgID))
}

// Event is something a customer did: subscribe, unsubscribe, …
func (w WeChat) Event(openID, event, key string, at time.Time) (*http.Request, error) {
	return w.push(openID, at, fmt.Sprintf("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[%s]]></Event><EventKey><![CDATA[%s]]></EventKey>", event, key))
}

func (w WeChat) push(openID string, at time.Time, rest string) (*http.Request, error) {
	plain := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>%s</xml>",
		w.OriginalID, openID, at.Unix(), rest)
	sealed, err := w.seal([]byte(plain), at)
	if err != nil {
		return nil, err
	}
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), strconv.FormatInt(at.UnixNano()%1e9, 10)
	q := url.Values{
		"signature": {hash(w.Token, stamp, nonce)}, "timestamp": {stamp}, "nonce": {nonce}, "openid": {openID},
		"encrypt_type": {"aes"}, "msg_signature": {hash(w.Token, stamp, nonce, sealed)},
	}
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", w.OriginalID, sealed)
	req, err := http.NewRequest(http.MethodPost, w.Base+"/webhooks/wechat/"+w.Account+"?"+q.Encode(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml")
	return req, nil
}

func hash(parts ...string) string {
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// seal encrypts as Tencent's "消息加解密说明" has it: 16 bytes, the length, the message,
// the AppID, padded to a multiple of 32.
func (w WeChat) seal(msg []byte, at time.Time) (string, error) {
	key, err := base64.StdEncoding.DecodeString(w.AESKey + "=")
	if err != nil || len(key) != 32 {
		return "", fmt.Errorf("provider: the WeChat account's AES key is not 43 characters of base64")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%016x", uint64(at.UnixNano()))
	_ = binary.Write(&b, binary.BigEndian, uint32(len(msg))) // to a buffer: can't fail
	b.Write(msg)
	b.WriteString(w.AppID)
	pad := 32 - b.Len()%32
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	out := make([]byte, b.Len())
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, b.Bytes())
	return base64.StdEncoding.EncodeToString(out), nil
}

// Twilio is a Twilio account and number.
type Twilio struct {
	Base       string
	Account    string // in the webhook's path
	AccountSID string
	Number     string // the desk's
	AuthToken  string
}

// Message is a customer's text message.
func (t Twilio) Message(from, sid, body string) (*http.Request, error) {
	return t.call(t.Base+"/webhooks/sms/"+t.Account, url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {t.AccountSID}, "From": {from}, "To": {t.Number},
		"Body": {body}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"},
	})
}

// Picture is a customer's message with a file, which lies with Twilio under mediaURL.
func (t Twilio) Picture(from, sid, body, mediaURL, kind string) (*http.Request, error) {
	return t.call(t.Base+"/webhooks/sms/"+t.Account, url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {t.AccountSID}, "From": {from}, "To": {t.Number},
		"Body": {body}, "NumMedia": {"1"}, "MediaUrl0": {mediaURL}, "MediaContentType0": {kind},
		"NumSegments": {"1"}, "SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"},
	})
}

// Status is a status callback for a message the desk sent, to the address it gave.
func (t Twilio) Status(callback, to, sid, status string) (*http.Request, error) {
	return t.call(callback, url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {t.AccountSID}, "From": {t.Number}, "To": {to},
		"MessageStatus": {status}, "SmsStatus": {status}, "ApiVersion": {"2010-04-01"},
	})
}

// Fault is a status callback for a message that didn't arrive, with Twilio's error code.
func (t Twilio) Fault(callback, to, sid, status, code string) (*http.Request, error) {
	return t.call(callback, url.Values{
		"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {t.AccountSID}, "From": {t.Number}, "To": {to},
		"MessageStatus": {status}, "SmsStatus": {status}, "ErrorCode": {code}, "ApiVersion": {"2010-04-01"},
	})
}

func (t Twilio) call(address string, form url.Values) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	signed := address
	for _, k := range keys {
		signed += k + form.Get(k)
	}
	mac := hmac.New(sha1.New, []byte(t.AuthToken))
	mac.Write([]byte(signed))
	req.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// Form is a browser's submission of a web form.
func Form(base, form string, fields map[string]string) (*http.Request, error) {
	v := url.Values{}
	for k, s := range fields {
		v.Set(k, s)
	}
	req, err := http.NewRequest(http.MethodPost, base+"/forms/"+form, strings.NewReader(v.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// Mail is a customer's mail.
type Mail struct {
	From, FromName string
	To             string
	Subject        string
	Text           string
	MessageID      string // without <>
	InReplyTo      string // likewise; "" = none
	At             time.Time
}

// Bytes is the mail as SES lays it in the bucket.
func (m Mail) Bytes() []byte {
	var b bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	line("From", fmt.Sprintf("%s <%s>", word(m.FromName), m.From))
	line("To", m.To)
	line("Subject", word(m.Subject))
	line("Date", m.At.Format(time.RFC1123Z))
	line("Message-ID", "<"+m.MessageID+">")
	if m.InReplyTo != "" {
		line("In-Reply-To", "<"+m.InReplyTo+">")
		line("References", "<"+m.InReplyTo+">")
	}
	line("MIME-Version", "1.0")
	line("Content-Type", "text/plain; charset=utf-8")
	line("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(m.Text, "\n", "\r\n")))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}

// word writes a header's text as RFC 2047 has it.
func word(s string) string {
	for _, r := range s {
		if r > 126 || r < 32 {
			return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
		}
	}
	return s
}
