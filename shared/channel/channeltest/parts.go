package channeltest

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// Part is one piece of a call and the ways a forger may change it. None of them
// changes the request it is given.
type Part struct {
	Name   string
	Get    func(channel.Request) []byte
	Set    func(channel.Request, []byte) channel.Request
	Remove func(channel.Request) channel.Request         // nil: it can't be absent
	Repeat func(channel.Request, string) channel.Request // adds a second value behind the first; nil: it can't
}

// Body is the whole body.
func Body() Part {
	return Part{
		Name: "body",
		Get:  func(r channel.Request) []byte { return r.Body },
		Set:  func(r channel.Request, v []byte) channel.Request { r.Body = v; return r },
	}
}

// BodyPart is what stands in the body between the first before and the next after.
func BodyPart(name, before, after string) Part {
	return Part{
		Name: name,
		Get: func(r channel.Request) []byte {
			_, v, _ := cut(r.Body, before, after)
			return v
		},
		Set: func(r channel.Request, v []byte) channel.Request {
			head, _, tail := cut(r.Body, before, after)
			r.Body = slices.Concat(head, v, tail)
			return r
		},
	}
}

func cut(body []byte, before, after string) (head, value, tail []byte) {
	i := bytes.Index(body, []byte(before))
	if i < 0 {
		return body, nil, nil
	}
	i += len(before)
	n := bytes.Index(body[i:], []byte(after))
	if n < 0 {
		return body, nil, nil
	}
	return body[:i], body[i : i+n], body[i+n:]
}

// Header is the first value of a header.
func Header(name string) Part {
	name = strings.ToLower(name)
	with := func(r channel.Request, v []string) channel.Request {
		h := make(map[string][]string, len(r.Header))
		for k, old := range r.Header {
			h[k] = old
		}
		if h[name] = v; v == nil {
			delete(h, name)
		}
		r.Header = h
		return r
	}
	return Part{
		Name:   "header " + name,
		Get:    func(r channel.Request) []byte { return []byte(r.Get(name)) },
		Set:    func(r channel.Request, v []byte) channel.Request { return with(r, []string{string(v)}) },
		Remove: func(r channel.Request) channel.Request { return with(r, nil) },
		Repeat: func(r channel.Request, v string) channel.Request { return with(r, []string{r.Get(name), v}) },
	}
}

// Query is a parameter of the query; Request.URL follows RawQuery.
func Query(name string) Part {
	change := func(r channel.Request, f func(values []string) []string) channel.Request {
		var out []string
		for _, p := range strings.Split(r.RawQuery, "&") {
			if k, v, _ := strings.Cut(p, "="); k == name {
				for _, nv := range f([]string{unescape(v)}) {
					out = append(out, name+"="+url.QueryEscape(nv))
				}
			} else {
				out = append(out, p)
			}
		}
		return withQuery(r, strings.Join(out, "&"))
	}
	return Part{
		Name: "parameter " + name,
		Get: func(r channel.Request) (value []byte) {
			change(r, func(v []string) []string { value = []byte(v[0]); return v })
			return value
		},
		Set: func(r channel.Request, v []byte) channel.Request {
			return change(r, func([]string) []string { return []string{string(v)} })
		},
		Remove: func(r channel.Request) channel.Request {
			return change(r, func([]string) []string { return nil })
		},
		Repeat: func(r channel.Request, v string) channel.Request {
			return change(r, func(old []string) []string { return append(old, v) })
		},
	}
}

func unescape(s string) string {
	if v, err := url.QueryUnescape(s); err == nil {
		return v
	}
	return s
}

func withQuery(r channel.Request, raw string) channel.Request {
	r.RawQuery = raw
	if base, _, ok := strings.Cut(r.URL, "?"); ok {
		r.URL = base + "?" + raw
	}
	return r
}

// flip gives r with one bit of the part's byte i turned.
func (p Part) flip(r channel.Request, i int) channel.Request {
	v := bytes.Clone(p.Get(r))
	v[i] ^= 1
	return p.Set(r, v)
}
