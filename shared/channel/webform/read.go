package webform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode"

	"github.com/deskhook/deskhook/shared/config"
)

// Caps of one submission.
const (
	maxParts    = 200
	maxFiles    = 10
	maxBytes    = 4 * 1024 * 1024 // of all files together
	maxBoundary = 70              // characters (RFC 2046 5.1.1)
	maxValue    = 64 * 1024       // bytes of one field, before its own limit is looked at
)

// submission is what a body says, of whatever form it is.
type submission struct {
	values map[string][]string
	files  map[string][]file

	uploads map[string][]Upload // of the references among the values, those that are the desk's
	foreign map[string]bool     // fields with a reference that isn't, or not any more
}

type file struct {
	name  string
	media string
	data  []byte
}

// readError says why a body can't be read: the status to answer and the text to say.
type readError struct {
	status int
	text   text
}

var (
	errType  = &readError{415, textContentType}
	errBody  = &readError{400, textUnreadable}
	errLarge = &readError{413, textTooLarge}
)

func read(contentType string, body []byte) (submission, *readError) {
	s := submission{values: map[string][]string{}, files: map[string][]file{}, uploads: map[string][]Upload{}, foreign: map[string]bool{}}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return s, errType
	}
	switch media {
	case "application/x-www-form-urlencoded":
		return s, s.readForm(body)
	case "multipart/form-data":
		return s, s.readMultipart(body, params["boundary"])
	case "application/json":
		return s, s.readJSON(body)
	}
	return s, errType
}

func (s submission) readForm(body []byte) *readError {
	if bytes.Count(body, []byte("&")) >= maxParts {
		return errLarge
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return errBody
	}
	for k, v := range form {
		s.values[k] = v
	}
	return nil
}

// readJSON takes an object of texts, numbers, true and false, or lists of them.
func (s submission) readJSON(body []byte) *readError {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var object map[string]any
	if dec.Decode(&object) != nil || object == nil {
		return errBody
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errBody
	}
	if len(object) > maxParts {
		return errLarge
	}
	for k, v := range object {
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		for _, one := range list {
			text, ok := scalar(one)
			if !ok {
				return errBody
			}
			s.values[k] = append(s.values[k], text)
		}
	}
	return nil
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

func (s submission) readMultipart(body []byte, boundary string) *readError {
	if boundary == "" || len(boundary) > maxBoundary {
		return errBody
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	files, left := 0, maxBytes
	for n := 0; ; n++ {
		p, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errBody
		case n >= maxParts || files > maxFiles:
			return errLarge
		}
		size, isFile, fault := s.readPart(p, left)
		if fault != nil {
			return fault
		}
		if isFile {
			files++
			left -= size
		}
	}
}

// readPart keeps one part. A file part without name and bytes is how browsers send
// "no file chosen".
func (s submission) readPart(p *multipart.Part, left int) (size int, isFile bool, fault *readError) {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil || params["name"] == "" {
		return 0, false, errBody
	}
	fileName, isFile := params["filename"]
	most := left
	if !isFile {
		most = maxValue
	}
	data, err := io.ReadAll(io.LimitReader(p, int64(most)+1))
	switch {
	case err != nil:
		return 0, false, errBody
	case len(data) > most:
		return 0, false, errLarge
	case !isFile:
		s.values[params["name"]] = append(s.values[params["name"]], string(data))
	case len(data) > 0:
		s.files[params["name"]] = append(s.files[params["name"]], file{cleanName(fileName), mediaType(p.Header.Get("Content-Type")), data})
	}
	return len(data), isFile && len(data) > 0, nil
}

func mediaType(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.Contains(media, "/") {
		return "application/octet-stream"
	}
	return media
}

// first is a field's first value, trimmed.
func (s submission) first(name string) string {
	if v := s.values[name]; len(v) > 0 {
		return strings.TrimSpace(cleanText(v[0], false))
	}
	return ""
}

// value is a field's value as the desk takes it: valid UTF-8, no control characters,
// one line where the field has one. Several values, as check boxes give, are listed.
func (s submission) value(f config.FormField) string {
	var list []string
	for _, v := range s.values[f.Name] {
		if v = strings.TrimSpace(cleanText(v, f.Type == config.FieldTextarea)); v != "" {
			list = append(list, v)
		}
	}
	return strings.Join(list, ", ")
}

func cleanText(s string, lines bool) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines, r == '\t' && lines:
			return r
		case r == '\n', r == '\r', r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// maxName is the most characters of a file's name.
const maxName = 120

// cleanName is a file's name alone: no path of either kind (old browsers send
// C:\…\a.png), nothing invisible that could turn its ending around, and never empty.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimLeft(name, ". "))
	if name == "" {
		return "file"
	}
	if runes := []rune(name); len(runes) > maxName {
		return string(runes[len(runes)-maxName:]) // the ending stays
	}
	return name
}
