package wechat

import (
	"context"
	"encoding/xml"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

// What a receiver and the parser behind it spend on a text in safe mode.
func BenchmarkSafeText(b *testing.B) {
	body, err := os.ReadFile("testdata/clear/text.xml")
	require.NoError(b, err)
	c := open(b, `{"app_id":"`+appID+`"}`, current)
	r := pushed(ModeSafe)(channel.Request{Body: body}, current)
	b.ReportAllocs()
	for b.Loop() {
		v, err := c.Verify(context.Background(), r)
		if err != nil {
			b.Fatal(err)
		}
		es, err := c.Envelopes(v)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = c.Parse(es[0]); err != nil {
			b.Fatal(err)
		}
	}
}

// The scanner alone beside encoding/xml with a struct of the same fields.
func BenchmarkRead(b *testing.B) {
	body, err := os.ReadFile("testdata/clear/text.xml")
	require.NoError(b, err)
	b.Run("scanner", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := read(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m struct{ ToUserName, FromUserName, CreateTime, MsgType, Content, MsgId string }
			if err := xml.Unmarshal(body, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
