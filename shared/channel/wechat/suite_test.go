package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
)

const (
	appID      = "wx5823bf96d3bd56c7"
	originalID = "gh_12345678abcd"
	safe       = `{"app_id":"` + appID + `","original_id":"` + originalID + `"}`
	customer   = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
)

var (
	current = map[string]string{"token": "desk-token-1", "encoding_aes_key": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"}
	next    = map[string]string{"token": "desk-token-2", "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
)

// unknownTypes are the fixtures of types that no page describes.
var unknownTypes = map[string]string{"unknown_message": "hologram", "unknown_without_id": "beacon", "unknown_event": "brand_new_thing"}

// fixtures are the clear messages of testdata/clear, written after Tencent's pages.
func fixtures(t testing.TB) []channeltest.Fixture {
	files, err := filepath.Glob("testdata/clear/*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var out []channeltest.Fixture
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		out = append(out, channeltest.Fixture{
			Name:       name,
			Request:    channel.Request{Method: "POST", Path: "/wechat/main", URL: "https://desk.example.com/wechat/main?", Body: body},
			Unknown:    unknownTypes[name],
			Unreadable: strings.HasPrefix(name, "unreadable"),
			Private:    []string{"13800138000", "SF1234567890", "我想退货", customer},
		})
	}
	return out
}

// pushed makes the call that Tencent makes of a clear message, after the page "消息加解密说明":
// written here a second time, so that the code under test never vouches for itself.
func pushed(mode string) func(channel.Request, map[string]string) channel.Request {
	return func(r channel.Request, s map[string]string) channel.Request {
		at := strconv.FormatInt(channeltest.At.Unix(), 10)
		const nonce = "1320562132"
		query := "signature=" + digest(s["token"], at, nonce) + "&timestamp=" + at + "&nonce=" + nonce
		if mode != ModePlain {
			enc := encrypt(s["encoding_aes_key"], r.Body, appID)
			body := "<xml>\n    <ToUserName><![CDATA[" + originalID + "]]></ToUserName>\n"
			if mode == ModeCompatible {
				body += "<FromUserName><![CDATA[somebody else]]></FromUserName><Content><![CDATA[not what was encrypted]]></Content>"
			}
			r.Body = []byte(body + "    <Encrypt><![CDATA[" + enc + "]]></Encrypt>\n</xml>\n")
			query += "&openid=" + customer + "&encrypt_type=aes&msg_signature=" + digest(s["token"], at, nonce, enc)
		}
		r.RawQuery, r.URL = query, "https://desk.example.com/wechat/main?"+query
		return r
	}
}

func digest(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func encrypt(key string, msg []byte, app string) string {
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil {
		panic(err)
	}
	plain := binary.BigEndian.AppendUint32([]byte("fedcba9876543210"), uint32(len(msg)))
	plain = append(append(plain, msg...), app...)
	n := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(n)}, n)...)
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, raw[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

func spec(t *testing.T, mode string) channeltest.Spec {
	s := channeltest.Spec{
		New:      New,
		Settings: strings.TrimSuffix(safe, "}") + `,"mode":"` + mode + `","max_age":300}`,
		Secrets:  current,
		Next:     next,
		Sign:     pushed(mode),
		Fixtures: fixtures(t),
		MaxAge:   300 * time.Second,
		Shadow:   true,
		BadSettings: []string{
			`{"app_id":"wx1","mode":"secret"}`, `{}`, `{"app_id":"wx1","max_age":-1}`, `{"app_id":1}`, `{"app_id":"wx1","mod":"plain"}`,
		},
	}
	time, nonce := channeltest.Query("timestamp"), channeltest.Query("nonce")
	if mode == ModePlain {
		s.Signature = []channeltest.Part{channeltest.Query("signature"), time, nonce}
		s.Uncovered = []channeltest.Uncovered{{Part: channeltest.Body(), Why: "the protocol signs token, time and nonce alone: plain mode is for development"}}
		s.Secrets = map[string]string{"token": current["token"]}
		s.BadSettings = []string{`{"mode":"secret"}`, `{"mode":"plain","max_age":-1}`}
		return s
	}
	s.Signature = []channeltest.Part{channeltest.Query("msg_signature"), time, nonce}
	s.Covered = []channeltest.Part{channeltest.BodyPart("Encrypt", "<Encrypt><![CDATA[", "]]></Encrypt>")}
	s.Uncovered = []channeltest.Uncovered{
		{Part: channeltest.BodyPart("the outer ToUserName", "<ToUserName><![CDATA[", "]]>"), Why: "not read: the encrypted one is"},
		{Part: channeltest.Query("signature"), Why: "not read: Tencent warns against relying on it in safe mode"},
		{Part: channeltest.Query("openid"), Why: "not read: the encrypted FromUserName is"},
		{Part: channeltest.Query("encrypt_type"), Why: "not read: the account's setting decides, so nobody can talk the desk into plain mode"},
	}
	return s
}

// A WeChat account keeps a channel's promises in each of the three modes, and the
// three read the same messages alike: they share their golden files.
func TestChannel(t *testing.T) {
	for _, mode := range []string{ModeSafe, ModeCompatible, ModePlain} {
		t.Run(mode, func(t *testing.T) { channeltest.Run(t, spec(t, mode)) })
	}
}
