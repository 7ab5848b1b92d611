package local

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/desk"
)

// keptCalls is how many webhook calls the desk remembers.
const keptCalls = 200

// ReceivedCall is a webhook call that came, and what became of it: nothing of its
// content.
type ReceivedCall struct {
	N       int64     `json:"n"` // counts from 1 since the desk was started
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	Account string    `json:"account,omitempty"` // as the path names it; "" for what comes by a queue
	Method  string    `json:"method,omitempty"`
	Status  int       `json:"status,omitempty"` // what was answered; 0 for what comes by a queue
	Reason  string    `json:"reason"`           // received, or the receiver's code of why not; "" where it gave none
}

// calls remembers the last calls. It hears the receivers' reasons as a log handler:
// they tell their providers nothing of them.
type calls struct {
	mu   sync.Mutex
	all  []ReceivedCall
	last int64
	now  func() time.Time
}

func (c *calls) add(r ReceivedCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	r.N, r.At = c.last, c.now().UTC()
	c.all = append(c.all, r)
	if len(c.all) > keptCalls {
		c.all = c.all[1:]
	}
}

// after gives the calls numbered higher than n.
func (c *calls) after(n int64) []ReceivedCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := []ReceivedCall{}
	for _, r := range c.all {
		if r.N > n {
			out = append(out, r)
		}
	}
	return out
}

// underWay is the context's key of the call whose reason is being waited for.
type underWay struct{}

type reason struct {
	mu   sync.Mutex
	code string
}

func (r *reason) set(code string) { r.mu.Lock(); r.code = code; r.mu.Unlock() }
func (r *reason) get() string     { r.mu.Lock(); defer r.mu.Unlock(); return r.code }

// watch notes the webhook calls that go through next.
func (c *calls) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call, ok := webhook(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		why, seen := &reason{}, &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), underWay{}, why)))
		call.Status, call.Reason = seen.status, why.get()
		c.add(call)
	})
}

// webhook says whose webhook a request calls.
func webhook(r *http.Request) (ReceivedCall, bool) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "webhooks" && len(parts) > 2:
		return ReceivedCall{Channel: parts[1], Account: parts[2], Method: r.Method}, true
	case parts[0] == "forms" && len(parts) == 2 && r.Method == http.MethodPost:
		return ReceivedCall{Channel: string(desk.WebForm), Account: parts[1], Method: r.Method}, true
	}
	return ReceivedCall{}, false
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// hearing is a log handler that hears the receivers' lines on their way to next.
type hearing struct {
	slog.Handler
	calls *calls
}

// Enabled is true for all, since a good call is told at a level that may be off.
func (hearing) Enabled(context.Context, slog.Level) bool { return true }

// Handle hears a line, and hands it on where its level is on.
func (h hearing) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "webhook" {
		h.hear(ctx, r)
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs goes on hearing.
func (h hearing) WithAttrs(a []slog.Attr) slog.Handler {
	return hearing{h.Handler.WithAttrs(a), h.calls}
}

// WithGroup goes on hearing.
func (h hearing) WithGroup(name string) slog.Handler {
	return hearing{h.Handler.WithGroup(name), h.calls}
}

func (h hearing) hear(ctx context.Context, r slog.Record) {
	line := map[string]string{}
	r.Attrs(func(a slog.Attr) bool { line[a.Key] = a.Value.String(); return true })
	code := line["why"]
	if line["metric"] == "received" {
		code = "received"
	} else if line["metric"] == "shadow" {
		code = "shadow: " + code
	}
	if why, ok := ctx.Value(underWay{}).(*reason); ok {
		if !strings.HasPrefix(why.get(), "shadow") { // which the line behind it, received, would hide
			why.set(code)
		}
		return
	}
	if line["channel"] == string(desk.Email) {
		h.calls.add(ReceivedCall{Channel: line["channel"], Reason: code})
	}
}

// listCalls answers GET /local/calls?after=N.
func (d *Desk) listCalls(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // anything else is 0: all
	writeJSON(w, map[string]any{"calls": d.calls.after(n)})
}

// TokenState is how it stands with an account's access token.
type TokenState struct {
	Channel string    `json:"channel"`
	Account string    `json:"account"`
	Expires time.Time `json:"expires,omitzero"`
	Error   string    `json:"error,omitempty"` // why the last refresh failed
}

// tellState answers GET /local/state: tokens' faults and dead letters, which only the
// desk itself can see.
func (d *Desk) tellState(w http.ResponseWriter, r *http.Request) {
	tokens, dead := []TokenState{}, map[string]int{}
	for _, a := range d.settings.Accounts {
		row, err := d.Store.Token(r.Context(), a.Channel, a.Name)
		if err != nil {
			http.Error(w, "the table can't be read", http.StatusInternalServerError)
			return
		}
		if row.Exists() {
			tokens = append(tokens, TokenState{string(a.Channel), a.Name, row.Value.Expires, row.Value.Error})
		}
	}
	for _, spec := range d.Queue.Specs() {
		if st := d.Queue.Depth(spec.Name); spec.DLQ == "" {
			dead[string(spec.Name)] = st.Visible + st.InFlight + st.Delayed
		}
	}
	counts, err := deadletters.Desk{Store: d.Store}.Counts(r.Context())
	if err != nil {
		http.Error(w, "the table can't be read", http.StatusInternalServerError)
		return
	}
	for _, c := range counts {
		dead[string(c.Queue.Dead())] += c.Open // kept in the table by a sweep
	}
	writeJSON(w, map[string]any{"tokens": tokens, "dead": dead})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}
