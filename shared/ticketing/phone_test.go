package ticketing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone/plans"
)

// A phone number from a form is kept in E.164, read by the desk's country where it names
// none; one that no numbering plan has is nobody's address.
func TestPhoneOfAForm(t *testing.T) {
	b := newBench(t)
	b.s.Desk.Country = "DE"
	b.Phone = plans.E164
	for i, c := range []struct{ given, typed, want string }{
		{"", "030 123456", "+4930123456"},
		{"+8613800138000", "138 0013 8000", "+8613800138000"},
		{"", "call me", ""},
		{"+10005552671", "+1 000 555 2671", ""},
	} {
		from := desk.Address{Channel: desk.WebForm, Account: "contact", ID: string(rune('a' + i))}
		got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: from, Text: "hello", Contact: desk.Contact{Phone: c.given, Typed: c.typed}})
		require.Equal(t, c.want, b.ticket(got.Ticket).Contact.Phone, c.typed)
		require.Empty(t, b.ticket(got.Ticket).Contact.Typed)
	}
}
