// Package parts cuts a text into as many messages as a channel needs for it, so that
// each message is one attempt with one outcome.
package parts

import (
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

// Limits of one message's text.
const (
	WeChatBytes    = 2048 // Tencent, "发送客服消息": text in bytes of UTF-8
	SMSCharacters  = 1600 // Twilio, "Messages resource": Body
	unlimitedBytes = 1 << 30
)

// Split cuts a text for a channel: at the end of a line or a word where that leaves at
// least half of what fits, never within a character. Put together again the parts are
// the text, but for white space at the cuts. A text that fits is one part.
func Split(c desk.Channel, text string) []string {
	var out []string
	for {
		n := fits(c, text)
		if n == len(text) {
			return append(out, text)
		}
		cut := breakAt(text[:n])
		out = append(out, strings.TrimRight(text[:cut], " \n"))
		text = strings.TrimLeft(text[cut:], " \n")
	}
}

// fits is how many bytes at the beginning of a text go into one message.
func fits(c desk.Channel, text string) int {
	most, chars := unlimitedBytes, unlimitedBytes
	switch c {
	case desk.WeChat:
		most = WeChatBytes
	case desk.SMS:
		chars = SMSCharacters
	}
	n, seen := 0, 0
	for n < len(text) && seen < chars {
		_, size := utf8.DecodeRuneInString(text[n:])
		if n+size > most {
			break
		}
		n += size
		seen++
	}
	return n
}

// breakAt finds the best place to cut in what fits.
func breakAt(head string) int {
	for _, sep := range []string{"\n\n", "\n", "。", ". ", " "} {
		if i := strings.LastIndex(head, sep); i+len(sep) > len(head)/2 && i >= 0 {
			return i + len(sep)
		}
	}
	return len(head)
}
