package apifn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxBody is the largest body taken, in bytes.
const maxBody = 1 << 20

// body reads a JSON object into v. A field that v doesn't have is refused by name.
func (c *call) body(v any) error {
	if !c.comesAs("application/json", "application/merge-patch+json") {
		return problem{Status: http.StatusUnsupportedMediaType, Detail: "Send application/json, in UTF-8."}
	}
	raw, err := c.read()
	if err != nil {
		return err
	}
	if !utf8.Valid(raw) {
		return errNotUTF8
	}
	if !json.Valid(raw) {
		return errMalformed
	}
	of := reflect.TypeOf(v).Elem()
	if err := strict("", raw, of); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil { // what strict has let pass has the type's form
		return fmt.Errorf("apifn: the body as %s: %w", of, err)
	}
	return nil
}

// comesAs says whether the body's type is one of some, in UTF-8. No other encoding is read
// as if it were that.
func (c *call) comesAs(types ...string) bool {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	charset, named := params["charset"]
	return err == nil && slices.Contains(types, kind) && (!named || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8"))
}

// read gives the body's bytes, however often it is asked.
func (c *call) read() ([]byte, error) {
	if c.raw != nil {
		return c.raw, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, problem{Status: http.StatusRequestEntityTooLarge, Detail: "The body is larger than 1 MB."}
	case err != nil:
		return nil, errMalformed
	}
	c.raw = append([]byte{}, raw...)
	return c.raw, nil
}

var (
	errMalformed = problem{Status: http.StatusBadRequest, Detail: "The body is not one well-formed JSON object."}
	errNotUTF8   = problem{Status: http.StatusBadRequest, Detail: "The body is not UTF-8."}
	errNoObject  = problem{Status: http.StatusUnprocessableEntity, Detail: "The body must be a JSON object."}
)
