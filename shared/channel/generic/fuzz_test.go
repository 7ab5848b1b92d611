package generic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/generic"
)

// Any body is cut into one envelope with keys, and read or refused; who wrote is the
// same for both.
func FuzzBody(f *testing.F) {
	for body := range forms {
		f.Add([]byte(body))
	}
	c, err := generic.New(channeltest.Account(set, channeltest.At, map[string]string{"secret": first}))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := call("msg_1", string(body))
		es, err := c.Envelopes(channel.Verified{Request: r, Body: body})
		require.NoError(t, err)
		require.Len(t, es, 1)
		require.NotEmpty(t, es[0].Order)
		in, err := c.Parse(es[0])
		if err != nil {
			require.ErrorIs(t, err, channel.ErrUnreadable)
			return
		}
		require.Equal(t, es[0].Order, in[0].From.ID)
	})
}

// No header is believed but a good one.
func FuzzHeaders(f *testing.F) {
	f.Add("msg_1", "1772440200", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	f.Add("", "", "v1, v1 v1a,x ,")
	c, err := generic.New(channeltest.Account(set, channeltest.At, map[string]string{"secret": first}))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, id, at, sig string) {
		r := call(id, least)
		r.Header["webhook-timestamp"], r.Header["webhook-signature"] = []string{at}, []string{sig}
		_, err := c.Verify(t.Context(), r)
		require.ErrorIs(t, err, channel.ErrUnauthentic)
	})
}
