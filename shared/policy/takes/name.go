package takes

import (
	"mime"
	"path/filepath"
	"strings"
	"unicode"
)

// maxName bounds a file's name, in characters.
const maxName = 120

// Name is a file's name without a path and without what could mislead its reader: control
// characters, and marks that turn the direction of writing ("exe.fdp" read backwards).
func Name(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, `\`, "/"), "")
	s = s[strings.LastIndexByte(s, '/')+1:]
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`:*?"<>|`, r) {
			return -1
		}
		return r
	}, s)
	s = strings.Trim(s, ". ")
	if r := []rune(s); len(r) > maxName {
		ext := []rune(filepath.Ext(s))
		ext = ext[:min(len(ext), 12)]
		s = string(r[:maxName-len(ext)]) + string(ext)
	}
	if s == "" {
		return "file"
	}
	return s
}

// Type is what the sender says that a file is, if that is a type.
func Type(s string) string {
	media, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(media, "/") {
		return "application/octet-stream"
	}
	return media
}
