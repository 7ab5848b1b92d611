package desk

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an Error is: what a caller can do about it.
type Kind string

// The kinds of failure.
const (
	Invalid     Kind = "invalid"     // the request is wrong: mend the field named and ask again
	Unauthentic Kind = "unauthentic" // not proven to come from whom it claims
	Forbidden   Kind = "forbidden"   // known, but may not
	NotFound    Kind = "not_found"
	Conflict    Kind = "conflict" // something changed meanwhile: read again
	TooLarge    Kind = "too_large"
	Throttled   Kind = "throttled"  // later
	Transient   Kind = "transient"  // a fault that may pass
	Unreadable  Kind = "unreadable" // well signed, not understood: trying again won't help
)

// Error is a failure with a Kind for machines and a Text for people. Text never holds
// a secret or a customer's words, so it may be shown and logged.
type Error struct {
	Kind  Kind
	Field string // the field at fault, where there is one
	Text  string
	Err   error // the cause, for logs; not for customers
}

// Error gives the text, with the field in front.
func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Text
	}
	return e.Text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a field.
func Errorf(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Text: fmt.Sprintf(format, args...)}
}

// FieldError makes an Error that names the field at fault.
func FieldError(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

// KindOf finds the Kind of an error, or Transient where it carries none: a fault
// nobody classified is one that may pass, so nothing is thrown away over it.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Transient
}
