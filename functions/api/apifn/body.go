package apifn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// maxBody is the largest body taken, in bytes.
const maxBody = 1 << 20

// body reads a JSON object into v. A field that v doesn't have is refused by name.
func (c *call) body(v any) error {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/merge-patch+json" {
		return problem{Status: http.StatusUnsupportedMediaType, Detail: "Send application/json."}
	}
	raw, err := c.read()
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return decodeProblem(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return decodeProblem(err)
	}
	return strict("", raw, reflect.TypeOf(v).Elem())
}

// read gives the body's bytes, however often it is asked.
func (c *call) read() ([]byte, error) {
	if c.raw != nil {
		return c.raw, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if err != nil {
		return nil, decodeProblem(err)
	}
	c.raw = append([]byte{}, raw...)
	return c.raw, nil
}

// strict refuses what the decoder lets pass: null for the object or for a field that has
// no such value, and a field's name in another case.
func strict(in string, raw []byte, t reflect.Type) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil || given == nil {
		return errNoObject
	}
	known := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[name] = t.Field(i).Type
	}
	for name, value := range given {
		switch of, ok := known[name]; {
		case !ok:
			return badField(in+name, "is not known here")
		case string(value) == "null" && of != reflect.TypeFor[json.RawMessage]():
			return badField(in+name, "is null: leave it out instead")
		case of.Kind() == reflect.Struct && of != reflect.TypeFor[time.Time]():
			if err := strict(in+name+".", value, of); err != nil {
				return err
			}
		default:
			if err := noNulls(in+name, value, of); err != nil {
				return err
			}
		}
	}
	return nil
}

// noNulls refuses a null within a list or a map whose values have none: it would pass for
// an empty text, or for no.
func noNulls(name string, value json.RawMessage, of reflect.Type) error {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of == reflect.TypeFor[json.RawMessage]() || of.Kind() != reflect.Map && of.Kind() != reflect.Slice || of.Elem().Kind() == reflect.Pointer {
		return nil
	}
	var list []json.RawMessage
	named := map[string]json.RawMessage{}
	if of.Kind() == reflect.Map {
		_ = json.Unmarshal(value, &named) // it has been read as what it is before
	} else {
		_ = json.Unmarshal(value, &list)
	}
	for i, v := range list {
		if elem := of.Elem(); elem.Kind() == reflect.Struct && elem != reflect.TypeFor[time.Time]() {
			if err := strict(fmt.Sprintf("%s[%d].", name, i), v, elem); err != nil {
				return err
			}
			continue
		}
		named[strconv.Itoa(i)] = v
	}
	for k, v := range named {
		if string(v) == "null" {
			return badField(name+"."+k, "is null: leave it out instead")
		}
	}
	return nil
}

var errNoObject = problem{Status: http.StatusUnprocessableEntity, Detail: "The body must be a JSON object."}

func decodeProblem(err error) problem {
	var tooLarge *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return problem{Status: http.StatusRequestEntityTooLarge, Detail: "The body is larger than 1 MB."}
	case errors.As(err, &wrong) && wrong.Field != "":
		return badField(wrong.Field, "is a "+wrong.Value+"; it must be a "+wrong.Type.String())
	case errors.As(err, &wrong):
		return errNoObject
	}
	// The standard library has no type for this error.
	if err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return badField(strings.Trim(name, `"`), "is not known here")
		}
	}
	return problem{Status: http.StatusBadRequest, Detail: "The body is not one well-formed JSON object."}
}
