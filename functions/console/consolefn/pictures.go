package consolefn

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
)

// cidSource is a picture of cleaned HTML that came with the mail (RFC 2392).
var cidSource = regexp.MustCompile(`src="cid:([^"]*)"`)

// shownTypes are the pictures shown in place; an SVG can hold more than a picture, and
// other files are downloads.
var shownTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// withPictures is a mail's HTML with the addresses of its own pictures, and the origins
// they are loaded from, as a policy lists them. What isn't a picture of the mail, or
// isn't there, stays as it is and shows nothing.
func (v *visit) withPictures(m desk.Message) (text, origins string) {
	seen := map[string]bool{}
	text = cidSource.ReplaceAllStringFunc(m.HTML, func(src string) string {
		a, ok := picture(m, cidSource.FindStringSubmatch(src)[1])
		if !ok || v.Blob == nil {
			return src
		}
		link, err := v.Blob.SignGet(v.r.Context(), a.Blob, linkLife, blob.Options{ContentType: a.Type})
		at, perr := url.Parse(link)
		if err != nil || perr != nil || at.Host == "" || strings.ContainsAny(at.Host, "; ,'") {
			return src
		}
		if origin := at.Scheme + "://" + at.Host; !seen[origin] {
			seen[origin] = true
			origins += " " + origin
		}
		return `src="` + html.EscapeString(link) + `"`
	})
	return text, origins
}

// picture finds the file that a Content-ID names.
func picture(m desk.Message, cid string) (desk.Attachment, bool) {
	cid = html.UnescapeString(cid)
	if plain, err := url.PathUnescape(cid); err == nil {
		cid = plain
	}
	for _, a := range m.Attachments {
		if a.Inline != "" && a.Inline == cid && a.Blob != "" && shownTypes[strings.ToLower(a.Type)] {
			return a, true
		}
	}
	return desk.Attachment{}, false
}
