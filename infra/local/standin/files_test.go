package standin

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An MMS's files are links in the outbox, a mail's are names.
func TestShownFiles(t *testing.T) {
	b := bubble{Message: Message{Files: []string{"a.pdf", "https://desk.example/blobs/files/ab12?e=1&s=x", "javascript:alert(1)"}}}
	require.Equal(t, []shownFile{
		{Name: "a.pdf"}, {Name: "ab12", URL: "https://desk.example/blobs/files/ab12?e=1&s=x"}, {Name: "javascript:alert(1)"},
	}, b.Shown())
}

// Twilio's own limits: ten files, each at an address.
func TestTwilioMedia(t *testing.T) {
	form := func(links ...string) url.Values {
		return url.Values{"To": {"+14155550100"}, "From": {"+15005550006"}, "MediaUrl": links}
	}
	require.Zero(t, twilioCheck(form("https://desk.example/a")), "a text isn't needed then")
	require.Equal(t, 21620, twilioCheck(form("files/a")))
	require.Equal(t, 21623, twilioCheck(form(strings.Split(strings.Repeat("https://d.example/a ", 11), " ")[:11]...)))
	require.Equal(t, 21602, twilioCheck(form()))
}
