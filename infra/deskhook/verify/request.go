package verify

import (
	"bytes"
	"io"
	"net/http/httputil"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// MaxRequest is the largest recorded call that is read, in bytes: a little more than
// what API Gateway takes.
const MaxRequest = 11 << 20

var (
	token   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 5.6.2
	version = regexp.MustCompile(`^HTTP/[0-9](\.[0-9])?$`)
)

// ReadRequest reads a recorded HTTP call: request line, headers, a blank line, the
// body's bytes. Lines end in CRLF or LF; the version may be left out. Of the body
// exactly Content-Length bytes are taken where that header stands there, all that is
// left otherwise, and nothing is added or trimmed. Header names come in lower case.
//
// Request.Path and RawQuery are the target's, undecoded; URL is the target as it
// stands. The error wraps ErrInput.
func ReadRequest(file []byte) (channel.Request, error) {
	if len(file) > MaxRequest {
		return channel.Request{}, faulty("the recorded request is larger than %d bytes", MaxRequest)
	}
	first, rest, _ := line(file)
	words := strings.Fields(first)
	if len(words) < 2 || len(words) > 3 || !token.MatchString(words[0]) || len(words) == 3 && !version.MatchString(words[2]) {
		return channel.Request{}, faulty("line 1 should be a request line, such as: POST /webhooks/sms/main HTTP/1.1")
	}
	r := channel.Request{Method: words[0], URL: words[1], Header: map[string][]string{}}
	if !strings.HasPrefix(r.URL, "/") && !strings.Contains(r.URL, "://") {
		return r, faulty("line 1: the target should begin with / or be a whole address")
	}
	_, target := splitURL(r.URL)
	r.Path, r.RawQuery, _ = strings.Cut(target, "?")
	body, err := readHeader(rest, r.Header)
	if err != nil {
		return r, err
	}
	r.Body, err = cutBody(r.Header, body)
	return r, err
}

// line cuts off the first line; more is false at the end of the file.
func line(b []byte) (text string, rest []byte, more bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return strings.TrimSuffix(string(b), "\r"), nil, false
	}
	return strings.TrimSuffix(string(b[:i]), "\r"), b[i+1:], true
}

// readHeader reads the headers and gives what stands behind the blank line.
func readHeader(b []byte, into map[string][]string) ([]byte, error) {
	for n := 2; len(b) > 0; n++ {
		text, rest, _ := line(b)
		b = rest
		if text == "" {
			return b, nil
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || !token.MatchString(name) {
			return nil, faulty("line %d should be a header, such as: Content-Type: text/xml; a blank line comes before the body", n)
		}
		name = strings.ToLower(name)
		into[name] = append(into[name], strings.Trim(value, " \t"))
	}
	return nil, nil
}

func cutBody(header map[string][]string, b []byte) ([]byte, error) {
	if given, ok := header["content-length"]; ok {
		n, err := strconv.Atoi(given[0])
		switch {
		case len(given) > 1 || err != nil || n < 0:
			return nil, faulty("Content-Length should stand there once and be a number")
		case n > len(b):
			return nil, faulty("Content-Length is %d, but only %d bytes stand behind the blank line", n, len(b))
		}
		return b[:n], nil
	}
	if te := header["transfer-encoding"]; len(te) == 1 && strings.EqualFold(te[0], "chunked") {
		// most recorders keep the header and undo the chunks: what doesn't read as
		// chunks is the body itself
		if plain, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(b))); err == nil {
			return plain, nil
		}
	}
	return b, nil
}

// splitURL cuts an address into scheme and host, "" where it has none, and the rest.
// It is done by hand because a signature may cover the address byte by byte.
func splitURL(u string) (base, target string) {
	i := strings.Index(u, "://")
	if i < 0 || strings.ContainsAny(u[:i], "/?#") {
		return "", u
	}
	end := strings.IndexAny(u[i+3:], "/?#")
	if end < 0 {
		return u, ""
	}
	return u[:i+3+end], u[i+3+end:]
}

var webBase = regexp.MustCompile(`(?i)^https?://[^/?#\s]+$`)

// place works out what address the provider called, puts it into r, and gives its base.
// "" leaves the base to the settings.
func place(r *channel.Request, in Input) (string, error) {
	base, target := splitURL(in.URL)
	switch {
	case in.URL != "" && !webBase.MatchString(base):
		return "", faulty("the URL should be a whole address such as https://desk.example/webhooks/sms/main")
	case in.URL == "":
		base = baseOf(*r, in)
	case target != "" && target != "/":
		path, query, has := strings.Cut(target, "?")
		if r.Path = path; has {
			r.RawQuery = query
		}
	}
	r.URL = base + r.Path
	if r.RawQuery != "" {
		r.URL += "?" + r.RawQuery
	}
	return base, nil
}

// baseOf is the address's base where nobody has told it.
func baseOf(r channel.Request, in Input) string {
	if base, _ := splitURL(r.URL); base != "" {
		return base
	}
	if in.Settings != nil && in.Settings.Desk.PublicURL != "" {
		return in.Settings.Desk.PublicURL
	}
	host := r.Get("host")
	name, _, _ := strings.Cut(host, ":")
	if ip, err := netip.ParseAddr(name); name == "localhost" || err == nil && ip.IsLoopback() {
		return "http://" + host
	}
	return "https://" + host
}
