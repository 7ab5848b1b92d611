package access

import (
	"crypto/rand"
	"net/http"
	"net/netip"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// Audited is the note of one request; ticket, customer and status are the caller's to
// add. at is when the request came.
func Audited(who allow.Principal, r *http.Request, s *config.Settings, at time.Time) store.Audited {
	a := store.Audited{ID: rand.Text(), At: at, By: who.Actor, Role: string(who.Role), What: r.Pattern, Network: Network(r.RemoteAddr)}
	if s != nil {
		a.Settings = s.Version
	}
	return a
}

// Network is the network that an address with port lies in, a /24 or a /48: enough to see
// that somebody works from elsewhere, and too little to follow them home. "" for what is
// no address.
func Network(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	ip, bits := ap.Addr().Unmap().WithZone(""), 48
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// Watch notes the status that a response is given.
type Watch struct {
	http.ResponseWriter
	Status int // 0: nothing was sent yet
}

// WriteHeader keeps the first status.
func (w *Watch) WriteHeader(status int) {
	if w.Status == 0 {
		w.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is a 200 where no status came before.
func (w *Watch) Write(b []byte) (int, error) {
	if w.Status == 0 {
		w.Status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *Watch) Unwrap() http.ResponseWriter { return w.ResponseWriter }
