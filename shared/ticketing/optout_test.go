package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// STOP by SMS is honoured by the whole desk: no acknowledgement, no survey, until START.
// (What an agent writes is dropped at the moment of sending: deliveryfn's tests.)
func TestStopBySMS(t *testing.T) {
	b := newBench(t)
	b.s.Tickets.Acknowledge = config.Text{"en": "We've received your message"}
	phone := desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}
	sms := func(kind desk.InboundKind, id, words string) ticketing.Received {
		b.pass(time.Minute)
		return b.receive(desk.Inbound{Kind: kind, ID: id, From: phone, Text: words, Lang: "en"})
	}
	sms(desk.InOptOut, "1", "STOP")
	got := sms(desk.InMessage, "2", "where is my parcel")
	require.Contains(t, codes(b.messages(got.Ticket)), "auto.opted_out")
	require.NotContains(t, codes(b.messages(got.Ticket)), "ack.sent")

	b.pass(time.Minute)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusOpen, time.Time{}))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Solved", Then: desk.StatusResolved})
	require.NoError(t, err)
	b.pass(2 * time.Hour)
	survey := b.ticket(got.Ticket).Survey
	require.NoError(t, b.FireSurvey(b.ctx, survey, 1, b.now, nil))
	v, err := b.Store.Survey(b.ctx, survey)
	require.NoError(t, err)
	require.Equal(t, "survey.opted_out", v.Value.Why)

	sms(desk.InOptIn, "3", "START")
	id, err := b.Store.Identity(b.ctx, phone)
	require.NoError(t, err)
	require.False(t, id.Value.OptedOut())
}

// A refusal by Twilio because the customer opted out there counts as their word.
func TestOptOutKnownToTheProvider(t *testing.T) {
	b := newBench(t)
	phone := desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}
	got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: phone, Text: "hello", Lang: "en"})
	b.pass(time.Minute)
	msg, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Hi"})
	require.NoError(t, err)
	b.pass(time.Minute)
	b.receive(desk.Inbound{Kind: desk.InReceipt, ID: "r", From: phone,
		Receipt: &desk.Receipt{Ticket: got.Ticket, Message: msg, State: desk.Failed, Code: "21610", Permanent: true}})
	id, err := b.Store.Identity(b.ctx, phone)
	require.NoError(t, err)
	require.True(t, id.Value.OptedOut())
	require.Contains(t, codes(b.messages(got.Ticket)), "opt.out")
}
