package sms_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/desk"
)

// Files go as one MediaUrl each, where the account says so; with them a text isn't needed.
func TestSendsFiles(t *testing.T) {
	var got url.Values
	sender := func(settings string) channel.Sender {
		a := account(settings)
		a.HTTP = doer(func(r *http.Request) (*http.Response, error) {
			require.NoError(t, r.ParseForm())
			got = r.PostForm
			return nil, errors.New("enough")
		})
		s, err := sms.NewSender(a)
		require.NoError(t, err)
		return s
	}
	with := sender(strings.Replace(good, "{", `{"mms":true,`, 1))
	m := channel.Outgoing{To: desk.Address{ID: "+15551234567"}, Attachments: []desk.Attachment{{Ref: "https://d.example/1?s=a&b"}, {Ref: "https://d.example/2"}}}
	require.Equal(t, channel.OutcomeUnknown, with.Send(t.Context(), m).Kind)
	require.Equal(t, []string{"https://d.example/1?s=a&b", "https://d.example/2"}, got["MediaUrl"])

	got = nil
	require.Contains(t, sender(good).Send(t.Context(), m).Reason, "mms is not set")
	for _, files := range [][]desk.Attachment{{{Name: "no link"}}, {{Ref: "file:///etc/passwd"}}, make([]desk.Attachment, 11)} {
		m.Attachments = files
		require.Equal(t, channel.OutcomeRefused, with.Send(t.Context(), m).Kind)
	}
	require.Nil(t, got, "nothing was called")
}
