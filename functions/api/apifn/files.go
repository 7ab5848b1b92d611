package apifn

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// How long what is signed is good: the address to put a file to, the token to name it
// with, and a download.
const (
	putLife      = 10 * time.Minute
	uploadLife   = 24 * time.Hour
	downloadLife = 5 * time.Minute
)

// newUpload is the body of POST /v1/uploads.
type newUpload struct {
	FileName    string `json:"file_name"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
}

// uploadView is where a file is to be put, and the token that a message names it by.
type uploadView struct {
	Token     string            `json:"token"`
	URL       string            `json:"upload_url"`
	Method    string            `json:"method"`
	Headers   map[string]string `json:"headers"` // to send with it, as they are
	PutBy     time.Time         `json:"upload_by"`
	ExpiresAt time.Time         `json:"expires_at"`
}

// mediaType is a type without parameters (RFC 6838, section 4.2).
var mediaType = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$`)

func (u newUpload) check() error {
	switch {
	case strings.TrimSpace(u.FileName) == "" || utf8.RuneCountInString(u.FileName) > maxValue:
		return badField("file_name", "should be a name of at most 200 characters")
	case u.Size < 1 || u.Size > takes.Most:
		return badField("size", fmt.Sprintf("should be from 1 to %d bytes", takes.Most))
	case len(u.ContentType) > maxValue || !mediaType.MatchString(u.ContentType):
		return badField("content_type", "should be a media type such as application/pdf")
	}
	return nil
}

// postUpload gives an address to which exactly this file can be put, once.
func (a *api) postUpload(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var u newUpload
	if err := c.body(&u); err != nil {
		return err
	}
	if err := u.check(); err != nil {
		return err
	}
	name, kind := takes.Name(u.FileName), takes.Type(u.ContentType)
	key := channel.UploadPrefix + "api/" + rand.Text()
	url, err := a.Blob.SignPut(c.ctx, key, u.Size, putLife, blob.Options{ContentType: kind})
	if err != nil {
		return err
	}
	until := c.at.Add(uploadLife)
	return c.signed(http.StatusCreated, uploadView{
		Token: a.Desk.Key.Token(links.APIUploadPurpose, until, c.by.ID, key, name, kind, strconv.FormatInt(u.Size, 10)),
		URL:   url, Method: http.MethodPut, Headers: map[string]string{"Content-Type": kind, "If-None-Match": "*"},
		PutBy: c.at.Add(putLife), ExpiresAt: until,
	})
}

// uploads gives the files that a message to an address names by their tokens, kept under
// their content's hash. What the address doesn't take is refused before any byte is read.
func (a *api) uploads(c *call, tokens []string, to desk.Address) ([]desk.Attachment, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	files, keys, err := a.openUploads(c, tokens, to)
	if err != nil {
		return nil, err
	}
	for i := range files {
		if err := a.keep(c, &files[i], keys[i]); err != nil {
			return nil, uploadFault(i, err)
		}
	}
	return files, nil
}

// openUploads reads tokens, and holds what they say against what the address takes.
func (a *api) openUploads(c *call, tokens []string, to desk.Address) (files []desk.Attachment, keys []string, err error) {
	for i, token := range tokens {
		f, err := a.Desk.Key.Open(links.APIUploadPurpose, token, c.at)
		if err != nil || len(f) != 5 || f[0] != c.by.ID {
			return nil, nil, uploadFault(i, desk.FieldError("", "is no token that was given to you, or has expired: ask for another upload"))
		}
		size, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil {
			return nil, nil, err
		}
		files, keys = append(files, desk.Attachment{Name: f[2], Type: f[3], Size: size}), append(keys, f[1])
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return nil, nil, err
	}
	return files, keys, takes.Check(to, s.Takes(to), files)
}

func (a *api) keep(c *call, file *desk.Attachment, key string) error {
	data, err := a.Blob.Get(c.ctx, key, file.Size)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return desk.FieldError("", "was not put there yet: put the file to upload_url first")
	case errors.Is(err, blob.ErrTooLarge) || err == nil && int64(len(data)) != file.Size:
		return desk.FieldError("", "has another size than was said")
	case err != nil:
		return err
	}
	sum := sha256.Sum256(data)
	file.SHA256 = hex.EncodeToString(sum[:])
	file.Blob = "files/" + file.SHA256
	return a.Blob.Put(c.ctx, file.Blob, data, blob.Options{ContentType: file.Type})
}

// uploadFault says which upload is at fault, if the error is about one.
func uploadFault(i int, err error) error {
	var e *desk.Error
	if errors.As(err, &e) && e.Kind == desk.Invalid {
		return badField(fmt.Sprintf("uploads[%d]", i), e.Text)
	}
	return err
}

// downloadView leads to one attachment for a while.
type downloadView struct {
	attachmentView
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// getAttachment gives a link to a file of a message. It leads to this file alone, as a
// download and never as a page.
func (a *api) getAttachment(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	row, err := a.Store.Message(c.ctx, t.Value.ID, desk.MessageID(c.r.PathValue("id")))
	if err != nil {
		return notKeyed(err)
	}
	n, err := strconv.Atoi(c.r.PathValue("n"))
	if err != nil || n < 0 || n >= len(row.Value.Attachments) {
		return desk.Errorf(desk.NotFound, "the message has no such attachment")
	}
	file := row.Value.Attachments[n]
	if file.Blob == "" {
		return desk.Errorf(desk.Conflict, "the file is not here: see its state and why")
	}
	if c.masked {
		file.Name = allow.MaskName(file.Name)
	}
	name := file.Name
	if name == "" {
		name = "file-" + strconv.Itoa(n+1)
	}
	url, err := a.Blob.SignGet(c.ctx, file.Blob, downloadLife, blob.Options{ContentType: "application/octet-stream", FileName: name})
	if errors.Is(err, blob.ErrNotFound) {
		return desk.Errorf(desk.NotFound, "the file is gone")
	}
	if err != nil {
		return err
	}
	return c.signed(http.StatusOK, downloadView{viewAttachment(file, c.lang()), url, c.at.Add(downloadLife)})
}
