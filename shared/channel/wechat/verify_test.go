package wechat

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
)

// The examples of Tencent's page "消息推送": token, key and calls are printed there.
const (
	exampleToken = "AAAAA"
	exampleKey   = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	exampleApp   = "wxba5fad812f8e6fb9"

	exampleCheck = "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492"
	examplePlain = "signature=899cf89e464efb63f54ddac96b0a0a235f53aa78&timestamp=1714037059&nonce=486452656"
	exampleSafe  = "signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"

	exampleEncrypted = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)

func open(t testing.TB, settings string, secrets ...map[string]string) *account {
	c, err := New(channeltest.Account(settings, channeltest.At, secrets...))
	require.NoError(t, err)
	return c.(*account)
}

func example(t testing.TB, mode string) *account {
	return open(t, `{"app_id":"`+exampleApp+`","mode":"`+mode+`"}`, map[string]string{"token": exampleToken, "encoding_aes_key": exampleKey})
}

// Tencent's own example of the address check, in either mode: echostr as it came.
func TestHandshakeExample(t *testing.T) {
	for _, mode := range []string{ModePlain, ModeSafe} {
		got, err := example(t, mode).Handshake(context.Background(), channel.Request{Method: "GET", RawQuery: exampleCheck})
		require.NoError(t, err)
		require.Equal(t, 200, got.Status)
		require.Equal(t, "4375120948345356249", string(got.Body))
		require.Equal(t, "text/plain; charset=utf-8", got.Header["content-type"])
	}
}

// An address check without proof is refused, and one without echostr has no answer.
func TestHandshakeRefuses(t *testing.T) {
	for name, query := range map[string]string{
		"nothing":         "",
		"no echostr":      examplePlain,
		"wrong signature": "signature=f464b24fc39322e44b38aa78f5edd27bd1441697&echostr=1&timestamp=1714036504&nonce=1514711492",
		"two signatures":  exampleCheck + "&signature=f464b24fc39322e44b38aa78f5edd27bd1441696",
		"bad escape":      "signature=%zz&echostr=1&timestamp=1&nonce=1",
	} {
		_, err := example(t, ModePlain).Handshake(context.Background(), channel.Request{Method: "GET", RawQuery: query})
		require.ErrorIs(t, err, channel.ErrUnauthentic, name)
	}
	c := open(t, `{"app_id":"a","mode":"plain","max_age":60}`, map[string]string{"token": exampleToken})
	_, err := c.Handshake(context.Background(), channel.Request{RawQuery: exampleCheck, At: time.Unix(1714036504+61, 0)})
	require.ErrorIs(t, err, channel.ErrUnauthentic)
	_, err = c.Handshake(context.Background(), channel.Request{RawQuery: exampleCheck, At: time.Unix(1714036504+59, 0)})
	require.NoError(t, err)
}

// Tencent's own example of a plain message, and what is printed for it.
func TestPlainExample(t *testing.T) {
	c := example(t, ModePlain)
	const body = `{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714037059,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}`
	v, err := c.Verify(context.Background(), channel.Request{RawQuery: examplePlain, Body: []byte(body)})
	require.NoError(t, err)
	require.Equal(t, body, string(v.Body))
	_, err = example(t, ModeSafe).Verify(context.Background(), channel.Request{RawQuery: examplePlain, Body: []byte(body)})
	require.ErrorIs(t, err, channel.ErrUnauthentic, "a plain call to an account in safe mode")
}

// Tencent's own example of a message in safe mode, as JSON and carried in XML.
func TestSafeExample(t *testing.T) {
	c := example(t, ModeSafe)
	for _, body := range []string{
		`{"ToUserName": "gh_97417a04a28d","Encrypt": "` + exampleEncrypted + `"}`,
		`<xml><ToUserName>gh_97417a04a28d</ToUserName><Encrypt>` + exampleEncrypted + `</Encrypt></xml>`,
	} {
		v, err := c.Verify(context.Background(), channel.Request{RawQuery: exampleSafe, Body: []byte(body), At: channeltest.At})
		require.NoError(t, err)
		es, err := c.Envelopes(v)
		require.NoError(t, err)
		require.Equal(t, "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", es[0].Order)
		ins, err := c.Parse(es[0])
		require.NoError(t, err)
		require.Equal(t, "debug_demo", ins[0].Type)
		require.Equal(t, time.Unix(1714112445, 0).UTC(), ins[0].At)
	}
}

// Calls computed with Python (testdata/vectors.py): every length of padding is read,
// and whatever is wrong inside a well-signed text is refused without a panic.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var vectors []struct {
		Name, Token, Clear, Query, Body string
		AppID                           string `json:"app_id"`
		Keys                            []string
		OK                              bool
	}
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Len(t, vectors, 45)
	for _, v := range vectors {
		sets := make([]map[string]string, 0, 2)
		for _, k := range v.Keys {
			sets = append(sets, map[string]string{"token": v.Token, "encoding_aes_key": k})
		}
		c := open(t, `{"app_id":"`+v.AppID+`"}`, sets...)
		got, err := c.Verify(context.Background(), channel.Request{RawQuery: v.Query, Body: []byte(v.Body)})
		if !v.OK {
			require.ErrorIs(t, err, channel.ErrUnauthentic, v.Name)
			continue
		}
		require.NoError(t, err, v.Name)
		require.Equal(t, v.Clear, string(got.Body), v.Name)
	}
}

// Who a message is meant for is proven by the app id inside the encryption. ToUserName
// is no reason to refuse what is well signed.
func TestRecipient(t *testing.T) {
	r := pushed(ModeSafe)(channel.Request{Body: []byte("<xml><ToUserName>gh_other</ToUserName></xml>")}, current)
	_, err := open(t, safe, current).Verify(context.Background(), r)
	require.NoError(t, err)
}

// An EncodingAESKey is 43 characters of base64, no more and no less.
func TestBadKeys(t *testing.T) {
	for _, key := range []string{"short", exampleKey + "A", exampleKey[:42], exampleKey[:42] + "!", exampleKey + "="} {
		_, err := New(channeltest.Account(safe, channeltest.At, map[string]string{"token": "t", "encoding_aes_key": key}))
		require.ErrorContains(t, err, "encoding_aes_key")
		require.NotContains(t, err.Error(), key)
	}
}

// The answer to a good call is exactly seven bytes of plain text.
func TestAck(t *testing.T) {
	got := example(t, ModePlain).Ack(channel.Verified{})
	require.Equal(t, 200, got.Status)
	require.Equal(t, "success", string(got.Body))
	require.Equal(t, "text/plain; charset=utf-8", got.Header["content-type"])
}
