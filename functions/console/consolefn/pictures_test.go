package consolefn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// A mail's own pictures are shown in place, and nothing else is loaded; a sender that
// nobody vouches for is marked.
func TestPicturesOfAMail(t *testing.T) {
	w := newWorld(t).signIn()
	w.withFiles()
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "m1", From: desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}, Text: "see",
		HTML: `<img src="cid:p%40x"><img src="cid:svg@x"><img src="cid:none">`,
		Attachments: []desk.Attachment{
			{Name: "p.png", Type: "image/png", Inline: "p@x", Blob: "files/aa"}, {Name: "s.svg", Type: "image/svg+xml", Inline: "svg@x", Blob: "files/bb"},
		},
		Mail: &desk.Mail{MessageID: "m1@x.test", Why: "DMARC failed"},
	})
	require.NoError(t, err)
	at := "/console/tickets/" + got.Ticket.Number()
	resp := w.do("GET", at+"/messages/"+string(got.Message)+"/html", nil)
	page := body(t, resp)
	require.Contains(t, page, `src="https://desk.example.com/blob/`)
	require.Contains(t, page, `src="cid:svg@x"`)
	require.Contains(t, page, `src="cid:none"`)
	policy := resp.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "img-src data: https://desk.example.com;")
	require.Contains(t, policy, "sandbox;")
	require.Contains(t, w.page(at), "⚠ The sender is not proven and may be somebody else: DMARC failed")
}
