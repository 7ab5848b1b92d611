package apifn

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/table"
)

// Limits of a page.
const (
	defaultLimit = 25
	maxLimit     = 100
	maxValue     = 200 // characters of a parameter: what is longer names nothing, and fits no key
)

// params are a request's query parameters, each at most once and none unknown: a
// filter with a slip of the pen must not silently list everything.
type params struct {
	values url.Values
	scope  string // what a cursor belongs to: the path and all parameters but cursor and limit
}

func (c *call) params(known ...string) (params, error) {
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return params{}, badParameter("query", "is not well formed")
	}
	for name, v := range values {
		if !slices.Contains(known, name) {
			return params{}, badParameter(name, "is not known; known are: "+strings.Join(known, ", "))
		}
		if len(v) > 1 {
			return params{}, badParameter(name, "is given twice")
		}
		if v[0] == "" {
			return params{}, badParameter(name, "is empty: leave it out instead")
		}
		if name != "cursor" && (utf8.RuneCountInString(v[0]) > maxValue || !utf8.ValidString(v[0])) {
			return params{}, badParameter(name, "must be UTF-8 of at most 200 characters")
		}
	}
	rest := url.Values{}
	for name, v := range values {
		if name != "cursor" && name != "limit" {
			rest[name] = v
		}
	}
	return params{values: values, scope: c.r.URL.Path + "?" + rest.Encode()}, nil
}

func (p params) get(name string) string { return p.values.Get(name) }

// oneOf reads a parameter with a closed list of values; "" where it is not given.
func (p params) oneOf(name string, allowed ...string) (string, error) {
	v := p.get(name)
	if v == "" || slices.Contains(allowed, v) {
		return v, nil
	}
	return "", badParameter(name, "must be one of "+strings.Join(allowed, ", "))
}

func (p params) limit() (int, error) {
	v := p.get("limit")
	if v == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxLimit {
		return 0, badParameter("limit", "must be a number from 1 to 100")
	}
	return n, nil
}

// date reads a parameter in a form of package time, such as 2006-01-02, in a zone;
// zero where it is not given.
func (p params) date(name, layout string, zone *time.Location) (time.Time, error) {
	v := p.get(name)
	if v == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(layout, v, zone)
	if err != nil || t.Year() < 2000 {
		return time.Time{}, badParameter(name, "must be written like "+layout)
	}
	return t, nil
}

func (p params) digest() string {
	sum := sha256.Sum256([]byte(p.scope))
	return string(sum[:9])
}

// page reads limit and cursor. The store's cursor knows its partition; around it
// stands a digest of the whole query, since filters are part of it, too.
func (p params) page() (cursor string, limit int, err error) {
	if limit, err = p.limit(); err != nil {
		return "", 0, err
	}
	given := p.get("cursor")
	if given == "" {
		return "", limit, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil || len(raw) < 10 || string(raw[:9]) != p.digest() {
		return "", 0, errCursor
	}
	return string(raw[9:]), limit, nil
}

var errCursor = badParameter("cursor", "does not belong to this query: take next_cursor of the page before, with the same parameters")

// next makes the cursor of the next page; nil at the end.
func (p params) next(cursor string) *string {
	if cursor == "" {
		return nil
	}
	s := base64.RawURLEncoding.EncodeToString([]byte(p.digest() + cursor))
	return &s
}

// refusedCursor turns the store's refusal of a cursor into the client's fault. Nothing
// else in a list comes from the client unchecked.
func refusedCursor(err error) error {
	if errors.Is(err, table.ErrInvalid) {
		return errCursor
	}
	return err
}
