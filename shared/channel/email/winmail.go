package email

import (
	"mime"
	"path"
	"strings"

	"github.com/deskhook/deskhook/shared/channel/email/tnef"
)

func isWinmail(n *node) bool {
	return n.media == "application/ms-tnef" || n.media == "application/vnd.ms-tnef" || strings.EqualFold(n.file, "winmail.dat")
}

// addWinmail takes the files out of a winmail.dat, and its text where the mail has none
// of its own. It is false, with nothing taken, for what can't be read or holds neither:
// the whole is then kept as the file it came as.
func (c *contents) addWinmail(n *node) bool {
	m, err := tnef.Read(n.data, toUTF8)
	p := piece{plain: clean(m.Text), html: clean(m.HTML)}
	if err != nil || len(m.Files) == 0 && p.text() == "" {
		return false
	}
	if strings.TrimSpace(c.text()) == "" && strings.TrimSpace(p.text()) != "" {
		c.pieces = append(c.pieces, p)
	}
	for _, f := range m.Files {
		kid := &node{media: f.Type, file: f.Name, params: map[string]string{}, data: f.Data}
		kid.head = header{}
		if kid.media == "" {
			kid.media, _, _ = strings.Cut(mime.TypeByExtension(strings.ToLower(path.Ext(f.Name))), ";")
		}
		a := file(kid, len(c.files)+1)
		a.Inline = f.ContentID
		c.files = append(c.files, a)
	}
	return true
}
