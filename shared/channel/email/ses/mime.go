package ses

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"unicode"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/desk"
)

// maxReferences is how many ids References keeps: the first, which names the
// conversation, and the last ones.
const maxReferences = 20

// build makes the mail's bytes: the same for the same message.
func (s *sender) build(m channel.Outgoing) ([]byte, error) {
	var b bytes.Buffer
	s.headers(m, func(name, value string) {
		if value = strings.Join(strings.Fields(line(value)), " "); value != "" {
			b.WriteString(fold(name + ": " + value))
		}
	})
	err := s.body(&b, m)
	return b.Bytes(), err
}

func (s *sender) headers(m channel.Outgoing, set func(name, value string)) {
	set("From", mailbox(s.settings.Name, s.settings.Address))
	set("To", mailbox(m.Name, m.To.ID))
	set("Cc", strings.Join(addresses(m.Cc), ", "))
	if s.opt.SignReply != nil && m.Ticket != "" {
		set("Reply-To", mailbox(s.settings.Name, tagged(s.settings.Address, s.opt.SignReply(m))))
	}
	set("Subject", word(m.Subject))
	set("Date", s.now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	set("Message-ID", "<"+s.messageID(m)+">")
	if id := msgID(m.InReplyTo); id != "" {
		set("In-Reply-To", "<"+id+">")
	}
	set("References", references(m))
	if m.Automatic {
		set("Auto-Submitted", autoSubmitted(m.Purpose))
		set("X-Auto-Response-Suppress", "All")
	}
	if survey(m.Purpose) && s.opt.Unsubscribe != nil {
		set("List-Unsubscribe", "<"+msgID(s.opt.Unsubscribe(m))+">")
		set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	set("Content-Language", language(m.Lang))
	set("MIME-Version", "1.0")
}

func survey(purpose string) bool { return purpose == "survey" || purpose == "reminder" }

// autoSubmitted: what answers a mail is auto-replied, what nobody asked for is
// auto-generated (RFC 3834, 5).
func autoSubmitted(purpose string) string {
	if survey(purpose) || purpose == "pending" || purpose == "closing" || purpose == "notice" {
		return "auto-generated"
	}
	return "auto-replied"
}

// messageID is ours: message and ticket at the desk's domain.
func (s *sender) messageID(m channel.Outgoing) string {
	if m.Ticket == "" {
		return msgID(fmt.Sprintf("%s@%s", m.ID, domain(s.settings.Address)))
	}
	return msgID(fmt.Sprintf("%s.%s@%s", m.ID, m.Ticket, domain(s.settings.Address)))
}

func domain(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }

// tagged puts a tag into an address: help+tag@example.com.
func tagged(addr, tag string) string {
	at := strings.LastIndexByte(addr, '@')
	if tag == "" || at < 0 {
		return addr
	}
	return addr[:at] + "+" + tag + addr[at:]
}

// references gives the chain, the first id and the last ones when it is long. It
// always ends with the mail that is answered.
func references(m channel.Outgoing) string {
	var ids []string
	for _, r := range append(append([]string{}, m.References...), m.InReplyTo) {
		if r = msgID(r); r != "" && (len(ids) == 0 || ids[len(ids)-1] != "<"+r+">") {
			ids = append(ids, "<"+r+">")
		}
	}
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	return strings.Join(ids, " ")
}

// msgID drops what can't stand in an id; it would end the header or the brackets.
func msgID(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 127 || r == '<' || r == '>' {
			return -1
		}
		return r
	}, s)
}

func mailbox(name, addr string) string {
	a := mail.Address{Name: line(name), Address: strings.Join(strings.Fields(line(addr)), "")}
	return a.String() // encodes the name as RFC 2047 says
}

func addresses(list []string) []string {
	var out []string
	for _, a := range list {
		for _, b := range email.ParseAddresses(line(a)) {
			out = append(out, mailbox("", b.Address))
		}
	}
	return out
}

func word(s string) string { return mime.BEncoding.Encode("utf-8", cut(line(s), 250)) }

// short keeps a file's name within a line of 998 bytes when each byte is written as
// three, and keeps its ending.
func short(name string) string {
	r := []rune(name)
	if len(r) <= 80 {
		return name
	}
	return string(r[:70]) + string(r[len(r)-10:])
}

func cut(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}

func language(s string) string {
	for _, r := range s {
		if r != '-' && (r >= 127 || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			return ""
		}
	}
	return s
}

// line makes a value one line: nothing a customer or an agent wrote can begin another
// header.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

// fold breaks a header at blanks so that lines stay below 78 characters where they can
// (RFC 5322 2.1.1).
func fold(s string) string {
	var b strings.Builder
	width := 0
	for i, w := range strings.Split(s, " ") {
		switch {
		case i == 0:
		case width+1+len(w) > 76 && i > 1:
			b.WriteString("\r\n ")
			width = 1
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(w)
		width += len(w)
	}
	return b.String() + "\r\n"
}

// body writes the text, with the HTML as an alternative, with the files beside them.
func (s *sender) body(b *bytes.Buffer, m channel.Outgoing) error {
	if len(m.Attachments) == 0 {
		return s.text(func(h textproto.MIMEHeader) (writer, error) { writeHeader(b, h); return b, nil }, m)
	}
	w, err := s.multipart(b, "mixed", m)
	if err != nil {
		return err
	}
	if err := s.text(func(h textproto.MIMEHeader) (writer, error) { return w.CreatePart(h) }, m); err != nil {
		return err
	}
	for _, a := range m.Attachments {
		if err := attach(w, a); err != nil {
			return err
		}
	}
	return w.Close()
}

type writer interface{ Write([]byte) (int, error) }

// text writes the text part, or both forms of it.
func (s *sender) text(open func(textproto.MIMEHeader) (writer, error), m channel.Outgoing) error {
	if m.HTML == "" {
		m.HTML = htmlOf(m.Text) + rowOf(m.Menu)
	}
	var inner bytes.Buffer
	w := multipart.NewWriter(&inner)
	if err := w.SetBoundary(s.boundary("alternative", m)); err != nil {
		return err
	}
	part := func(h textproto.MIMEHeader) (writer, error) { return w.CreatePart(h) }
	if err := quoted(part, "text/plain", m.Text); err != nil {
		return err
	}
	if err := quoted(part, "text/html", m.HTML); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	out, err := open(textproto.MIMEHeader{"Content-Type": {`multipart/alternative; boundary="` + w.Boundary() + `"`}})
	if err != nil {
		return err
	}
	_, err = out.Write(inner.Bytes())
	return err
}

func (s *sender) multipart(b *bytes.Buffer, kind string, m channel.Outgoing) (*multipart.Writer, error) {
	w := multipart.NewWriter(b)
	if err := w.SetBoundary(s.boundary(kind, m)); err != nil {
		return nil, err
	}
	writeHeader(b, textproto.MIMEHeader{"Content-Type": {fmt.Sprintf("multipart/%s; boundary=%q", kind, w.Boundary())}})
	return w, nil
}

// boundary is drawn from the message, so that it can't be guessed into a text before
// the text is there, and is the same each time.
func (s *sender) boundary(kind string, m channel.Outgoing) string {
	sum := sha256.Sum256([]byte(kind + "\n" + string(m.ID) + "\n" + m.Text + "\n" + m.HTML))
	return "deskhook-" + hex.EncodeToString(sum[:16])
}

func writeHeader(b *bytes.Buffer, h textproto.MIMEHeader) {
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Id"} {
		if v := h.Get(name); v != "" {
			fmt.Fprintf(b, "%s: %s\r\n", name, v)
		}
	}
	b.WriteString("\r\n")
}

func quoted(open func(textproto.MIMEHeader) (writer, error), media, text string) error {
	out, err := open(textproto.MIMEHeader{
		"Content-Type":              {media + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(out)
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"), "\n", "\r\n")
	if _, err := q.Write([]byte(text)); err != nil {
		return err
	}
	return q.Close()
}

func attach(w *multipart.Writer, a desk.Attachment) error {
	h := textproto.MIMEHeader{
		"Content-Type":              {fileType(a.Type)},
		"Content-Transfer-Encoding": {"base64"},
		"Content-Disposition":       {disposition(a)},
	}
	if id := msgID(a.Inline); id != "" {
		h.Set("Content-Id", "<"+id+">")
	}
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(a.Data)
	for len(text) > 76 {
		if _, err := part.Write([]byte(text[:76] + "\r\n")); err != nil {
			return err
		}
		text = text[76:]
	}
	_, err = part.Write([]byte(text + "\r\n"))
	return err
}

// fileType is the type as given, if it is one; multipart and message types would be
// read as structure, so they go as bytes.
func fileType(s string) string {
	media, _, err := mime.ParseMediaType(line(s))
	if err != nil || !strings.Contains(media, "/") || strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "message/") {
		return "application/octet-stream"
	}
	return media
}

func disposition(a desk.Attachment) string {
	kind := "attachment"
	if a.Inline != "" {
		kind = "inline"
	}
	if d := mime.FormatMediaType(kind, map[string]string{"filename": short(line(a.Name))}); d != "" && a.Name != "" {
		return d
	}
	return kind
}
