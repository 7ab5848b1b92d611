package consolefn

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
)

// linkLife is how long a download's link is good.
const linkLife = 5 * time.Minute

// htmlPolicy holds a customer's HTML, cleaned as it is, in a sandbox without scripts,
// forms or an origin; nothing is loaded from anywhere, so reading it tells nobody.
// Pictures that came with the mail are the exception: they lie in the desk's own store.
const htmlPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:%s; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

func (v *visit) message() (desk.Message, error) {
	id, err := v.ticketID()
	if err != nil {
		return desk.Message{}, err
	}
	row, err := v.Store.Message(v.r.Context(), id, desk.MessageID(v.r.PathValue("id")))
	return row.Value, err
}

// formatted shows a mail's HTML in its sandbox.
func (v *visit) formatted() error {
	m, err := v.message()
	if err != nil {
		return err
	}
	if m.HTML == "" {
		return desk.Errorf(desk.NotFound, "no such message")
	}
	text, origins := v.withPictures(m)
	h := v.w.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf(htmlPolicy, origins))
	h.Set("X-Frame-Options", "SAMEORIGIN")
	look.Write(v.w, v.r, http.StatusOK, v.hide([]byte("<!doctype html><meta charset=\"utf-8\">"+text)))
	return nil
}

// file leads to an attachment, as a download and never as a page of this site.
func (v *visit) file() error {
	m, err := v.message()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Attachments) {
		return desk.Errorf(desk.NotFound, "no such message")
	}
	a := m.Attachments[n]
	if a.Blob == "" || v.Blob == nil {
		return desk.Errorf(desk.NotFound, "the file has not been fetched from the provider yet")
	}
	name := v.fileName(a.Name)
	if name == "" {
		name = "file-" + strconv.Itoa(n+1)
	}
	url, err := v.Blob.SignGet(v.r.Context(), a.Blob, linkLife, blob.Options{ContentType: "application/octet-stream", FileName: name})
	if errors.Is(err, blob.ErrNotFound) {
		return desk.Errorf(desk.NotFound, "the file has not been fetched from the provider yet")
	}
	if err != nil {
		return err
	}
	v.redirect(url)
	return nil
}
