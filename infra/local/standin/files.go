package standin

import (
	"net/url"
	"path"
)

// shownFile is a file as the outbox shows it: of an MMS by its link, of all else by name.
type shownFile struct{ Name, URL string }

// Shown gives the files of a message for the page.
func (b bubble) Shown() []shownFile {
	var out []shownFile
	for _, f := range b.Files {
		if badLink(f) {
			out = append(out, shownFile{Name: f})
			continue
		}
		u, _ := url.Parse(f) //nolint:errcheck // badLink has read it
		out = append(out, shownFile{Name: path.Base(u.Path), URL: f})
	}
	return out
}
