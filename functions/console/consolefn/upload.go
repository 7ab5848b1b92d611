package consolefn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// readForm reads what was posted: fields, and files where the page's form has some.
func (v *visit) readForm() error {
	media, _, _ := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxBody)
		return v.r.ParseForm()
	}
	const most = takes.Most + maxBody
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	return v.r.ParseMultipartForm(most) // all of it in memory: a function has no disk to rely on
}

// chosen are the files posted with a reply.
func (v *visit) chosen() ([]desk.Attachment, error) {
	if v.r.MultipartForm == nil {
		return nil, nil
	}
	var files []desk.Attachment
	for _, h := range v.r.MultipartForm.File["files"] {
		if h.Size == 0 && h.Filename == "" {
			continue // a browser's way to say "none chosen"
		}
		a, err := readFile(h)
		if err != nil {
			return nil, err
		}
		files = append(files, a)
	}
	return files, nil
}

// upload keeps the files posted with a reply under their content's hash, before anything
// is written that names them. What the ticket's channel doesn't take is refused first.
func (v *visit) upload(id desk.TicketID) ([]desk.Attachment, error) {
	files, err := v.chosen()
	if err != nil || len(files) == 0 {
		return nil, err
	}
	t, err := v.readTicket(id)
	if err != nil {
		return nil, err
	}
	if err := takes.Check(t.Value.AnswerTo(), v.s.Takes(t.Value.AnswerTo()), files); err != nil {
		return nil, err
	}
	return files, v.keep(files)
}

func (v *visit) keep(files []desk.Attachment) error {
	if v.Blob == nil {
		return desk.FieldError("files", "files can't be kept here")
	}
	for i := range files {
		a := &files[i]
		a.Blob = "files/" + a.SHA256
		if err := v.Blob.Put(v.r.Context(), a.Blob, a.Data, blob.Options{ContentType: a.Type}); err != nil {
			return fmt.Errorf("keep a file: %w", err)
		}
		a.Data = nil
	}
	return nil
}

func readFile(h *multipart.FileHeader) (desk.Attachment, error) {
	f, err := h.Open()
	if err != nil {
		return desk.Attachment{}, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		return desk.Attachment{}, err
	}
	sum := sha256.Sum256(data)
	return desk.Attachment{
		Name: takes.Name(h.Filename), Type: takes.Type(h.Header.Get("Content-Type")),
		Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Data: data,
	}, nil
}

// fingerprint tells one set of files from another, in an idempotency key.
func fingerprint(files []desk.Attachment) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("\x00" + f.SHA256)
	}
	return b.String()
}
