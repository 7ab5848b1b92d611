package desk

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// TicketID names a ticket: six characters of Crockford's base32 ("7K3Q9W"). People
// see it as a Number.
type TicketID string

// CustomerID names a customer, MessageID a message of a ticket, SurveyID one asking of
// a survey.
type (
	CustomerID string
	MessageID  string
	SurveyID   string
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func digest(parts []string) [32]byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return [32]byte(h.Sum(nil))
}

// NewTicketID derives a ticket's id from what opens it, so that deciding twice gives
// one id. attempt counts up when the id is taken by another ticket.
func NewTicketID(attempt int, parts ...string) TicketID {
	sum := digest(append([]string{fmt.Sprint("ticket", attempt)}, parts...))
	n := binary.BigEndian.Uint64(sum[:8])
	var b [6]byte
	for i := range b {
		b[i] = crockford[n&31]
		n >>= 5
	}
	return TicketID(b[:])
}

// Number is the id as people read and type it: DH-7K3Q-9W.
func (t TicketID) Number() string {
	if len(t) != 6 {
		return string(t)
	}
	return "DH-" + string(t[:4]) + "-" + string(t[4:])
}

// ParseNumber reads a ticket's number as a person types it: any case, with or without
// dashes and prefix, O for 0, I and L for 1. It is false for anything else.
func ParseNumber(s string) (TicketID, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "#"), "DH-")
	s = strings.NewReplacer("-", "", "O", "0", "I", "1", "L", "1").Replace(s)
	if len(s) == 8 { // typed without dashes: dh7k3q9w
		s = strings.TrimPrefix(s, "DH")
	}
	if len(s) != 6 || strings.Trim(s, crockford) != "" {
		return "", false
	}
	return TicketID(s), true
}

// DeriveID makes an id of 20 hex digits from what it stands for, so that deciding
// twice gives one id. kind keeps ids of different things apart.
func DeriveID(kind string, parts ...string) string {
	sum := digest(append([]string{kind}, parts...))
	return hex.EncodeToString(sum[:10])
}

// messageTime is fixed in width, so that ids sort as their times do.
const messageTime = "20060102T150405.000"

// NewMessageID names a message: its recorded time to the millisecond and a hash of
// what it stands for, so that deciding twice gives one id, ids of one ticket sort by
// time, and the row can be found from the id alone. 29 characters of [0-9A-Za-z-].
func NewMessageID(at time.Time, parts ...string) MessageID {
	sum := digest(append([]string{"message"}, parts...))
	return MessageID(MessageStamp(at) + "-" + hex.EncodeToString(sum[:5]))
}

// MessageStamp is what the ids of messages recorded at a time begin with: they sort by it.
func MessageStamp(at time.Time) string {
	t := at.UTC().Format(messageTime)
	return t[:15] + t[16:]
}
