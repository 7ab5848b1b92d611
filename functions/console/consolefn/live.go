package consolefn

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/deskhook/deskhook/shared/look"
)

// whole shows a page that reads itself.
func whole[P any](v *visit, name string, read func() (P, error)) error {
	page, err := read()
	if err != nil {
		return err
	}
	return v.write(name, page)
}

// news gives only the part of such a page that changes, for its script.
func news[P any](v *visit, name string, read func() (P, error)) error {
	page, err := read()
	if err != nil {
		return err
	}
	return v.part(name, page)
}

// part sends a piece of a page with an ETag, or only says that it has not changed.
func (v *visit) part(name string, data any) error {
	b, err := v.kit.Execute(name, data)
	if err != nil {
		return err
	}
	b = v.hide(b)
	sum := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	v.w.Header().Set("ETag", tag)
	if v.r.Header.Get("If-None-Match") == tag {
		look.SetHeaders(v.w.Header())
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	look.Write(v.w, v.r, http.StatusOK, b)
	return nil
}
