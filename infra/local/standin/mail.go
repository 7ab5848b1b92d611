package standin

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

const maxParts = 50 // of one mail, at any depth

// readMail fills m in from a raw mail. It reads what the desk itself writes: UTF-8,
// quoted-printable or base64. False if there is no header.
func readMail(raw []byte, m *Message) bool {
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return false
	}
	h := parsed.Header
	m.Subject = word(h.Get("Subject"))
	if from := word(h.Get("From")); from != "" {
		m.Desk = from
	}
	m.Customer = bare(h.Get("To"))
	m.ReplyTo = bare(h.Get("Reply-To"))
	if m.ReplyTo == "" {
		m.ReplyTo = bare(h.Get("From"))
	}
	parts := maxParts
	m.readPart(h.Get("Content-Type"), h.Get("Content-Disposition"), h.Get("Content-Transfer-Encoding"), parsed.Body, &parts)
	return true
}

func word(s string) string {
	var d mime.WordDecoder
	if out, err := d.DecodeHeader(s); err == nil {
		return out
	}
	return s
}

// bare is the first address of a header, without its name.
func bare(s string) string {
	list, err := mail.ParseAddressList(s)
	if err != nil || len(list) == 0 {
		return strings.Trim(strings.TrimSpace(s), "<>")
	}
	return list[0].Address
}

// readPart takes the first plain text and the names of attachments.
func (m *Message) readPart(contentType, disposition, encoding string, body io.Reader, left *int) {
	if *left--; *left < 0 {
		return
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return
			}
			m.readPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Disposition"), p.Header.Get("Content-Transfer-Encoding"), p, left)
		}
	}
	if how, p, err := mime.ParseMediaType(disposition); err == nil && (how == "attachment" || p["filename"] != "") {
		m.Files = append(m.Files, word(p["filename"]))
		return
	}
	if kind == "text/plain" && m.Text == "" {
		if b, err := io.ReadAll(transferDecoder(encoding, body)); err == nil {
			m.Text = strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n"))
		}
	}
}

func transferDecoder(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
