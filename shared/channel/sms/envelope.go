package sms

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Keys of Envelope.Meta.
const (
	metaType    = "ct"   // the body's content type
	metaStatus  = "st"   // "1": a status callback
	metaMessage = "m"    // status: our message's id
	metaTicket  = "t"    // status: its ticket
	unreadable  = "hash" // kind of the derived key of a body that can't be read
)

// Envelopes gives the one message or receipt of a call. Its order key is the
// customer's number, for a receipt too, so that both stay in one row.
func (c *Channel) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	r := v.Request
	e := channel.Envelope{
		Channel: desk.SMS, Account: c.account, At: r.At, Body: v.Body, Shadow: v.Shadow,
		Meta: map[string]string{metaType: r.Get("content-type")},
	}
	p := params(e)
	sid, status := p["MessageSid"], p["MessageStatus"]
	_, isMessage := p["Body"]
	e.Order, e.Dedup = p["From"], sid
	if strings.HasSuffix(r.Path, "/status") || (status != "" && !isMessage) {
		callback(e.Meta, r.RawQuery)
		e.Order, e.Dedup = p["To"], sid+" "+status
	}
	if sid == "" || e.Order == "" {
		e.Order = desk.DeriveID(unreadable, string(v.Body))
		e.Dedup = e.Order
	}
	return []channel.Envelope{e}, nil
}

// callback notes which message the address of a status callback names.
func callback(meta map[string]string, rawQuery string) {
	q, _ := url.ParseQuery(rawQuery) // what can be read of it; the rest was never ours
	meta[metaStatus] = "1"
	meta[metaMessage], meta[metaTicket] = q.Get("m"), q.Get("t")
}

// params reads a form, or a flat JSON object, to the first value of each key.
func params(e channel.Envelope) map[string]string {
	p := map[string]string{}
	if !isForm(e.Meta[metaType]) {
		var object map[string]any
		if json.Unmarshal(e.Body, &object) == nil {
			for k, v := range object {
				if s, ok := v.(string); ok {
					p[k] = s
				}
			}
		}
		return p
	}
	form, err := url.ParseQuery(string(e.Body))
	if err != nil {
		return p
	}
	for k := range form {
		p[k] = form.Get(k)
	}
	return p
}
