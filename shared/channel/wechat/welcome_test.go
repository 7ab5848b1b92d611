package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

const (
	welcoming = `{"app_id":"` + appID + `","welcome":{"zh-CN":"欢迎关注！]]> 有问题请直接留言。","en":"Welcome <you> & yours."}}`
	greeting  = "欢迎关注！]]> 有问题请直接留言。\n\nWelcome <you> & yours."
)

func acked(t *testing.T, c channel.Channel, r channel.Request) channel.Response {
	v, err := c.Verify(t.Context(), r)
	require.NoError(t, err)
	return c.(channel.Acker).Ack(v)
}

func event(t *testing.T, name string) channel.Request {
	body, err := os.ReadFile("testdata/clear/" + name)
	require.NoError(t, err)
	return channel.Request{Method: "POST", Body: body}
}

// decrypted opens an answer as the page "消息加解密说明" tells Tencent's side to: written a
// second time, so that the code under test never vouches for itself.
func decrypted(t *testing.T, key, text string) []byte {
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	require.NoError(t, err)
	b, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	require.Zero(t, len(b)%32, "blocks of 32")
	block, err := aes.NewCipher(raw)
	require.NoError(t, err)
	cipher.NewCBCDecrypter(block, raw[:16]).CryptBlocks(b, b)
	b = b[:len(b)-int(b[len(b)-1])]
	n := binary.BigEndian.Uint32(b[16:20])
	require.Equal(t, appID, string(b[20+n:]))
	return b[20 : 20+n]
}

type passiveXML struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}

// A new follower is welcomed in the answer itself: encrypted and signed anew in safe
// mode, from us to them, the same bytes for a repeat.
func TestWelcome(t *testing.T) {
	for _, name := range []string{"subscribe.xml", "subscribe_qr.xml"} {
		r := pushed(ModeSafe)(event(t, name), current)
		got := acked(t, open(t, welcoming, current), r)
		require.Equal(t, "text/xml; charset=utf-8", got.Header["content-type"])
		var o struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		require.NoError(t, xml.Unmarshal(got.Body, &o))
		require.Equal(t, digest(current["token"], o.TimeStamp, o.Nonce, o.Encrypt), o.MsgSignature)
		var p passiveXML
		require.NoError(t, xml.Unmarshal(decrypted(t, current["encoding_aes_key"], o.Encrypt), &p))
		require.Equal(t, passiveXML{customer, originalID, "text", greeting, 1772440190}, p)
		require.Equal(t, got, acked(t, open(t, welcoming, current), r), "a repeat is answered alike, by any instance")
	}
}

// The answer was opened by hand with
//
//	openssl enc -d -aes-256-cbc -nopad -K KEY_IN_HEX -iv FIRST_16_BYTES_OF_IT
//
// and signed with `printf %s … | sort | tr -d '\\n' | openssl sha1`; these are its bytes.
func TestWelcomeBytes(t *testing.T) {
	want, err := os.ReadFile("testdata/welcome.xml")
	require.NoError(t, err)
	got := acked(t, open(t, welcoming, current), pushed(ModeSafe)(event(t, "subscribe.xml"), current))
	require.Equal(t, string(want), string(got.Body))
}

// While key and token are changed, the ones that the call used are used for the answer.
func TestWelcomeWhileRotated(t *testing.T) {
	c := open(t, welcoming, next, current)
	var o struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	require.NoError(t, xml.Unmarshal(acked(t, c, pushed(ModeSafe)(event(t, "subscribe.xml"), current)).Body, &o))
	require.Contains(t, string(decrypted(t, current["encoding_aes_key"], o.Encrypt)), "Welcome")
	require.Equal(t, digest(current["token"], o.TimeStamp, o.Nonce, o.Encrypt), o.MsgSignature)
}

// An account whose data format is JSON is answered in it, TimeStamp a number; plain mode
// is answered in clear.
func TestWelcomeInOtherForms(t *testing.T) {
	r := channel.Request{Method: "POST", Body: []byte(`{"ToUserName":"` + originalID + `","FromUserName":"` + customer + `","CreateTime":1772440190,"MsgType":"event","Event":"subscribe"}`)}
	got := acked(t, open(t, welcoming, current), pushed(ModeSafe)(r, current))
	var o struct {
		Encrypt, MsgSignature, Nonce string
		TimeStamp                    int64
	}
	require.NoError(t, json.Unmarshal(got.Body, &o))
	require.Equal(t, int64(1772440190), o.TimeStamp)
	var p passiveXML
	require.NoError(t, json.Unmarshal(decrypted(t, current["encoding_aes_key"], o.Encrypt), &p))
	require.Equal(t, greeting, p.Content)

	plainMode := strings.Replace(welcoming, "{", `{"mode":"plain",`, 1)
	got = acked(t, open(t, plainMode, current), pushed(ModePlain)(event(t, "subscribe.xml"), current))
	require.NoError(t, xml.Unmarshal(got.Body, &p))
	require.Equal(t, greeting, p.Content)
}

// Everything else, and everybody where no welcome is set, is answered as before.
func TestNoWelcome(t *testing.T) {
	for _, name := range []string{"text.xml", "unsubscribe.xml", "click.xml", "json_event.json", "unreadable.txt"} {
		require.Equal(t, "success", string(acked(t, open(t, welcoming, current), pushed(ModeSafe)(event(t, name), current)).Body), name)
	}
	require.Equal(t, "success", string(acked(t, open(t, safe, current), pushed(ModeSafe)(event(t, "subscribe.xml"), current)).Body))
	for _, bad := range []string{`{"app_id":"wx1","welcome":{"fr":"x"}}`, `{"app_id":"wx1","welcome":{"en":"` + strings.Repeat("a", 2049) + `"}}`} {
		_, err := New(channel.Account{Settings: json.RawMessage(bad), Secret: func(string) ([]string, error) { return []string{current["token"]}, nil }})
		require.ErrorContains(t, err, "welcome")
	}
}
