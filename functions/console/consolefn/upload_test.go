package consolefn_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

func (w *world) withFiles() *folder.Store {
	files, err := folder.Open(filepath.Join(w.t.TempDir(), "files"), "https://desk.example.com/blob/", []byte("a secret for links 123"), func() time.Time { return w.now })
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = files.Close() })
	w.deps.Blob = files
	w.handler = consolefn.New(w.deps)
	return files
}

// mail is a customer's first mail.
func (w *world) mail(id string) desk.TicketID {
	w.t.Helper()
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: id, From: desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}, Name: "Ann", Text: "hello",
		Mail: &desk.Mail{MessageID: id + "@x.test", To: []string{"help@desk.test"}, Trusted: true},
	})
	require.NoError(w.t, err)
	return got.Ticket
}

// send posts a reply as a browser does whose form has files.
func (w *world) send(id desk.TicketID, text string, files map[string]string) *http.Response {
	w.t.Helper()
	at := "/console/tickets/" + id.Number()
	page := w.page(at)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range map[string]string{"csrf": field(w.t, page, "csrf"), "nonce": field(w.t, page, "nonce"), "text": text} {
		require.NoError(w.t, form.WriteField(name, value))
	}
	for name, data := range files {
		part, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="files"; filename="` + name + `"`}, "Content-Type": {"application/pdf"},
		})
		require.NoError(w.t, err)
		_, err = part.Write([]byte(data))
		require.NoError(w.t, err)
	}
	require.NoError(w.t, form.Close())
	r := httptest.NewRequest("POST", at+"/reply", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for name, value := range w.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

// A reply's files lie in the blob store under their content's hash before the reply is
// written, with names that mislead nobody.
func TestReplyWithFiles(t *testing.T) {
	w := newWorld(t).signIn()
	files := w.withFiles()
	id := w.mail("m1")
	require.Equal(t, http.StatusSeeOther, w.send(id, "The invoice", map[string]string{"../发票\u202efdp.exe": "%PDF"}).StatusCode)
	out := w.messages(id, desk.ToCustomer)
	require.Len(t, out, 1)
	require.Len(t, out[0].Attachments, 1)
	a := out[0].Attachments[0]
	// printf %%PDF | sha256sum
	require.Equal(t, "files/315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027", a.Blob)
	require.Equal(t, "发票fdp.exe", a.Name)
	require.Equal(t, int64(4), a.Size)
	data, err := files.Get(t.Context(), a.Blob, 0)
	require.NoError(t, err)
	require.Equal(t, "%PDF", string(data))
	require.Contains(t, w.page("/console/tickets/"+id.Number()), "发票fdp.exe")
}

// What a channel doesn't take is told before anything is sent.
func TestFilesThatAreNotTaken(t *testing.T) {
	w := newWorld(t).signIn()
	w.withFiles()
	text := w.comes("1", "hello")
	page := w.page("/console/tickets/" + text.Number())
	require.NotContains(t, page, `type="file"`)
	require.Contains(t, page, "MMS is off")
	resp := w.send(text, "The invoice", map[string]string{"a.pdf": "%PDF"})
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
	require.Contains(t, body(t, resp), "sends no files: set mms: true")
	require.Empty(t, w.messages(text, desk.ToCustomer))

	id := w.mail("m1")
	resp = w.send(id, "Large", map[string]string{"a.bin": string(make([]byte, 4<<20+1))})
	require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	resp = w.send(id, "Larger", map[string]string{"a.bin": string(make([]byte, 5<<20))})
	require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	require.Empty(t, w.messages(id, desk.ToCustomer))
}
