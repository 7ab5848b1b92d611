package queue

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Check says whether m may be sent to the queue, by the contract's own limits: nil, or
// an error that is ErrInvalid or ErrTooLarge. Every engine asks it before it sends, so
// that the same message is refused everywhere. The error never holds the body.
func Check(to Name, m Message) error {
	if len(m.Body) > MaxBytes {
		return fmt.Errorf("%w: body of %d bytes, at most %d", ErrTooLarge, len(m.Body), MaxBytes)
	}
	if err := checkBody(m.Body); err != nil {
		return err
	}
	if to.FIFO() {
		return checkFIFO(m)
	}
	return checkStandard(m)
}

// CheckHold says whether d may be given to Postpone: nil or ErrInvalid.
func CheckHold(d time.Duration) error {
	if d < 0 || d > MaxHold {
		return fmt.Errorf("%w: hold of %v, allowed 0 to %v", ErrInvalid, d, MaxHold)
	}
	return nil
}

func checkFIFO(m Message) error {
	if m.Delay != 0 {
		return fmt.Errorf("%w: a FIFO queue takes no delay per message", ErrInvalid)
	}
	if !token(m.Group) {
		return fmt.Errorf("%w: a FIFO queue needs a group of 1..128 letters, digits, punctuation", ErrInvalid)
	}
	if !token(m.Dedup) {
		return fmt.Errorf("%w: a FIFO queue needs a dedup id of 1..128 letters, digits, punctuation", ErrInvalid)
	}
	return nil
}

// A group on a standard queue is refused although SQS takes one (it means fairness
// there, not order): whoever sets it expects order and would not get it.
func checkStandard(m Message) error {
	if m.Group != "" || m.Dedup != "" {
		return fmt.Errorf("%w: group and dedup belong to FIFO queues", ErrInvalid)
	}
	if m.Delay < 0 || m.Delay > MaxDelay {
		return fmt.Errorf("%w: delay of %v, allowed 0 to %v", ErrInvalid, m.Delay, MaxDelay)
	}
	return nil
}

func checkBody(body string) error {
	if body == "" {
		return fmt.Errorf("%w: empty body", ErrInvalid)
	}
	if !utf8.ValidString(body) {
		return fmt.Errorf("%w: body is not UTF-8", ErrInvalid)
	}
	for _, r := range body {
		if !xmlChar(r) {
			return fmt.Errorf("%w: body holds %U, which XML 1.0 does not know", ErrInvalid, r)
		}
	}
	return nil
}

// xmlChar is the production Char of XML 1.0 (W3C, section 2.2); surrogates can't occur
// in valid UTF-8.
func xmlChar(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return true
	case r < 0x20, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

// token is SQS's rule for MessageGroupId and MessageDeduplicationId: the printable
// characters of ASCII without the space.
func token(s string) bool {
	if len(s) == 0 || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
