package portalfn

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/store"
)

// linkLife is how long a download's own link is good; the page gives another.
const linkLife = 5 * time.Minute

// fileLink is a file as the page lists it. URL is empty where it can't be downloaded.
type fileLink struct{ Name, URL string }

// filesOf lists a message's files. Only what the desk sent can be downloaded: whoever
// wrote has the own files, and the page may be read by others the link was given to.
func (p *portal) filesOf(m desk.Message, page string) []fileLink {
	var out []fileLink
	for i, a := range m.Attachments {
		f := fileLink{Name: a.Name}
		if m.Kind == desk.ToCustomer && a.Blob != "" && p.Blob != nil {
			f.URL = page + "/files/" + string(m.ID) + "/" + strconv.Itoa(i)
		}
		if f.Name != "" {
			out = append(out, f)
		}
	}
	return out
}

// file leads to a file of an answer, as a download and never as a page of this site.
func (p *portal) file(w http.ResponseWriter, r *http.Request) {
	a, ok := p.fileAsked(w, r)
	if !ok {
		return
	}
	url, err := p.Blob.SignGet(r.Context(), a.Blob, linkLife, blob.Options{ContentType: "application/octet-stream", FileName: a.Name})
	if err != nil {
		p.unavailable(w, r)
		return
	}
	look.SetHeaders(w.Header())
	http.Redirect(w, r, url, http.StatusSeeOther)
}

// fileAsked finds the file that an address names, among those the page shows. Where
// there is none the page that says so has been written.
func (p *portal) fileAsked(w http.ResponseWriter, r *http.Request) (desk.Attachment, bool) {
	sought, ok := p.opens(r)
	n, nerr := strconv.Atoi(r.PathValue("n"))
	if !ok || nerr != nil || p.Blob == nil {
		p.notFound(w, r)
		return desk.Attachment{}, false
	}
	seen, err := p.seen(r.Context(), sought)
	if err != nil {
		p.unavailable(w, r)
		return desk.Attachment{}, false
	}
	m, err := p.messageOf(r.Context(), seen, desk.MessageID(r.PathValue("id")))
	switch {
	case err != nil:
		p.failed(w, r, err)
	case m.Value.Kind != desk.ToCustomer || !public(m.Value, p.Now()) || n < 0 || n >= len(m.Value.Attachments) || m.Value.Attachments[n].Blob == "":
		p.notFound(w, r)
	default:
		return m.Value.Attachments[n], true
	}
	return desk.Attachment{}, false
}

// messageOf finds a message in any ticket of a conversation.
func (p *portal) messageOf(ctx context.Context, seen store.Seen, id desk.MessageID) (m store.Row[desk.Message], err error) {
	tickets, err := p.conversation(ctx, seen)
	if err != nil || len(tickets) == 0 {
		return p.Store.Message(ctx, seen.Ticket, id)
	}
	for _, t := range tickets {
		if m, err = p.Store.Message(ctx, t.ID, id); desk.KindOf(err) != desk.NotFound {
			return m, err
		}
	}
	return m, err
}
