package journal

import "strconv"

// NoticeLine says a notice of a ticket on one line; without a subject where it is empty.
func NoticeLine(number, subject, said, lang string) string {
	code := "notice.line"
	if subject != "" {
		code = "notice.line.subject"
	}
	return fill(codes[code].in(lang), map[string]string{"number": number, "subject": subject, "said": said}, lang)
}

// NoticeFoot is what ends a notice's mail.
func NoticeFoot(lang string) string { return codes["notice.foot"].in(lang) }

// DigestSubject says of how many notices the one mail after quiet hours tells.
func DigestSubject(n int, lang string) string {
	code := "notice.digest"
	if n == 1 {
		code = "notice.digest.one"
	}
	return fill(codes[code].in(lang), map[string]string{"number": strconv.Itoa(n)}, lang)
}

// DigestAll stands before the address of all notices.
func DigestAll(lang string) string { return codes["notice.digest.all"].in(lang) }
