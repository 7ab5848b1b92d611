package email

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/deskhook/deskhook/shared/desk"
)

// parseMail makes what the desk works with of a mail: one inbound, or one for each
// recipient a report names.
func (c *mailChannel) parseMail(n notice, m Mail) []desk.Inbound {
	in := c.base(n, m)
	switch m.Kind {
	case KindBounce:
		return perRecipient(in, desk.InBounce, m.Report, desk.Failed)
	case KindComplaint:
		return perRecipient(in, desk.InComplaint, m.Report, desk.Delivered)
	case KindReceipt:
		state := desk.Delivered
		if m.Report.Action == "delayed" {
			state = desk.Sent
		}
		return perRecipient(in, desk.InReceipt, m.Report, state)
	}
	return []desk.Inbound{in}
}

// base is what every kind has.
func (c *mailChannel) base(n notice, m Mail) desk.Inbound {
	sender := m.From
	if sender == "" {
		sender = n.from()
	}
	in := desk.Inbound{
		Kind: desk.InMessage, ID: n.Mail.MessageID,
		From: desk.Address{Channel: desk.Email, Account: c.account, ID: sender},
		Name: m.FromName, At: when(m.Date, n.time()), Lang: language(m.Subject + "\n" + m.Reply),
		Subject: m.Subject, Text: m.Reply, HTML: m.HTML, Attachments: m.Attachments,
		Automatic: m.NoAutoReply, Marks: m.Marks,
		Virus: n.Receipt.Virus.fail(),
		Mail: &desk.Mail{
			MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References, To: m.To, Cc: m.Cc,
			Recipients: addressesOf(n.Receipt.Recipients),
		},
	}
	if m.Text != m.Reply {
		in.Full = m.Text
	}
	if len(m.ReplyTo) > 0 && m.ReplyTo[0] != sender {
		in.Contact.Mail = m.ReplyTo[0]
	}
	if n.Receipt.Spam.fail() {
		in.Spam = "SES holds it to be spam"
	}
	in.Mail.Trusted, in.Mail.Why = trusted(n, m)
	if c.settings.own(sender) {
		in.Quiet = true
		in.Automatic = "sent from the desk's own address"
	}
	return in
}

// perRecipient makes one inbound for each recipient of a report. None opens a ticket.
func perRecipient(in desk.Inbound, kind desk.InboundKind, r Report, state desk.SendState) []desk.Inbound {
	in.Kind, in.Quiet, in.Type = kind, true, r.Action
	recipients := r.Failed
	if len(recipients) == 0 {
		recipients = []Failed{{}}
	}
	var out []desk.Inbound
	for i, f := range recipients {
		one := in
		if i > 0 {
			one.ID = fmt.Sprintf("%s#%d", in.ID, i+1)
		}
		one.Receipt = &desk.Receipt{State: state, Code: f.Status, MailID: r.MailID, Address: f.Address, Permanent: f.Permanent}
		out = append(out, one)
	}
	return out
}

// when is the mail's own time, but not later than it was received.
func when(date, received time.Time) time.Time {
	if date.IsZero() || !received.IsZero() && date.After(received) {
		return received
	}
	return date
}

// trusted says whether the From is proven: by DMARC, or by SPF or DKIM of the same
// domain (RFC 7489 3.1, relaxed: a domain and those below it).
func trusted(n notice, m Mail) (bool, string) {
	r, domain := n.Receipt, domainOf(m.From)
	switch {
	case m.Senders != 1 || domain == "":
		return false, "From does not name one address"
	case r.DMARC.pass():
		return true, "DMARC passed"
	case r.DMARC.fail():
		return false, "DMARC failed"
	case r.SPF.pass() && aligned(domainOf(Untagged(strings.Trim(n.Mail.Source, "<>"))), domain):
		return true, "SPF passed for the domain of From"
	case r.DKIM.pass() && signedBy(n.Mail.Headers, domain):
		return true, "DKIM passed for the domain of From"
	}
	return false, "neither DMARC nor aligned SPF or DKIM passed"
}

// signedBy looks for DKIM signatures of the domain. SES's verdict doesn't say which of
// several signatures passed, so all of them must be the domain's.
func signedBy(headers []sesHeader, domain string) bool {
	found := false
	for _, h := range headers {
		if !strings.EqualFold(h.Name, "DKIM-Signature") {
			continue
		}
		d := ""
		for _, tag := range strings.Split(h.Value, ";") {
			if k, v, _ := strings.Cut(tag, "="); strings.TrimSpace(k) == "d" {
				d = strings.ToLower(strings.TrimSpace(v))
			}
		}
		if !aligned(d, domain) {
			return false
		}
		found = true
	}
	return found
}

// aligned says whether the domain that was proven is From's or one above it. A domain
// below From's proves nothing: on some, strangers are given names.
func aligned(a, b string) bool {
	if a == "" || b == "" || !strings.Contains(a, ".") || !strings.Contains(b, ".") {
		return false
	}
	return a == b || strings.HasSuffix(b, "."+a)
}

// language guesses: zh-CN where Han characters dominate and no kana stands among them,
// en where Latin letters do, else nothing.
func language(s string) string {
	han, kana, latin, other := 0, 0, 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	// A Han character is worth about three letters of a word.
	switch {
	case han > 0 && 3*han >= latin && kana*10 < han && other < han:
		return "zh-CN"
	case latin > 0 && kana == 0 && han == 0 && latin > 3*other:
		return "en"
	}
	return ""
}
