package blob

import (
	"fmt"
	"mime"
	"strings"
	"time"
)

// Bounds of a key.
const (
	maxKey     = 512
	maxSegment = 200
)

// CheckKey says whether key is one: nil or ErrInvalid. The error does not hold the key.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("%w: key of %d bytes, allowed 1 to %d", ErrInvalid, len(key), maxKey)
	}
	for seg := range strings.SplitSeq(key, "/") {
		if seg == "" || seg == "." || seg == ".." || len(seg) > maxSegment {
			return fmt.Errorf("%w: a key's segment is empty, dots, or too long", ErrInvalid)
		}
		if !plain(seg) {
			return fmt.Errorf("%w: a key holds only letters, digits and ._=-", ErrInvalid)
		}
	}
	return nil
}

// CheckPrefix says whether a List may look for prefix: the beginning of some key, or
// empty.
func CheckPrefix(prefix string) error {
	if len(prefix) > maxKey || !plain(strings.ReplaceAll(prefix, "/", "")) {
		return fmt.Errorf("%w: prefix", ErrInvalid)
	}
	return nil
}

func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && !(c >= '0' && c <= '9') && !strings.ContainsRune("._=-", rune(c)) {
			return false
		}
	}
	return true
}

// CheckLink says whether a link may live for ttl: nil or ErrInvalid.
func CheckLink(ttl time.Duration) error {
	if ttl < time.Second || ttl > MaxLink {
		return fmt.Errorf("%w: link of %v, allowed 1s to %v", ErrInvalid, ttl, MaxLink)
	}
	return nil
}

// CheckRange says whether a blob may be read from a place on for n bytes: nil or
// ErrInvalid.
func CheckRange(at, n int64) error {
	if at < 0 || n < 1 || n > MaxBytes {
		return fmt.Errorf("%w: range of %d bytes from %d", ErrInvalid, n, at)
	}
	return nil
}

// CheckSize says whether one blob may have that many bytes: nil or ErrTooLarge, or
// ErrInvalid for none at all.
func CheckSize(size int64) error {
	switch {
	case size < 1:
		return fmt.Errorf("%w: size %d", ErrInvalid, size)
	case size > MaxBytes:
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, MaxBytes)
	}
	return nil
}

// Limit gives the bound that Get keeps: max, or MaxBytes where max is 0 or over it.
func Limit(max int64) int64 {
	if max <= 0 || max > MaxBytes {
		return MaxBytes
	}
	return max
}

// Type gives the content type with its default.
func (o Options) Type() string {
	if o.ContentType == "" {
		return "application/octet-stream"
	}
	return o.ContentType
}

// Disposition gives the Content-Disposition of a download (RFC 6266): always an
// attachment, never shown in the desk's own page. Control characters are left out of
// the name, and what stands before its last slash or backslash.
func (o Options) Disposition() string {
	name := o.FileName[strings.LastIndexAny(o.FileName, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1 // direction marks too: they make an exe look like a pdf
		}
		return r
	}, name)
	if name == "" {
		return "attachment"
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}
