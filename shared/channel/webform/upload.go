package webform

import (
	"encoding/json"
	"net/http"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Upload is a file that a script lays into the blob store before the form is sent. The
// form then carries a reference to it as the field's value.
type Upload struct {
	Field string `json:"f"`
	Key   string `json:"k"` // of the blob
	Name  string `json:"n"`
	Type  string `json:"t"` // MIME type
	Size  int64  `json:"s"`
}

// Wanted is what a script asks to upload.
type Wanted struct {
	Field string `json:"field"`
	Name  string `json:"name"`
	Type  string `json:"type"` // as the browser tells it; may be empty
	Size  int64  `json:"size"`
	Lang  string `json:"lang"`
}

// Want reads and checks what a script asks to upload: one file of one of the form's file
// fields, no larger than that takes. The upload has no key yet. A refusal is for
// RefuseUpload.
func (c *Channel) Want(r channel.Request) (Upload, error) {
	var w Wanted
	if json.Unmarshal(r.Body, &w) != nil {
		return Upload{}, refusal{status: http.StatusBadRequest, faults: []*desk.Error{desk.Errorf(desk.Invalid, "%s", say(c.requestLang(r), textUnreadable))}}
	}
	lang := c.requestLang(r)
	if l := known(w.Lang); l != "" {
		lang = l
	}
	for _, f := range c.form.Fields {
		if f.Name != w.Field || f.Type != config.FieldFile {
			continue
		}
		t, n := text(""), 0
		switch {
		case w.Size < 1:
			t = textNoFile
		case w.Size > int64(largest(f)):
			t, n = textLargeFile, largest(f)/1024
		}
		if t != "" {
			return Upload{}, refusal{status: http.StatusUnprocessableEntity, faults: []*desk.Error{desk.FieldError(f.Name, "%s", say(lang, t, n))}}
		}
		return Upload{Field: f.Name, Name: cleanName(w.Name), Type: mediaType(w.Type), Size: w.Size}, nil
	}
	return Upload{}, refusal{status: http.StatusUnprocessableEntity, faults: []*desk.Error{desk.FieldError("field", "%s", say(lang, textUnreadable))}}
}

func largest(f config.FormField) int {
	if f.Max > 0 && f.Max < config.MaxUpload {
		return f.Max
	}
	return config.MaxUpload
}

// GiveUpload answers Want: where the script may PUT the file, with which headers, and
// the reference that it then sends as the field's value.
func (c *Channel) GiveUpload(r channel.Request, u Upload, url, ref string) channel.Response {
	h := cors(c.form, r.Get("origin"))
	h["cache-control"] = "no-store"
	return jsonAnswer(http.StatusOK, "application/json", h, map[string]any{
		"url": url, "ref": ref, "headers": map[string]string{"Content-Type": u.Type, "If-None-Match": "*"},
	})
}

// RefuseUpload answers a script that may not upload: for what Want found, or because it,
// or all together, asked too often (status 429).
func (c *Channel) RefuseUpload(r channel.Request, err error) channel.Response {
	h := cors(c.form, r.Get("origin"))
	h["cache-control"] = "no-store"
	ref, ok := err.(refusal) //nolint:errorlint // Want gives it as it is
	if !ok {
		ref = refusal{status: http.StatusTooManyRequests, faults: []*desk.Error{desk.Errorf(desk.Throttled, "%s", say(c.requestLang(r), textTooMany))}}
		h["retry-after"] = "600"
	}
	return problem(ref, h)
}

// takeUploads opens the references among the values of file fields; it is false where
// there are more files than a submission may have.
func (c *Channel) takeUploads(s submission) bool {
	n := 0
	for _, f := range c.form.Fields {
		if f.Type != config.FieldFile {
			continue
		}
		n += len(s.files[f.Name])
		for _, ref := range s.refs(f.Name) {
			u, ok := Upload{}, false
			if c.OpenUpload != nil && n < maxFiles {
				u, ok = c.OpenUpload(ref)
			}
			if n++; ok && u.Field == f.Name && u.Size <= int64(largest(f)) {
				s.uploads[f.Name] = append(s.uploads[f.Name], u)
			} else {
				s.foreign[f.Name] = true
			}
		}
	}
	return n <= maxFiles
}

// refs are the references to files that a field's values are.
func (s submission) refs(field string) []string {
	if s.foreign[field] {
		return nil // shown again it would be refused again
	}
	var out []string
	for _, v := range s.values[field] {
		if v != "" { // as a browser sends an empty file field in a form that isn't multipart
			out = append(out, v)
		}
	}
	return out
}

func packUploads(u map[string][]Upload) string {
	if len(u) == 0 {
		return ""
	}
	b, _ := json.Marshal(u) // texts and numbers only
	return string(b)
}

func unpackUploads(meta string) (map[string][]Upload, *readError) {
	u := map[string][]Upload{}
	if meta == "" {
		return u, nil
	}
	if err := json.Unmarshal([]byte(meta), &u); err != nil {
		return nil, errBody
	}
	return u, nil
}
