package wechat

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// What Tencent sends is read, and what it never sends is refused.
func TestReadXML(t *testing.T) {
	for body, want := range map[string]string{
		"<xml><A>1</A></xml>":                                "1",
		"\xef\xbb\xbf \n<xml><A>1</A></xml>\n":               "1",
		`<?xml version="1.0"?><xml><A>1</A></xml>`:           "1",
		"<xml><A><![CDATA[<b>&amp;]]></A></xml>":             "<b>&amp;",
		"<xml><A>a&lt;&gt;&amp;&apos;&quot;&#65;</A></xml>":  `a<>&'"A`,
		"<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>":    "a]]>b",
		"<xml><A>x<![CDATA[y]]>z</A></xml>":                  "xyz",
		"<xml><A/></xml>":                                    "",
		"<xml><A ></A ></xml>":                               "",
		"<xml><A>1</A><A>2</A></xml>":                        "1",
		"<xml><B><A>in</A></B><A>out</A></xml>":              "out",
		"<xml><!-- said --><A>1<!-- twice --></A></xml>":     "1",
		"<xml>\n <B>\n <C>1</C>\n </B>\n <A>你好😀</A>\n</xml>": "你好😀",
	} {
		d, err := read([]byte(body))
		require.NoError(t, err, body)
		require.Equal(t, want, d.get("A"), body)
	}
	for _, body := range []string{
		"", " ", "xml", "<", "<xml", "<xml>", "<xml></xm>", "<xml><A></xml>", "<xml><A></B></xml>", "<xml><A>1</A></xml>x",
		"<xml><A>&b;</A></xml>", "<xml><A>&</A></xml>", "<xml><A>&#0;</A></xml>", "<xml><A>&#xD800;</A></xml>", "<xml><A>&#x110000;</A></xml>", "<xml><A>&#;</A></xml>",
		`<!DOCTYPE x [<!ENTITY a "b">]><xml></xml>`, `<xml><!DOCTYPE x></xml>`, `<xml><A b="c">1</A></xml>`, "<xml><?php ?></xml>",
		"<xml><></></xml>", "<xml><1>1</1></xml>", "<xml><A><![CDATA[</A></xml>", "<xml><!--</xml>", "<html></html>", "<?xml ",
		strings.Repeat("<xml>", 9), "<xml>" + strings.Repeat("<a>", 8), "<xml>" + strings.Repeat("<a/>", 513) + "</xml>",
	} {
		_, err := read([]byte(body))
		require.Error(t, err, body)
	}
}

// JSON is read into the same elements.
func TestReadJSON(t *testing.T) {
	d, err := read([]byte(` {"A":"1","Id":24012345678901238,"L":[{"B":true},{"B":null}],"O":{"P":{"Q":1.5}}}`))
	require.NoError(t, err)
	require.Equal(t, "24012345678901238", d.get("Id"))
	var paths []string
	for i := range d.fields {
		paths = append(paths, d.path(i)+"="+string(d.fields[i].value))
	}
	require.Equal(t, []string{"A=1", "Id=24012345678901238", "L=", "L.B=true", "L=", "L.B=", "O=", "O.P=", "O.P.Q=1.5"}, paths)
	for _, body := range []string{"{", `{"a"`, `{"a":`, `{"a":[`, "{}{}", `{"a":1}x`, "[]", `{"a":` + strings.Repeat("[", 9), `{"a":` + strings.Repeat(`{"a":`, 9)} {
		_, err := read([]byte(body))
		require.Error(t, err, body)
	}
}

// FuzzRead: no body makes the reader panic or run on; what it reads of XML is what
// encoding/xml reads.
func FuzzRead(f *testing.F) {
	for _, fx := range fixtures(f) {
		f.Add(fx.Request.Body)
	}
	f.Add([]byte("<xml><A>x<![CDATA[y]]>z</A></xml>"))
	f.Add([]byte("<xml><A>&#x4F60;&lt;</A><B/></xml>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := read(body)
		if err != nil || len(body) == 0 || body[0] != '<' {
			return
		}
		want, err := leaves(string(body))
		if err != nil || strings.Contains(string(body), "\r") {
			return // encoding/xml is stricter about characters, and changes line ends
		}
		got := map[string]string{}
		for i, f := range d.fields {
			if !f.branch {
				got[d.path(i)] += string(f.value) + "\x00"
			}
		}
		require.Equal(t, want, got)
	})
}

// FuzzParse: whatever stood in a signed body, it is one envelope; what is parsed of it
// has an id and a sender, holds text that JSON carries unchanged, and is the same again.
func FuzzParse(f *testing.F) {
	for _, fx := range fixtures(f) {
		f.Add(fx.Request.Body)
	}
	c := example(f, ModePlain)
	f.Fuzz(func(t *testing.T, body []byte) {
		es, err := c.Envelopes(channel.Verified{Body: body})
		require.NoError(t, err)
		require.Len(t, es, 1)
		ins, err := c.Parse(es[0])
		if err != nil {
			require.ErrorIs(t, err, channel.ErrUnreadable)
			return
		}
		require.Equal(t, es[0].Dedup, ins[0].ID)
		require.Equal(t, es[0].Order, ins[0].From.ID)
		b, err := json.Marshal(ins)
		require.NoError(t, err)
		var after []desk.Inbound
		require.NoError(t, json.Unmarshal(b, &after))
		require.Equal(t, ins, after)
	})
}

// leaves reads a document with encoding/xml: path to the texts of all such elements.
func leaves(body string) (map[string]string, error) {
	dec := xml.NewDecoder(strings.NewReader(body))
	out := map[string]string{}
	var path []string
	text, leaf := "", false
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch v := tok.(type) {
		case xml.StartElement:
			if v.Name.Space != "" {
				return nil, errXML
			}
			path, text, leaf = append(path, v.Name.Local), "", true
		case xml.CharData:
			text += string(v)
		case xml.EndElement:
			if leaf && len(path) > 1 {
				out[strings.Join(path[1:], ".")] += text + "\x00"
			}
			if leaf = false; len(path) > 0 {
				path = path[:len(path)-1]
			}
		}
	}
}

// FuzzOpen: no text makes the decryption panic, and none opens but with the right app id.
func FuzzOpen(f *testing.F) {
	k, err := newKey(exampleKey)
	require.NoError(f, err)
	f.Add([]byte(exampleEncrypted))
	f.Add([]byte(encrypt(exampleKey, nil, exampleApp)))
	f.Add([]byte("AAAA"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if msg, ok := k.open(text, exampleApp); ok {
			require.LessOrEqual(t, len(msg)+headBytes+len(exampleApp), len(text))
		}
		unpack(text, exampleApp)
	})
}

// FuzzParams: no query makes the reader panic, and none but a signed one is believed.
func FuzzParams(f *testing.F) {
	f.Add(exampleCheck)
	f.Add(exampleSafe)
	f.Add("signature=%zz&&=&nonce=+")
	f.Fuzz(func(t *testing.T, query string) {
		c := example(t, ModePlain)
		p, err := readParams(query, "signature")
		if err != nil {
			return
		}
		require.Equal(t, digest(exampleToken, p.timestamp, p.nonce) == p.signature, c.signed(p.signature, []byte(p.timestamp), []byte(p.nonce)))
	})
}
