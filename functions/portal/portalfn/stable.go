package portalfn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"time"

	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
)

// stableNames are the scripts whose addresses others write down, and which therefore
// can't have their content's hash in the name.
var stableNames = map[string]bool{"embed.js": true, path.Base(captcha.OwnScript): true}

// stableFor is how long a browser uses such a script without asking: so long may pass
// until all pages have the new one.
const stableFor = "public, max-age=300"

// stable serves a script under its own name, to any page. It is false, with nothing
// written, for another name.
func (p *portal) stable(w http.ResponseWriter, r *http.Request) bool {
	name := r.PathValue("file")
	if !stableNames[name] {
		return false
	}
	data, err := files.ReadFile(name)
	if err != nil {
		return false
	}
	data = lean(data)
	sum := sha256.Sum256(data)
	for k, v := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": stableFor,
		"ETag": `"` + hex.EncodeToString(sum[:8]) + `"`, "X-Content-Type-Options": "nosniff",
		"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
	} {
		w.Header().Set(k, v)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	return true
}

// lean leaves out comments and indentation: other sites' visitors wait for it.
func lean(script []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(script) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
