package ticketing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// An answer goes out in as few messages as its channel takes: a mail is one whatever it
// carries, on WeChat each file follows the text by itself.
func TestPieces(t *testing.T) {
	a, b := desk.Attachment{Name: "a"}, desk.Attachment{Name: "b"}
	both := []desk.Attachment{a, b}
	for name, c := range map[string]struct {
		on   desk.Channel
		r    Reply
		want []piece
	}{
		"a text":                  {desk.WeChat, Reply{Text: "hi"}, []piece{{text: "hi"}}},
		"files behind the text":   {desk.WeChat, Reply{Text: "hi", Attachments: both}, []piece{{text: "hi"}, {files: both[:1]}, {files: both[1:]}}},
		"files alone":             {desk.WeChat, Reply{Attachments: both}, []piece{{files: both[:1]}, {files: both[1:]}}},
		"a mail":                  {desk.Email, Reply{Text: "hi", Attachments: both}, []piece{{text: "hi", files: both}}},
		"a mail without a text":   {desk.Email, Reply{Attachments: both}, []piece{{files: both}}},
		"a long text on WeChat":   {desk.WeChat, Reply{Text: strings.Repeat("a", 2049)}, []piece{{text: strings.Repeat("a", 2048)}, {text: "a"}}},
		"nothing in, nothing out": {desk.SMS, Reply{}, nil},
	} {
		require.Equal(t, c.want, pieces(c.on, c.r), name)
	}
}
