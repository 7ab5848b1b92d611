package sms_test

import (
	"testing"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/stretchr/testify/require"
)

// No signature that wasn't made with the token is taken, whatever it is made of.
func FuzzVerify(f *testing.F) {
	f.Add("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "/webhooks/sms/main", "bodySHA256=00", form, []byte("a=b&a=c"))
	f.Add("", "", "%zz", "application/json", []byte("{}"))
	f.Fuzz(func(t *testing.T, sig, path, query, contentType string, body []byte) {
		c, err := sms.New(account(good))
		require.NoError(t, err)
		r := call(path, query, contentType, string(body))
		r.Header["x-twilio-signature"] = []string{sig}
		_, err = c.Verify(t.Context(), r)
		require.ErrorIs(t, err, channel.ErrUnauthentic)
	})
}

// Any body is one envelope with its keys, and is read or refused.
func FuzzParse(f *testing.F) {
	f.Add("m=1&t=2", form, []byte(from+"&NumMedia=99999999999&Body=x"), false)
	f.Add("", "application/json", []byte(`{"MessageSid":"a","From":"b"}`), false)
	f.Add("%", form, []byte("MessageSid=a&To=b&MessageStatus=read"), true)
	f.Fuzz(func(t *testing.T, query, contentType string, body []byte, isStatus bool) {
		c, err := sms.New(account(good))
		require.NoError(t, err)
		r := call(map[bool]string{true: "/webhooks/sms/main/status"}[isStatus], query, contentType, string(body))
		r.At = channeltest.At
		es, err := c.Envelopes(channel.Verified{Request: r, Body: body})
		require.NoError(t, err)
		require.Len(t, es, 1)
		require.NotEmpty(t, es[0].Order)
		require.NotEmpty(t, es[0].Dedup)
		ins, err := c.Parse(es[0])
		if err != nil {
			require.ErrorIs(t, err, channel.ErrUnreadable)
			return
		}
		require.NotEmpty(t, ins)
	})
}
