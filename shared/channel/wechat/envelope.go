package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// maxKey bounds the keys taken from a message, in bytes: they are hashed for the queue
// but become part of a row's key in the table.
const maxKey = 256

// Envelopes makes one envelope of one call: Tencent pushes messages one by one.
func (c *account) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	e := channel.Envelope{Channel: desk.WeChat, Account: c.name, At: v.Request.At, Body: v.Body, Shadow: v.Shadow}
	d, err := read(v.Body)
	if err != nil {
		d = document{}
	}
	e.Order, e.Dedup = d.keys(v.Body)
	return []channel.Envelope{e}, nil
}

// keys gives who wrote, and which message it is: MsgId for messages. Events have none,
// and Tencent says to tell them apart by sender and time; two different events of one
// sender in one second (a follow and a position) share both, so the event's name and
// key are part of it too.
func (d document) keys(body []byte) (order, dedup string) {
	order = d.key("FromUserName")
	if order == "" {
		h := hash(body)
		return h, h
	}
	event, id := d.key("Event"), d.key("MsgId")
	switch {
	case event == "" && id != "":
		dedup = id
	case event == "" || d.key("CreateTime") == "":
		dedup = hash(body) // a repeat carries the same body
	default:
		if id == "" {
			id = d.inList("MsgID") // as TEMPLATESENDJOBFINISH writes it; subscribe messages have it in a list
		}
		dedup = strings.Join([]string{order, d.key("CreateTime"), strings.ToLower(event), bounded(d.key("EventKey"), 64), id}, "|")
	}
	return bounded(order, maxKey), bounded(dedup, maxKey)
}

func (d document) key(name string) string { return strings.TrimSpace(d.get(name)) }

// bounded gives s, or a hash of it where it is longer than max bytes or no text, which
// would not come through the queue's JSON as it was.
func bounded(s string, max int) string {
	if len(s) <= max && utf8.ValidString(s) {
		return s
	}
	return hash([]byte(s))
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
