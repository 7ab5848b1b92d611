// Package quote parts what somebody wrote now from the history their mail program put
// below it. It is pure: text in, text out, no clock and no settings.
//
// It errs on the side of keeping. A line of history shown costs a glance; a line of the
// customer's cut away costs an answer. So forwarded mail is content, answers written
// between quoted lines stay with the lines they answer, fenced code is never looked
// into, and a text that would become empty is given back whole.
package quote
