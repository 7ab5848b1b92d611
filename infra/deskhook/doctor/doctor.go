// Package doctor looks after a desk, local or deployed: are its settings and secrets
// good, does it answer, what is to be entered at each provider, which tokens could not
// be got, what lies undone; and, on the local desk, which calls come and why any is
// refused. It reads, and changes nothing.
package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
)

// Level says how a finding is meant.
type Level string

// The levels. Wrong is what an operator has to mend.
const (
	Good  Level = "ok"
	Note  Level = "note"
	Wrong Level = "WRONG"
)

// Finding is one thing that was looked at. It holds no secret and nothing that a
// customer wrote.
type Finding struct {
	Level Level
	About string // what was looked at: settings, secret, desk, account, token, …
	Text  string
}

// Doctor looks after one desk. All fields are needed but Token.
type Doctor struct {
	Source  []byte // of the settings file
	File    string // its name
	Desk    string // the desk's address, without a slash at the end
	Token   string // of the API; "" leaves out what needs one
	Secrets config.Lookup
	HTTP    channel.Doer
	Now     func() time.Time
}

// Local says whether the desk runs on this machine, by its address.
func (d *Doctor) Local() bool {
	u, err := url.Parse(d.Desk)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// Check looks at everything once.
func (d *Doctor) Check(ctx context.Context) []Finding {
	s, out := d.settings()
	if s != nil {
		out = append(out, d.secrets(s)...)
		out = append(out, d.accounts(s)...)
	}
	answers, found := d.desk(ctx)
	out = append(out, found...)
	if answers {
		if d.Local() {
			out = append(out, d.state(ctx)...)
		} else {
			out = append(out, Finding{Note, "dead letters", "of a deployed desk, alarms tell of dead letters, and the log of the function tokens of access tokens (look for 40164 there)"})
		}
		out = append(out, d.quarantine(ctx)...)
	}
	if s != nil {
		out = append(out, d.paste(s)...)
	}
	return out
}

func (d *Doctor) settings() (*config.Settings, []Finding) {
	s, warnings, err := config.LoadBeside(os.DirFS(filepath.Dir(d.File)), d.Source, d.File, channels()...)
	var out []Finding
	for _, w := range warnings {
		out = append(out, Finding{Note, "settings", w.String()})
	}
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			out = append(out, Finding{Wrong, "settings", line})
		}
		return nil, out
	}
	return s, append(out, Finding{Good, "settings", d.File + " has no faults"})
}

// Ill says whether anything is wrong.
func Ill(all []Finding) bool {
	for _, f := range all {
		if f.Level == Wrong {
			return true
		}
	}
	return false
}

// Print writes the findings, a line each.
func Print(out io.Writer, all []Finding) {
	for _, f := range all {
		fmt.Fprintf(out, "%-6s %-13s %s\n", f.Level, f.About, strings.ReplaceAll(f.Text, "\n", "\n                     "))
	}
}

// desk asks whether the desk answers.
func (d *Doctor) desk(ctx context.Context) (bool, []Finding) {
	var out []Finding
	paths := []string{"/v1/health"}
	if d.Local() {
		paths = []string{"/healthz", "/v1/health"} // a deployed desk has only the second
	}
	for _, path := range paths {
		var health struct {
			Status string `json:"status"`
		}
		status, err := d.get(ctx, path, &health)
		switch {
		case status == 0:
			why := "is `make run` running?"
			if !d.Local() {
				why = "is the address right, and the stack deployed?"
			}
			return false, append(out, Finding{Wrong, "desk", "nothing answers at " + d.Desk + ": " + why})
		case err != nil || health.Status != "ok":
			out = append(out, Finding{Wrong, "desk", fmt.Sprintf("%s answers %d, not that it is well", d.Desk+path, status)})
		default:
			out = append(out, Finding{Good, "desk", d.Desk + path + " answers that it is well"})
		}
	}
	return true, out
}

// get reads JSON from the desk. A status of 0 is no answer; an error with another one,
// an answer that is not 200 or not JSON.
func (d *Doctor) get(ctx context.Context, path string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Desk+path, nil)
	if err != nil {
		return 0, err
	}
	if d.Token != "" && strings.HasPrefix(path, "/v1/") {
		req.Header.Set("Authorization", "Bearer "+d.Token)
	}
	resp, err := d.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, decode(resp, into)
}
