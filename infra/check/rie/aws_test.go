package rie

import (
	"crypto/md5" //nolint:gosec // SQS's checksum of a body
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/deskhook/deskhook/shared/config"
)

// cloud stands in for S3 (the settings' snapshot and what is put there), Parameter
// Store, SQS (takes everything) and DynamoDB (an empty table that takes everything).
type cloud struct {
	secrets map[string]string

	mu    sync.Mutex
	files map[string][]byte
	sent  []string // bodies, in order
}

func newCloud(snapshot []byte, secrets map[string]string) *cloud {
	return &cloud{secrets: secrets, files: map[string][]byte{"/bucket/" + config.SnapshotKey: snapshot}}
}

// took gives the bodies sent to queues since the last call.
func (c *cloud) took() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := c.sent
	c.sent = nil
	return sent
}

// ServeHTTP answers the AWS protocols that the adapters speak. CONNECT is refused:
// the binaries have this server as their proxy, so that none calls a real provider.
func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a cut body fails below as what it is
	_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case r.Method == http.MethodConnect:
		w.WriteHeader(http.StatusForbidden)
	case call != "":
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_ = json.NewEncoder(w).Encode(c.answer(call, body))
	default:
		c.object(w, r, body)
	}
}

func (c *cloud) object(w http.ResponseWriter, r *http.Request, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodPut {
		c.files[r.URL.Path] = body
		return
	}
	if r.URL.Query().Get("list-type") == "2" {
		_, _ = io.WriteString(w, `<?xml version="1.0"?><ListBucketResult></ListBucketResult>`)
		return
	}
	b, ok := c.files[r.URL.Path]
	if !ok {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`)
		return
	}
	_, _ = w.Write(b)
}

func (c *cloud) answer(call string, body []byte) any {
	switch call {
	case "GetParametersByPath":
		return c.parameters(body)
	case "SendMessageBatch":
		return c.send(body)
	case "Query":
		return map[string]any{"Items": []any{}, "Count": 0, "ScannedCount": 0}
	case "BatchGetItem":
		return map[string]any{"Responses": map[string]any{}, "UnprocessedKeys": map[string]any{}}
	}
	return map[string]any{}
}

func (c *cloud) parameters(body []byte) any {
	var in struct{ Path string }
	_ = json.Unmarshal(body, &in)
	all := []map[string]any{}
	for name, v := range c.secrets {
		all = append(all, map[string]any{"Name": in.Path + name, "Value": v, "Type": "SecureString"})
	}
	return map[string]any{"Parameters": all}
}

func (c *cloud) send(body []byte) any {
	var in struct {
		Entries []struct{ Id, MessageBody string }
	}
	_ = json.Unmarshal(body, &in)
	c.mu.Lock()
	defer c.mu.Unlock()
	done := []map[string]any{}
	for _, e := range in.Entries {
		c.sent = append(c.sent, e.MessageBody)
		sum := md5.Sum([]byte(e.MessageBody)) //nolint:gosec // see the import
		done = append(done, map[string]any{"Id": e.Id, "MessageId": e.Id, "MD5OfMessageBody": hex.EncodeToString(sum[:])})
	}
	return map[string]any{"Successful": done, "Failed": []any{}}
}
