package email

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// contents is what a mail's parts come to: the text in pieces as the author set them,
// and everything else as files.
type contents struct {
	pieces []piece
	files  []desk.Attachment
}

// piece is one stretch of the text, in the forms it was sent in.
type piece struct{ plain, html string }

func (p piece) text() string {
	if strings.TrimSpace(p.plain) != "" || p.html == "" {
		return p.plain
	}
	return textFromHTML(p.html)
}

// add takes a part and what is below it.
func (c *contents) add(n *node) {
	switch {
	case n.media == "multipart/alternative" && len(n.kids) > 0:
		c.addAlternative(n)
	case len(n.kids) > 0:
		for _, k := range n.kids {
			c.add(k)
		}
	case c.isText(n):
		c.addText(n)
	case isWinmail(n) && c.addWinmail(n):
	case len(n.data) > 0 || !n.multipart():
		c.files = append(c.files, file(n, len(c.files)+1))
	}
}

// addAlternative makes one piece of what says the same in several forms.
func (c *contents) addAlternative(n *node) {
	var sub contents
	for _, k := range n.kids {
		sub.add(k)
	}
	var p piece
	for _, s := range sub.pieces {
		p.plain = joinText(p.plain, s.plain, "\n\n")
		p.html = joinText(p.html, s.html, "\n")
	}
	c.pieces = append(c.pieces, p)
	c.files = append(c.files, sub.files...)
}

func joinText(a, b, between string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	if strings.TrimSpace(b) == "" {
		return a
	}
	return a + between + b
}

// isText says whether a leaf is read as text rather than kept as a file. Some programs
// give the text itself a name, in Content-Type alone.
func (c *contents) isText(n *node) bool {
	if n.media != "text/plain" && n.media != "text/html" && n.media != "text" && !n.multipart() {
		return false
	}
	named := n.file != "" || n.params["name"] != "" && len(c.pieces) > 0
	return !named && n.disposition != "attachment"
}

func (c *contents) addText(n *node) {
	s := clean(toUTF8(n.charset(), n.data))
	if n.media == "text/html" {
		c.pieces = append(c.pieces, piece{html: s})
		return
	}
	if strings.EqualFold(n.params["format"], "flowed") {
		s = unflow(s, strings.EqualFold(n.params["delsp"], "yes"))
	}
	c.pieces = append(c.pieces, piece{plain: s})
}

// charset is the part's label, or what its HTML says of itself.
func (n *node) charset() string {
	if cs := n.params["charset"]; cs != "" || n.media != "text/html" {
		return cs
	}
	if m := metaCharset.FindSubmatch(n.data[:min(len(n.data), 4096)]); m != nil {
		return string(m[1])
	}
	return ""
}

// unflow joins lines that format=flowed broke softly (RFC 3676): those ending in a
// space, within one depth of quotation. Quoted lines are left as they are.
func unflow(s string, delsp bool) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		body := strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(body, ">") {
			body = strings.TrimPrefix(body, " ") // space-stuffing
		}
		soft := strings.HasSuffix(body, " ") && body != "-- " && !strings.HasPrefix(body, ">")
		if soft && delsp {
			body = body[:len(body)-1]
		}
		b.WriteString(body)
		if !soft && strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// text is the whole text, pieces parted by an empty line.
func (c *contents) text() string {
	var out []string
	for _, p := range c.pieces {
		if t := strings.TrimSpace(p.text()); t != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, "\n\n")
}

// html is the whole text as HTML, not cleaned, or "" where no piece had HTML.
func (c *contents) html() string {
	var out []string
	found := false
	for _, p := range c.pieces {
		switch {
		case strings.TrimSpace(p.html) != "":
			found = true
			out = append(out, p.html)
		case strings.TrimSpace(p.plain) != "":
			out = append(out, "<div>"+strings.ReplaceAll(html.EscapeString(strings.TrimSpace(p.plain)), "\n", "<br>")+"</div>")
		}
	}
	if !found {
		return ""
	}
	return strings.Join(out, "\n")
}

// plain says whether every piece had a plain form.
func (c *contents) plain() bool {
	for _, p := range c.pieces {
		if strings.TrimSpace(p.plain) == "" && p.html != "" {
			return false
		}
	}
	return true
}

func file(n *node, number int) desk.Attachment {
	sum := sha256.Sum256(n.data)
	return desk.Attachment{
		Name:   fileName(n, number),
		Type:   mediaType(n.media),
		Size:   int64(len(n.data)),
		SHA256: hex.EncodeToString(sum[:]),
		Inline: id(n.head.get("content-id")),
		Data:   n.data,
	}
}

func mediaType(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 127 {
			return -1
		}
		return r
	}, s)
	if a, b, ok := strings.Cut(s, "/"); !ok || a == "" || b == "" {
		return "application/octet-stream"
	}
	return s
}

// endings name files that come without a name.
var endings = map[string]string{
	"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
	"text/calendar": "ics", "text/html": "html", "text/plain": "txt", "text/csv": "csv", "text/vcard": "vcf",
	"message/delivery-status": "txt", "message/disposition-notification": "txt", "text/rfc822-headers": "txt",
	"message/feedback-report": "txt", "application/zip": "zip", "audio/mpeg": "mp3", "video/mp4": "mp4",
}

// fileName is the name the sender gave, without a path, or one made from the type.
func fileName(n *node, number int) string {
	name := n.file
	if name == "" {
		name = n.params["name"]
	}
	name = strings.ReplaceAll(name, "\\", "/")
	name = strings.Trim(oneLine(name[strings.LastIndexByte(name, '/')+1:]), ". ")
	if name != "" {
		return cutRunes(name, 200)
	}
	if n.media == "message/rfc822" {
		h, _ := readHeader(n.data)
		if s := strings.Map(fileRune, h.text("subject")); s != "" {
			return cutRunes(s, 80) + ".eml"
		}
		return fmt.Sprintf("message-%d.eml", number)
	}
	if e := endings[n.media]; e != "" {
		return fmt.Sprintf("%s-%d.%s", strings.SplitN(n.media, "/", 2)[b2i(!strings.HasPrefix(n.media, "image/"))], number, e)
	}
	return fmt.Sprintf("attachment-%d", number)
}

func fileRune(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, r) {
		return -1
	}
	return r
}

func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}
