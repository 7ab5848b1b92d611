package local_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// A file too large for a request goes straight into the blob store, and only into the
// ticket whose form carries the reference that the desk gave out for it.
func TestLifeOfALargeFile(t *testing.T) {
	t.Parallel()
	l := begin(t, func(s *config.Settings) {
		fields := s.Forms[0].Fields
		fields[len(fields)-1].Max = config.MaxUpload
		other := s.Forms[0]
		other.ID = "other"
		s.Forms = append(s.Forms, other)
	})
	video := bytes.Repeat([]byte("deskhook"), 1<<20) // 8 MB
	type link struct {
		URL     string            `json:"url"`
		Ref     string            `json:"ref"`
		Headers map[string]string `json:"headers"`
	}
	wish := func(t *testing.T, status, size int) (out link) {
		body := fmt.Sprintf(`{"field":"file","name":"C:\\v\\video.mp4","type":"video/mp4","size":%d}`, size)
		req, err := http.NewRequest(http.MethodPost, l.base+"/forms/contact/uploads", strings.NewReader(body))
		if got := ask(t, status, req, err); status == http.StatusOK {
			require.NoError(t, json.Unmarshal([]byte(got), &out))
		}
		return out
	}
	put := func(t *testing.T, status int, to link, data []byte) {
		req, err := http.NewRequest(http.MethodPut, to.URL, bytes.NewReader(data))
		for k, v := range to.Headers {
			req.Header.Set(k, v)
		}
		ask(t, status, req, err)
	}
	send := func(t *testing.T, status int, form, mail, ref string) string {
		req, err := provider.Form(l.base, form, map[string]string{"email": mail, "topic": "order", "message": "See the video.", "file": ref})
		return ask(t, status, req, err)
	}
	var to link
	walk(t, []step{
		{"an upload that the field doesn't take", func(t *testing.T) {
			wish(t, http.StatusUnprocessableEntity, config.MaxUpload+1)
			wish(t, http.StatusUnprocessableEntity, 0)
		}},
		{"the page may call the store from anywhere", func(t *testing.T) {
			to = wish(t, http.StatusOK, len(video))
			req, err := http.NewRequest(http.MethodOptions, to.URL, nil)
			ask(t, http.StatusNoContent, req, err)
		}},
		{"only the size asked for, and once", func(t *testing.T) {
			put(t, http.StatusForbidden, to, video[1:])
			put(t, http.StatusOK, to, video)
			put(t, http.StatusPreconditionFailed, to, video)
		}},
		{"the ticket has the file, under a name without a path", func(t *testing.T) {
			send(t, http.StatusOK, "contact", "ann@customer.example", to.Ref)
			files := l.wrote(t, l.find(t, "ann@customer.example", 1).ID, 1).Attachments
			require.Len(t, files, 1)
			require.Equal(t, []any{"video.mp4", "video/mp4", int64(len(video)), ""}, []any{files[0].Name, files[0].Type, files[0].Size, files[0].Fault})
			require.True(t, strings.HasPrefix(files[0].Blob, "files/"), "where nothing expires")
			got, err := l.World.Blob.Get(t.Context(), files[0].Blob, 0)
			require.NoError(t, err)
			require.True(t, bytes.Equal(video, got))
		}},
		{"no other reference is taken", func(t *testing.T) {
			send(t, http.StatusUnprocessableEntity, "other", "bo@customer.example", to.Ref)
			for _, ref := range []string{to.Ref + "A", "uploads/contact/x", "video.mp4"} {
				require.Contains(t, send(t, http.StatusUnprocessableEntity, "contact", "bo@customer.example", ref), `"field":"file"`)
			}
		}},
		{"a file that never came is told, and the message kept", func(t *testing.T) {
			send(t, http.StatusOK, "contact", "cy@customer.example", wish(t, http.StatusOK, 9).Ref)
			files := l.wrote(t, l.find(t, "cy@customer.example", 1).ID, 1).Attachments
			require.Equal(t, []desk.Attachment{{Name: "video.mp4", Type: "video/mp4", Size: 9, Fault: "media.not_uploaded"}}, files)
		}},
		{"a reference is good for two hours, an address asks for 30", func(t *testing.T) {
			l.clock.Jump(3 * time.Hour)
			send(t, http.StatusUnprocessableEntity, "contact", "di@customer.example", to.Ref)
			for range 30 {
				wish(t, http.StatusOK, 9)
			}
			wish(t, http.StatusTooManyRequests, 9)
		}},
	})
}
