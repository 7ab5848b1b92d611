package consolefn_test

import (
	"html"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Who reads addresses in part only still answers all of a mail: they see whom, masked, can
// take one out and add another, and nothing masked is ever written to.
func TestMaskedAgentKeepsCopies(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "m1", From: desk.Address{Channel: desk.Email, Account: "help", ID: "ann@x.test"}, Name: "Ann", Subject: "s", Text: "hello", Lang: "en",
		Mail:        &desk.Mail{MessageID: "m1@x", Trusted: true, Cc: []string{"bo@x.test", "bea@x.test", "o'neil@y.test"}},
		Attachments: []desk.Attachment{{Name: "IMG_13800001234.jpg", Type: "image/jpeg", Blob: "files/0a"}},
	})
	require.NoError(t, err)
	id := got.Ticket
	page := w.page("/console/tickets/" + id.Number())
	require.NotContains(t, page, "13800001234")
	require.Contains(t, page, "IMG_***34.jpg")
	for _, whole := range []string{"bo@x.test", "bea@x.test", "neil@y.test"} {
		require.NotContains(t, page, whole)
	}
	shown := html.UnescapeString(field(t, page, "cc"))
	sent := func(cc string) []string {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", "hi "+cc, "cc", cc).StatusCode, cc)
		all := w.messages(id, desk.ToCustomer)
		return all[len(all)-1].Cc
	}
	require.Equal(t, []string{"bo@x.test", "bea@x.test", "o'neil@y.test"}, sent(shown), "as the page has it")
	require.Equal(t, []string{"bo@x.test"}, sent("b***@x.test"))
	require.Equal(t, []string{"bo@x.test", "new@z.test"}, sent("b***@x.test; new@z.test"))
	require.Empty(t, sent(""))
	wrong := w.post(id, "reply", "text", "hi", "cc", "c***@x.test")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, body(t, wrong), "hidden in part")
}
