package apifn_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// ask asks for an upload and gives its token and where to put it.
func (b *bench) ask(name, kind string, size int, header ...string) (token, to string) {
	b.t.Helper()
	v := b.do("POST", "/v1/uploads", fmt.Sprintf(`{"file_name":%q,"content_type":%q,"size":%d}`, name, kind, size), header...).is(201).json()
	require.Equal(b.t, "PUT", v["method"])
	return v["token"].(string), v["upload_url"].(string)
}

// put does what a client does with the address.
func (b *bench) put(to, kind, data string) int {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPut, to, bytes.NewReader([]byte(data)))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("If-None-Match", "*")
	w := httptest.NewRecorder()
	b.files.Handler().ServeHTTP(w, r)
	return w.Code
}

// TestUploads: a file is asked for, put and sent, and can be got back by its link.
func TestUploads(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/messages"
	token, to := b.ask("../photo.png", "image/png", 5)
	b.do("POST", path, fmt.Sprintf(`{"text":"Look","uploads":[%q]}`, token)).names(422, "uploads[0]") // not put yet
	require.Less(t, b.put(to, "image/png", "12345"), 300)
	require.GreaterOrEqual(t, b.put(to, "image/png", "54321"), 400, "once")
	b.do("POST", path, fmt.Sprintf(`{"text":"Look","uploads":[%q]}`, token), "Authorization", "Bearer "+leadToken).names(422, "uploads[0]") // somebody else's
	b.do("POST", path, fmt.Sprintf(`{"text":"Look","public":false,"uploads":[%q]}`, token)).names(422, "uploads")
	m := b.do("POST", path, fmt.Sprintf(`{"text":"Look","uploads":[%q]}`, token), "Idempotency-Key", "k").is(201).json()
	again := b.do("POST", path, fmt.Sprintf(`{"text":"Look","uploads":[%q]}`, token), "Idempotency-Key", "k").is(201).json()
	require.Equal(t, m["id"], again["id"])
	asked := b.now
	b.now = b.now.Add(48 * time.Hour) // the token's life is over
	late := b.do("POST", path, fmt.Sprintf(`{"text":"Look","uploads":[%q]}`, token), "Idempotency-Key", "k").is(201).json()
	require.Equal(t, m["id"], late["id"])
	b.now = asked

	var file map[string]any
	var id string
	for _, it := range b.do("GET", path, "").is(200).items() { // WeChat sends a file as a message of its own
		if files := it.(map[string]any)["attachments"].([]any); len(files) > 0 {
			file, id = files[0].(map[string]any), it.(map[string]any)["id"].(string)
		}
	}
	require.Equal(t, []any{"photo.png", "image/png", "kept"}, []any{file["name"], file["content_type"], file["state"]})
	link := b.do("GET", path+"/"+id+"/attachments/0", "").is(200).json()["url"].(string)
	r := httptest.NewRequest("GET", link, nil)
	w := httptest.NewRecorder()
	b.files.Handler().ServeHTTP(w, r)
	require.Equal(t, "12345", w.Body.String())
	require.Contains(t, w.Header().Get("Content-Disposition"), "photo.png")
	b.now = b.now.Add(6 * time.Minute)
	w = httptest.NewRecorder()
	b.files.Handler().ServeHTTP(w, r)
	require.GreaterOrEqual(t, w.Code, 400, "the link has expired")
	b.do("GET", path+"/"+id+"/attachments/1", "").is(404)
	b.do("GET", path+"/"+id+"/attachments/x", "").is(404)
}

// TestUploadsAreHeldToTheChannel: what it doesn't take is refused before anything is read.
func TestUploadsAreHeldToTheChannel(t *testing.T) {
	b := newBench(t)
	wechat := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/messages"
	sms := "/v1/tickets/" + b.receive(desk.SMS, "s", "hello") + "/messages"
	pdf, to := b.ask("a.pdf", "application/pdf", 5)
	require.Less(t, b.put(to, "application/pdf", "12345"), 300)
	b.do("POST", wechat, fmt.Sprintf(`{"uploads":[%q]}`, pdf)).names(422, "uploads")
	b.do("POST", sms, fmt.Sprintf(`{"uploads":[%q]}`, pdf)).names(422, "uploads")
	b.do("POST", wechat, `{"uploads":["made up"]}`).names(422, "uploads[0]")
	b.do("POST", wechat, `{"uploads":[]}`).names(422, "text")
	b.now = b.now.Add(25 * time.Hour)
	b.do("POST", wechat, fmt.Sprintf(`{"uploads":[%q]}`, pdf)).names(422, "uploads[0]")
	for body, field := range map[string]string{
		`{"file_name":"a","content_type":"image/png","size":0}`:        "size",
		`{"file_name":"a","content_type":"image/png","size":99999999}`: "size",
		`{"file_name":" ","content_type":"image/png","size":1}`:        "file_name",
		`{"file_name":"a","content_type":"png","size":1}`:              "content_type",
		`{"file_name":"a","content_type":"a/b\r\nX: y","size":1}`:      "content_type",
	} {
		b.do("POST", "/v1/uploads", body).names(422, field)
	}
}
