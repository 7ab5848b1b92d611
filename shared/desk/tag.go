package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTags is how many tags a ticket has at most: its header is read and written with
// every message.
const MaxTags = 20

// maxTag is how long one may be, in characters.
const maxTag = 40

// TagFault says what is wrong with a tag, or "". A tag is one word of letters, digits
// and the signs - _ . : / of any script.
func TagFault(tag string) string {
	switch {
	case tag == "":
		return "is empty"
	case utf8.RuneCountInString(tag) > maxTag:
		return "has more than 40 characters"
	case strings.ContainsFunc(tag, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("-_.:/", r)
	}):
		return "may have letters, digits and - _ . : / only"
	}
	return ""
}

// Tags makes a list of tags of what somebody gave: in lower case, each once, in order.
// The error names the tag at fault.
func Tags(given []string) ([]string, error) {
	var out []string
	for _, tag := range given {
		tag = strings.ToLower(strings.TrimSpace(tag))
		if why := TagFault(tag); why != "" {
			return nil, FieldError("tags", "%q %s", tag, why)
		}
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	if len(out) > MaxTags {
		return nil, FieldError("tags", "there are %d, at most %d are taken", len(out), MaxTags)
	}
	return out, nil
}
