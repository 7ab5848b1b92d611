package portalfn_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/portal/portalfn"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A file in an answer is a download on the status page, for who holds its link, and no
// earlier than the answer can be read.
func TestFilesOfAnswers(t *testing.T) {
	w := newWorld(t)
	files, err := folder.Open(filepath.Join(t.TempDir(), "files"), "https://desk.example.com/blob/", []byte("a secret for links 123"), func() time.Time { return w.now })
	require.NoError(t, err)
	t.Cleanup(func() { _ = files.Close() })
	w.handler = portalfn.New(portalfn.Deps{
		Desk: w.desk, Store: w.desk.Store, Blob: files, Key: w.key, Now: func() time.Time { return w.now },
		Settings: w.desk.Settings,
	})
	id := w.submit("Where is it?")
	msg, err := w.desk.Reply(t.Context(), w.act(), id, ticketing.Reply{
		Text: "The invoice", Attachments: []desk.Attachment{{Name: "发票.pdf", Type: "application/pdf", Size: 4, SHA256: "ab", Blob: "files/ab"}},
	})
	require.NoError(t, err)
	at := "/t/" + w.key.Token(links.StatusPurpose, time.Time{}, string(submitter.Channel), submitter.Account, submitter.ID, "sub1")
	link := at + "/files/" + string(msg) + "/0"
	require.Contains(t, body(t, w.do("GET", at, nil)), `href="`+link+`"`)

	resp := w.do("GET", link, nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Contains(t, resp.Header.Get("Location"), "https://desk.example.com/blob/")
	for _, bad := range []string{
		at + "/files/" + string(msg) + "/1", at + "/files/" + string(msg) + "/-1", at + "/files/" + string(msg) + "/x",
		at + "/files/nothing/0", at + "x/files/" + string(msg) + "/0",
	} {
		require.Equal(t, http.StatusNotFound, w.do("GET", bad, nil).StatusCode, bad)
	}
	note, err := w.desk.Note(t.Context(), w.act(), id, "between us")
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, w.do("GET", at+"/files/"+string(note)+"/0", nil).StatusCode)
}
