package journal

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
