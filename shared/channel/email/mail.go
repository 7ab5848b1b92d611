package email

import (
	"bytes"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel/email/quote"
	"github.com/deskhook/deskhook/shared/desk"
)

// ErrEmpty is Read's only error: there is no mail at all, not a byte but blanks.
var ErrEmpty = errors.New("email: empty")

// Mail is a mail as read. Every string is valid UTF-8; addresses are in lower case;
// ids stand without <>.
type Mail struct {
	From       string // "" where no header names an address
	FromName   string
	Senders    int // how many addresses the From headers name: more than one proves nothing
	ReplyTo    []string
	To         []string
	Cc         []string
	Subject    string
	Date       time.Time // UTC; zero where there is none that can be read
	MessageID  string
	InReplyTo  string
	References []string // oldest first
	ReturnPath string   // "<>" for the null path, "" where the header is missing

	Text  string // all of it: from text/plain, or derived from the HTML
	Reply string // without quoted history and signature; a part of Text, or of the HTML's text
	HTML  string // cleaned: no scripts, no styles that load, no images from the net

	// Attachments are all parts that aren't the text, in their order: files, images
	// (Inline is the Content-ID that the HTML shows them by), forwarded mails, invites,
	// the parts of reports, and what isn't known.
	Attachments []desk.Attachment

	// Marks tell agents what isn't plain to see: that the mail is signed, encrypted or an
	// invitation.
	Marks []desk.Decision

	Kind        Kind
	Why         string // of Kind, in words; "" for an ordinary message
	NoAutoReply string // why no automatic answer may go out, "" where one may
	Report      Report // bounce, receipt and complaint: about which mail of ours
}

// Read reads a raw mail of any size. It never panics and fails only for ErrEmpty: of
// broken mail it gives what can be read.
func Read(raw []byte) (Mail, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Mail{}, ErrEmpty
	}
	return guarded(raw), nil
}

// guarded falls back to the bare text should a library (or we) panic over the content.
func guarded(raw []byte) (m Mail) {
	defer func() {
		if recover() != nil {
			m = bare(raw)
		}
	}()
	return read(parse(raw))
}

// bare reads as much as it can without any structure; what was read before a panic
// stays.
func bare(raw []byte) (m Mail) {
	defer func() { _ = recover() }()
	m = Mail{Kind: KindMessage, Text: strings.ToValidUTF8(string(raw), "\ufffd")}
	m.Reply = m.Text
	h, body := readHeader(raw)
	m.Text = strings.TrimSpace(clean(toUTF8("", body)))
	m.Reply = m.Text
	m.setFrom(h)
	m.Subject = h.text("subject")
	return m
}

func read(root *node) Mail {
	m := fromHeader(root.head)
	var c contents
	c.add(root)
	m.Text = c.text()
	html := c.html()
	m.HTML = sanitize(html)
	m.Reply = reply(m.Text, html, c.plain(), m.Subject)
	m.Attachments = c.files
	m.Marks = marks(root, m.Text)
	classify(&m, root)
	return m
}

// reply cuts the history. Where the plain text doesn't show where it begins, the
// HTML's markup may.
func reply(text, html string, plain bool, subject string) string {
	cut := quote.Text(text, subject)
	if html == "" || plain && len(cut) < len(text) {
		return cut
	}
	rest, ok := quote.HTML(html, subject)
	if !ok {
		return cut
	}
	if s := quote.Text(textFromHTML(rest), subject); s != "" && len(s) < len(cut) {
		return s
	}
	return cut
}

func fromHeader(h header) Mail {
	m := Mail{
		ReplyTo:    addressesOf(h.all("reply-to")),
		To:         addressesOf(h.all("to")),
		Cc:         addressesOf(h.all("cc")),
		Subject:    h.text("subject"),
		Date:       date(h.get("date")),
		MessageID:  id(h.get("message-id")),
		References: ids(strings.Join(h.all("references"), " ")),
		ReturnPath: returnPath(h),
	}
	if in := ids(h.get("in-reply-to")); len(in) > 0 {
		m.InReplyTo = in[0]
	}
	m.setFrom(h)
	return m
}

// setFrom takes the first address of the first From header that has one. Without any,
// Sender, Reply-To and Return-Path say who wrote, in this order.
func (m *Mail) setFrom(h header) {
	for _, v := range h.all("from") {
		boxes := ParseAddresses(v)
		m.Senders += len(boxes)
		if len(boxes) > 0 && m.From == "" {
			m.From, m.FromName = boxes[0].Address, boxes[0].Name
		}
		if m.FromName == "" && m.From == "" {
			m.FromName = decodeWords(v)
		}
	}
	for _, name := range []string{"sender", "reply-to", "return-path"} {
		if m.From != "" {
			return
		}
		if boxes := ParseAddresses(h.get(name)); len(boxes) > 0 {
			m.From = boxes[0].Address
			if m.FromName == "" {
				m.FromName = boxes[0].Name
			}
		}
	}
}

func returnPath(h header) string {
	if !h.has("return-path") {
		return ""
	}
	if boxes := ParseAddresses(h.get("return-path")); len(boxes) > 0 {
		return boxes[0].Address
	}
	return "<>"
}

var bracketed = regexp.MustCompile(`<([^<>]*)>`)

// ids reads message ids: what stands in <>, or the words where there are no brackets.
// Blanks inside an id come from folding and are removed.
func ids(v string) []string {
	out := []string{}
	found := bracketed.FindAllStringSubmatch(v, -1)
	for _, f := range found {
		if s := idText(f[1]); s != "" {
			out = append(out, s)
		}
	}
	if len(found) > 0 {
		return out
	}
	for _, f := range strings.Fields(v) {
		if s := idText(f); strings.Contains(s, "@") {
			out = append(out, s)
		}
	}
	return out
}

// id reads a header that holds one id; where it is malformed, what there is.
func id(v string) string {
	if f := bracketed.FindStringSubmatch(v); f != nil {
		return idText(f[1])
	}
	return idText(v)
}

func idText(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 127 || r == '<' || r == '>' {
			return -1
		}
		return r
	}, clean(s))
}

// dateForms are what programs write beside RFC 5322's.
var dateForms = []string{
	time.RFC3339, "Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006",
	"Mon Jan 2 15:04:05 MST 2006", "Mon, 2 Jan 2006 15:04:05 -0700 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05",
	"Mon, 2-Jan-2006 15:04:05 -0700", "Monday, 2 Jan 2006 15:04:05 -0700", "Mon, 02 January 2006 15:04:05 -0700",
}

func date(v string) time.Time {
	v = strings.Join(strings.Fields(v), " ")
	if t, err := mail.ParseDate(v); err == nil {
		return sane(t)
	}
	v, _, _ = strings.Cut(v, " (")
	v = strings.NewReplacer(" UT", " +0000", " GMT", " +0000", " Z", " +0000").Replace(v)
	if t, err := mail.ParseDate(v); err == nil {
		return sane(t)
	}
	for _, f := range dateForms {
		if t, err := time.Parse(f, v); err == nil {
			return sane(t)
		}
	}
	return time.Time{}
}

// sane gives UTC, and no date for years that no JSON can hold.
func sane(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
