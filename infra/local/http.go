package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel/email"
)

// Handler serves everything a person or a provider calls: the functions' routes, and
// what only the local desk has: the home page, the outbox, files, and the door through
// which `deskhook mail` hands mails over.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", d.calls.watch(d.Runner))
	mux.HandleFunc("GET /healthz", d.healthz)
	mux.HandleFunc("GET /local/calls", d.listCalls)
	mux.HandleFunc("GET /local/state", d.tellState)
	mux.HandleFunc("POST /local/mail", d.takeMail)
	mux.Handle("/blobs/", d.Files.Handler())
	d.pages(mux)
	return mux
}

func (d *Desk) healthz(w http.ResponseWriter, _ *http.Request) {
	total, failed := d.Runner.Counts()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "ok", "invocations": total, "failed": failed})
}

// takeMail hands a mail to the desk as SES would.
func (d *Desk) takeMail(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, blob.MaxBytes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, fmt.Sprintf("over %d bytes", tooLarge.Limit), http.StatusRequestEntityTooLarge)
		return
	}
	if err == nil && len(raw) == 0 {
		http.Error(w, "the mail is empty", http.StatusUnprocessableEntity)
		return
	}
	if err == nil {
		q := r.URL.Query()
		err = d.JudgedMail(r.Context(), q.Get("to"), raw, email.Verdicts{
			SPF: q.Get("spf"), DKIM: q.Get("dkim"), DMARC: q.Get("dmarc"), Spam: q.Get("spam"), Virus: q.Get("virus"),
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// Welcome prints the way to everything.
func (d *Desk) Welcome(out io.Writer, base, data string) {
	fmt.Fprintf(out, "deskhook is ready; its data is in %s. Ctrl+C stops it.\n\n", data)
	for _, line := range d.Ways() {
		fmt.Fprintf(out, "  %-8s %s%s\n", line.Name, base, line.Path)
		if line.Hint != "" {
			fmt.Fprintf(out, "           %s\n", line.Hint)
		}
	}
	fmt.Fprintln(out)
}

// Way is one thing to open.
type Way struct{ Name, Path, Hint string }

// Ways lists what has landed.
func (d *Desk) Ways() []Way {
	form := "contact"
	if len(d.settings.Forms) > 0 {
		form = d.settings.Forms[0].ID
	}
	return []Way{
		{"Home", "/", ""},
		{"Form", "/forms/" + form, ""},
		{"Console", "/console", "password: " + d.World.LocalPassword},
		{"Outbox", "/outbox", "what customers receive; write back as one of them"},
		{"API", "/v1/openapi.json", "Authorization: Bearer " + d.World.APIToken},
	}
}
