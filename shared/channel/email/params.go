package email

import (
	"sort"
	"strconv"
	"strings"
)

// parseMedia reads a Content-Type or Content-Disposition: the value in lower case and
// its parameters, decoded. It never fails; RFC 2231's continuations and charsets, RFC
// 2047's words where they are not allowed, missing quotes and semicolons are all read.
func parseMedia(v string) (string, map[string]string) {
	pieces := splitParams(v)
	media := strings.ToLower(strings.TrimSpace(pieces[0]))
	if i := strings.IndexAny(media, " \t("); i >= 0 {
		media = media[:i]
	}
	raw := map[string]string{}
	for _, p := range pieces[1:] {
		name, value, ok := strings.Cut(p, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := raw[name]; ok && name != "" && !twice {
			raw[name] = unquote(strings.TrimSpace(value))
		}
	}
	return media, joinParams(raw)
}

// splitParams cuts at semicolons outside quotes.
func splitParams(v string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && quoted:
			i++
		case v[i] == '"':
			quoted = !quoted
		case v[i] == ';' && !quoted:
			out = append(out, v[start:i])
			start = i + 1
		}
	}
	return append(out, v[start:])
}

func unquote(s string) string {
	if len(s) == 0 || s[0] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		// A backslash before a letter is a Windows path, not an escape.
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// section is one piece of a parameter cut up by RFC 2231.
type section struct {
	n       int
	encoded bool
	value   string
}

func joinParams(raw map[string]string) map[string]string {
	out, cut := map[string]string{}, map[string][]section{}
	for name, value := range raw {
		base, rest, ok := strings.Cut(name, "*")
		if !ok {
			if _, done := out[name]; !done {
				out[name] = decodeWords(value)
			}
			continue
		}
		s := section{encoded: rest == "" || strings.HasSuffix(rest, "*"), value: value}
		s.n, _ = strconv.Atoi(strings.TrimSuffix(rest, "*"))
		cut[base] = append(cut[base], s)
	}
	for base, sections := range cut {
		out[base] = joinSections(sections)
	}
	return out
}

func joinSections(sections []section) string {
	sort.Slice(sections, func(i, j int) bool { return sections[i].n < sections[j].n })
	charset := ""
	var b []byte
	for i, s := range sections {
		if s.encoded && i == 0 {
			if parts := strings.SplitN(s.value, "'", 3); len(parts) == 3 {
				charset, s.value = parts[0], parts[2]
			}
		}
		if s.encoded {
			b = append(b, decodePercent(s.value)...)
		} else {
			b = append(b, s.value...)
		}
	}
	if charset == "" {
		return decodeWords(string(b))
	}
	return oneLine(toUTF8(charset, b))
}

func decodePercent(s string) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}
