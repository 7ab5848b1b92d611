package deliveryfn_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type keeps struct {
	*far
	last channel.Outgoing
}

func (k *keeps) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	k.last = m
	return k.far.Send(ctx, m)
}

// Files of an SMS go as links that whoever has one fetches the bytes by for hours, and
// nobody after; the bytes themselves aren't read.
func TestFilesGoAsLinks(t *testing.T) {
	b := newBench(t)
	files, err := folder.Open(t.TempDir(), "https://desk.example/blobs", []byte("a secret of the links, for tests"), func() time.Time { return b.now })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	require.NoError(t, files.Put(t.Context(), "files/ab", []byte("GIF89a"), blob.Options{}))
	b.h.Blob = files
	s := &config.Settings{
		Desk:     config.Desk{Language: "en", TimeZone: "UTC", Team: "support"},
		Accounts: []config.Account{{Channel: desk.SMS, Name: "main", Settings: json.RawMessage(`{"mms": true}`)}},
	}
	b.desk.Settings = func(context.Context) (*config.Settings, error) { return s, nil }
	k := &keeps{far: b.far}
	b.h.Sender = func(context.Context, desk.Channel, string) (channel.Sender, error) { return k, nil }

	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: b.now}
	gif := ticketing.Reply{Text: "look", Attachments: []desk.Attachment{{Name: "图.gif", Type: "image/gif", Size: 6, Blob: "files/ab"}}}
	_, err = b.desk.Reply(t.Context(), act, b.id, gif)
	require.NoError(t, err)
	require.False(t, b.nudge())
	require.Len(t, k.last.Attachments, 1)
	require.Empty(t, k.last.Attachments[0].Data)

	fetch := func() (int, string, string) {
		w := httptest.NewRecorder()
		files.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, k.last.Attachments[0].Ref, nil))
		data, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		return w.Code, w.Header().Get("Content-Type"), string(data)
	}
	b.now = b.now.Add(9 * time.Hour)
	code, kind, data := fetch()
	require.Equal(t, []any{http.StatusOK, "image/gif", "GIF89a"}, []any{code, kind, data})
	b.now = b.now.Add(2 * time.Hour)
	code, _, _ = fetch()
	require.Equal(t, http.StatusForbidden, code)

	s.Accounts[0].Settings = json.RawMessage(`{}`)
	act.At = b.now
	_, err = b.desk.Reply(t.Context(), act, b.id, gif)
	require.ErrorContains(t, err, "mms: true")
}
