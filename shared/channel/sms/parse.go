package sms

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// maxMedia is how many files one message may bring (Twilio: MediaUrl0 to 9).
const maxMedia = 10

// Parse reads an envelope of any account: a message, an opt-out or opt-in, or what
// became of a message of ours.
//
// STOP and its like give one InOptOut with the text kept. Twilio answers them itself.
// YES gives an InOptIn and the message, since a plain yes is an answer too. A status
// that Twilio hasn't told of is an InEvent of its name.
func Parse(e channel.Envelope) ([]desk.Inbound, error) {
	p := params(e)
	if p["MessageSid"] == "" {
		return nil, fmt.Errorf("%w: Twilio's call names no MessageSid", channel.ErrUnreadable)
	}
	who := "From"
	if e.Meta[metaStatus] != "" {
		who = "To"
	}
	if p[who] == "" {
		return nil, fmt.Errorf("%w: Twilio's call names no %s number", channel.ErrUnreadable, who)
	}
	for _, v := range p {
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("%w: Twilio's call is not UTF-8", channel.ErrUnreadable)
		}
	}
	in := desk.Inbound{ID: e.Dedup, From: desk.Address{Channel: desk.SMS, Account: e.Account, ID: p[who]}}
	if e.Meta[metaStatus] != "" {
		return []desk.Inbound{receipt(in, e, p)}, nil
	}
	return message(in, p), nil
}

func message(in desk.Inbound, p map[string]string) []desk.Inbound {
	in.Kind, in.Text = desk.InMessage, p["Body"]
	in.Attachments = media(p)
	if strings.ContainsFunc(in.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		in.Lang = "zh-CN"
	}
	word := keyword(in.Text)
	switch {
	case p["OptOutType"] == "STOP", p["OptOutType"] == "" && optOut[word]:
		in.Kind = desk.InOptOut
	case p["OptOutType"] == "START" && word != "YES", p["OptOutType"] == "" && optIn[word]:
		in.Kind = desk.InOptIn
	case word == "YES" && p["OptOutType"] != "HELP":
		start := desk.Inbound{Kind: desk.InOptIn, ID: in.ID + " opt-in", From: in.From}
		return []desk.Inbound{start, in}
	}
	return []desk.Inbound{in}
}

// Words that, alone in a message, are orders. Twilio's own, and those that carriers
// in China made customary.
var (
	optOut = words("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL", "T", "TD", "退订")
	optIn  = words("START", "UNSTOP", "订阅")
)

func words(list ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range list {
		m[w] = true
	}
	return m
}

// around is what people and their keyboards put around an order; a question mark is not
// among it, since who asks orders nothing.
const around = " \t\r\n\u3000.,;!~\"'()[]。，；！…、“”‘’「」【】"

// keyword is a text as orders are compared: trimmed, in capitals, and with letters of
// full width, as Chinese keyboards give them, made plain.
func keyword(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 40 {
		return ""
	}
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		return unicode.ToUpper(r)
	}, text), around)
}

func media(p map[string]string) []desk.Attachment {
	n, _ := strconv.Atoi(p["NumMedia"])
	var list []desk.Attachment
	for i := range min(n, maxMedia) {
		ref := p["MediaUrl"+strconv.Itoa(i)]
		if ref == "" {
			continue
		}
		list = append(list, desk.Attachment{Type: p["MediaContentType"+strconv.Itoa(i)], Ref: ref})
	}
	return list
}

// ranks orders Twilio's statuses as a message goes through them; see Rank.
var ranks = map[string]int{
	"accepted": 1, "scheduled": 1, "queued": 2, "sending": 3, "sent": 4,
	"undelivered": 5, "failed": 5, "canceled": 5, "delivered": 5, "read": 6,
}

// Rank tells how far along a status of Twilio's is, 0 for one not known. Callbacks
// arrive out of order: one of no higher rank than what is recorded changes nothing.
func Rank(status string) int { return ranks[status] }

var states = map[string]desk.SendState{
	"undelivered": desk.Failed, "failed": desk.Failed, "canceled": desk.Failed,
	"delivered": desk.Delivered, "read": desk.Delivered,
}

func receipt(in desk.Inbound, e channel.Envelope, p map[string]string) desk.Inbound {
	in.Type, in.Quiet = p["MessageStatus"], true
	if Rank(in.Type) == 0 {
		in.Kind = desk.InEvent
		return in
	}
	in.Kind = desk.InReceipt
	in.Receipt = &desk.Receipt{
		Message: desk.MessageID(e.Meta[metaMessage]), Ticket: desk.TicketID(e.Meta[metaTicket]),
		ProviderID: p["MessageSid"], State: desk.Sent, Code: p["ErrorCode"],
	}
	if s, ok := states[in.Type]; ok {
		in.Receipt.State = s
	}
	in.Receipt.Permanent = permanent[in.Receipt.Code]
	return in
}

// permanent are the codes after which the number will not take messages: a landline
// or no such number (30006, 30005), opted out (21610).
var permanent = words("30005", "30006", "21610", "21614", "21211")
