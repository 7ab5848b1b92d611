package look

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed look.css icons.html icon.svg
var shared embed.FS

// Kit is one set of pages: templates and the assets they use.
type Kit struct {
	templates *template.Template
	base      string
	urls      map[string]string // by asset's name
	assets    map[string]asset  // by the name in the URL
}

type asset struct {
	kind string
	data []byte
}

// NewKit reads templates (*.html) and assets (*.css, *.js, *.svg) from the top of files
// and from this package. base is the path that assets are served under, without a slash
// at its end. Templates call {{asset "name.css"}} for an asset's URL.
func NewKit(base string, files fs.FS) (*Kit, error) {
	k := &Kit{base: base, urls: map[string]string{}, assets: map[string]asset{}}
	for _, from := range []fs.FS{shared, files} {
		if err := k.addAssets(from); err != nil {
			return nil, err
		}
	}
	k.templates = template.New("").Funcs(template.FuncMap{"asset": k.AssetURL})
	for _, from := range []fs.FS{shared, files} {
		if _, err := k.templates.ParseFS(from, "*.html"); err != nil {
			return nil, fmt.Errorf("look: templates: %w", err)
		}
	}
	return k, nil
}

// assetKinds are the content types of what is served: the system's own table of types
// differs from machine to machine.
var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func (k *Kit) addAssets(from fs.FS) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		kind, ok := assetKinds[path.Ext(name)]
		if err != nil || d.IsDir() || !ok {
			return err
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("look: asset %s: %w", name, err)
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		k.urls[name] = k.base + "/" + hashed
		k.assets[hashed] = asset{kind, data}
		return nil
	})
}

// AssetURL is where an asset is served. A name that isn't there is an error, which a
// template's first test run shows.
func (k *Kit) AssetURL(name string) (string, error) {
	url, ok := k.urls[name]
	if !ok {
		return "", fmt.Errorf("look: there is no asset %q", name)
	}
	return url, nil
}

// ServeAsset serves the asset named by the last part of the path, to be kept for ever:
// other content has another name. It is false, with nothing written, for any other name.
func (k *Kit) ServeAsset(w http.ResponseWriter, r *http.Request) bool {
	a, ok := k.assets[path.Base(r.URL.Path)]
	if !ok || path.Dir(r.URL.Path) != k.base {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(a.data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.data)
	}
	return true
}

// Execute fills a template in. A page is made whole before its first byte is sent, so
// that a fault in the middle is not half a page with status 200.
func (k *Kit) Execute(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := k.templates.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("look: page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Write sends a page made by Execute with the headers of all pages.
func Write(w http.ResponseWriter, r *http.Request, status int, page []byte) {
	h := w.Header()
	SetHeaders(h)
	h.Set("Content-Type", mime.FormatMediaType("text/html", map[string]string{"charset": "utf-8"}))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page)
	}
}

// Policy is the content policy of all pages: nothing but what the desk itself serves,
// nothing inline, in nobody's frame.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// SetHeaders sets what every page says to browsers and caches. The address of a page
// may be a secret (a survey's link): other sites don't get it as a referrer. It isn't
// no-referrer, for that makes browsers post the page's own forms with Origin: null.
func SetHeaders(h http.Header) {
	for name, value := range map[string]string{
		"Content-Security-Policy":    Policy,
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "same-origin",
		"Permissions-Policy":         "camera=(), geolocation=(), microphone=()",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store",
		"X-Robots-Tag":               "noindex, nofollow",
	} {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
}
