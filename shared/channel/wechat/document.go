package wechat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// Limits of a document: a message has about ten fields and lists of a few more.
const (
	maxFields = 512
	maxDepth  = 8
)

var (
	errForm    = errors.New("neither XML nor JSON")
	errTooMany = errors.New("too many or too deeply nested fields")
)

// field is one element. parent is the index of the element around it, or -1.
type field struct {
	name, value []byte
	parent      int
	branch      bool // has elements inside
}

// document is a message as a flat list of its elements, in their order. Values are
// slices of the body wherever nothing had to be decoded.
type document struct{ fields []field }

// read reads a message, XML or JSON by its first byte: the account's data format is a
// switch in the console, and Content-Type does not follow it reliably.
func read(body []byte) (document, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(start) == 0:
		return document{}, errForm
	case start[0] == '<':
		return readXML(start)
	case start[0] == '{':
		return readJSON(start)
	}
	return document{}, errForm
}

// bytes gives a top-level value, or nil. The first of two wins.
func (d document) bytes(name string) []byte {
	for i := range d.fields {
		if f := &d.fields[i]; f.parent < 0 && string(f.name) == name {
			return f.value
		}
	}
	return nil
}

func (d document) get(name string) string { return string(d.bytes(name)) }

// path is a field's name with those around it: ScanCodeInfo.ScanResult.
func (d document) path(i int) string {
	f := d.fields[i]
	if f.parent < 0 {
		return string(f.name)
	}
	return d.path(f.parent) + "." + string(f.name)
}

func (d *document) add(f field) (int, error) {
	if len(d.fields) >= maxFields {
		return 0, errTooMany
	}
	d.fields = append(d.fields, f)
	return len(d.fields) - 1, nil
}

// readJSON reads a message of an account whose data format is JSON. Elements of a list
// repeat the list's name, as they do in XML.
func readJSON(body []byte) (document, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // MsgId has 64 bits
	var d document
	if _, err := dec.Token(); err != nil {
		return d, errForm
	}
	if err := d.object(dec, -1, 1); err != nil {
		return document{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return document{}, errForm
	}
	return d, nil
}

// object reads the members of an object whose brace has been read.
func (d *document) object(dec *json.Decoder, parent, depth int) error {
	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return errForm
		}
		if err := d.value(dec, []byte(name), parent, depth); err != nil {
			return err
		}
	}
	return closing(dec)
}

func (d *document) value(dec *json.Decoder, name []byte, parent, depth int) error {
	if depth > maxDepth {
		return errTooMany
	}
	tok, err := dec.Token()
	if err != nil {
		return errForm
	}
	switch tok {
	case json.Delim('{'):
		i, err := d.add(field{name: name, parent: parent, branch: true})
		if err != nil {
			return err
		}
		return d.object(dec, i, depth+1)
	case json.Delim('['):
		for dec.More() {
			if err := d.value(dec, name, parent, depth+1); err != nil {
				return err
			}
		}
		return closing(dec)
	}
	_, err = d.add(field{name: name, value: scalar(tok), parent: parent})
	return err
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return errForm
	}
	return nil
}

func scalar(tok json.Token) []byte {
	switch v := tok.(type) {
	case string:
		return []byte(v)
	case json.Number:
		return []byte(v)
	case bool:
		return strconv.AppendBool(nil, v)
	}
	return nil // null
}
