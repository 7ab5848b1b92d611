// Package segments counts what a text costs as SMS: carriers bill per segment, and an
// emoji more may double the price. Rules: 3GPP TS 23.038 (alphabet) and TS 23.040
// (concatenation), as Twilio's "What is an SMS segment?" tells them.
package segments

import "strings"

// Encodings of a text.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

const (
	basic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "\f^{}\\[~]|€" // an escape before each: two septets
)

// Count tells how a text travels: its encoding, the number of segments, and its length
// in what the encoding counts (septets of GSM-7, UTF-16 units of UCS-2). A text of one
// segment may have 160 or 70 of them; of several, 153 or 67 each. Neither an escape
// nor a surrogate pair is split over two segments, so a segment may have one less. No
// text has no segment.
func Count(text string) (encoding string, segments, characters int) {
	if strings.IndexFunc(text, func(r rune) bool { return septets(r) == 0 }) < 0 {
		segments, characters = split(text, septets, 160, 153)
		return GSM7, segments, characters
	}
	segments, characters = split(text, units, 70, 67)
	return UCS2, segments, characters
}

// septets of a rune in GSM-7; 0: not in the alphabet.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(basic, r):
		return 1
	case strings.ContainsRune(extended, r):
		return 2
	}
	return 0
}

// units of UTF-16 of a rune.
func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func split(text string, size func(rune) int, alone, part int) (segments, total int) {
	left := 0
	for _, r := range text {
		n := size(r)
		total += n
		if n > left {
			segments++
			left = part
		}
		left -= n
	}
	if total > 0 && total <= alone {
		segments = 1
	}
	return segments, total
}
