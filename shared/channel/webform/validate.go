package webform

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// faults checks every field, and names each that is at fault.
func (c *Channel) faults(s submission, lang string) []*desk.Error {
	var list []*desk.Error
	for _, f := range c.form.Fields {
		var t text
		var n int
		if f.Type == config.FieldFile {
			t, n = fileFault(f, s)
		} else {
			t, n = valueFault(f, s)
		}
		if t != "" {
			list = append(list, desk.FieldError(f.Name, "%s", say(lang, t, n)))
		}
	}
	return list
}

func fileFault(f config.FormField, s submission) (text, int) {
	files := s.files[f.Name]
	switch {
	case s.foreign[f.Name]:
		return textUploadOver, 0
	case f.Required && len(files)+len(s.uploads[f.Name]) == 0:
		return textNoFile, 0
	}
	for _, one := range files {
		if f.Max > 0 && len(one.data) > f.Max {
			return textLargeFile, f.Max / 1024
		}
	}
	return "", 0
}

func valueFault(f config.FormField, s submission) (text, int) {
	v := s.value(f)
	switch {
	case v == "" && f.Required:
		return textMissing, 0
	case v == "":
		return "", 0
	case f.Max > 0 && utf8.RuneCountInString(v) > f.Max:
		return textTooLong, f.Max
	}
	ok, t := true, text("")
	switch f.Type {
	case config.FieldMail:
		_, ok = cleanMail(v)
		t = textMail
	case config.FieldPhone:
		_, ok = cleanPhone(v)
		t = textPhone
	case config.FieldChoice:
		ok, t = isChoice(f, v), textChoice
	}
	if ok {
		return "", 0
	}
	return t, 0
}

func isChoice(f config.FormField, v string) bool {
	for _, ch := range f.Choices {
		if ch.Value == v {
			return true
		}
	}
	return false
}

var mailDomain = regexp.MustCompile(`^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$`)

// cleanMail is an address in lower case, if it is one and nothing else.
func cleanMail(v string) (string, bool) {
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || !mailDomain.MatchString(v) {
		return "", false
	}
	return strings.ToLower(v), true
}

var (
	phoneMarks = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "（", "", "）", "", "\u00a0", "")
	phone      = regexp.MustCompile(`^\+?[0-9]{6,15}$`)
	mobileCN   = regexp.MustCompile(`^1[3-9][0-9]{9}$`) // a mobile number in China, as people write it
	fullPhone  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// cleanPhone tells whether v may be a phone number, and gives it in E.164 where the
// country is written or the number is a Chinese mobile's. It is "" where the country
// can't be known: an agent reads it as typed, a machine won't guess.
func cleanPhone(v string) (string, bool) {
	v = phoneMarks.Replace(v)
	if !phone.MatchString(v) {
		return "", false
	}
	if rest, ok := strings.CutPrefix(v, "00"); ok {
		v = "+" + rest
	}
	if mobileCN.MatchString(v) {
		v = "+86" + v
	}
	if !fullPhone.MatchString(v) {
		return "", true
	}
	return v, true
}
