package fallback

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

var (
	openID  = desk.Address{Channel: desk.WeChat, Account: "main", ID: "o1"}
	mail    = desk.Address{Channel: desk.Email, Account: "support", ID: "bo@x.example"}
	phone   = desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}
	account = []desk.Address{{Channel: desk.WeChat, Account: "main"}, {Channel: desk.Email, Account: "support"}, {Channel: desk.SMS, Account: "main"}}
)

// What WeChat takes no more goes where the customer is known to be reached, mail first.
func TestWays(t *testing.T) {
	said := desk.Contact{Mail: "given@x.example", Phone: "+14155550199"}
	givenMail := desk.Address{Channel: desk.Email, Account: "support", ID: said.Mail}
	givenPhone := desk.Address{Channel: desk.SMS, Account: "main", ID: said.Phone}
	file := []desk.Attachment{{Name: "a.png", Type: "image/png", Size: 10}}
	mms := func(a desk.Address) takes.Account {
		return takes.Account{MMS: a.Channel == desk.SMS && a.Account == "main"}
	}
	for name, c := range map[string]struct {
		q    Question
		want []desk.Address
	}{
		"no other way":            {Question{Accounts: account, Customer: desk.Customer{Addresses: []desk.Address{openID}}}, nil},
		"used, mail first":        {Question{Accounts: account, Customer: desk.Customer{Addresses: []desk.Address{phone, openID, mail}}}, []desk.Address{mail, phone}},
		"the ticket's come first": {Question{Accounts: account, Ticket: desk.Ticket{Contact: said}, Customer: desk.Customer{Addresses: []desk.Address{mail}}}, []desk.Address{givenMail, givenPhone, mail}},
		"a form's, last":          {Question{Accounts: account, Customer: desk.Customer{Addresses: []desk.Address{phone}, Contact: said}}, []desk.Address{phone, givenMail, givenPhone}},
		"no such account":         {Question{Accounts: account[:1], Ticket: desk.Ticket{Contact: said}, Customer: desk.Customer{Addresses: []desk.Address{mail, phone}}}, nil},
		"files go by mail alone":  {Question{Accounts: account, Message: desk.Message{Attachments: file}, Customer: desk.Customer{Addresses: []desk.Address{phone, mail}}}, []desk.Address{mail}},
		"files go by MMS too":     {Question{Accounts: account, Message: desk.Message{Attachments: file}, Customer: desk.Customer{Addresses: []desk.Address{phone}}, Takes: mms}, []desk.Address{phone}},
		"fell back before":        {Question{Accounts: account, Message: desk.Message{Decisions: []desk.Decision{Decision(openID, mail)}}, Customer: desk.Customer{Addresses: []desk.Address{mail}}}, nil},
		"a third party's":         {Question{Accounts: account, Message: desk.Message{Purpose: "forward"}, Customer: desk.Customer{Addresses: []desk.Address{mail}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.q.Message.From = openID
			require.Equal(t, c.want, Ways(c.q))
		})
	}
	require.Empty(t, Ways(Question{Accounts: account, Message: desk.Message{From: phone}, Customer: desk.Customer{Addresses: []desk.Address{mail}}}), "SMS has no window")
}

// Promise 3: nothing goes to who opted out, by whatever way.
func TestOpen(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	require.True(t, Open(desk.Identity{}, "reply"))
	require.False(t, Open(desk.Identity{Out: true}, "reply"))
	require.False(t, Open(desk.Identity{Gone: at}, "reply"))
	require.False(t, Open(desk.Identity{Bounced: "5.1.1"}, "reply"))
	require.True(t, Open(desk.Identity{NoSurvey: true}, "reply"))
	require.False(t, Open(desk.Identity{NoSurvey: true}, "survey"))
}
