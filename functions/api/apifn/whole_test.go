package apifn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// whole is a desk with one of each thing that a route is about, and an admin who calls.
type whole struct {
	*bench
	number, message, customer, address, feedback, topic string
}

const someday = "2027-01-01T00:00:00Z"

func newWhole(t *testing.T) *whole {
	w := &whole{bench: newBench(t)}
	w.people(map[string]allow.Principal{"admin": inTeam("amy", allow.Admin)})
	w.s.Tickets.UndoSend = config.Duration(10 * time.Second)
	w.number = w.receive(desk.SMS, "+14155550100", "dark mode please")
	w.message = w.first(w.get("/v1/tickets/"+w.number+"/messages"), "id")
	w.customer = field(w.get("/v1/tickets/" + w.number).json()["customer"], "id").(string)
	w.address = w.first(w.get("/v1/customers/"+w.customer+"/addresses"), "id")
	w.call("PUT", "/v1/tickets/"+w.number+"/messages/"+w.message+"/mark", `{"type":"suggestion"}`).is(200)
	w.feedback = w.first(w.get("/v1/feedback"), "id")
	w.topic = w.call("PUT", "/v1/feedback/"+w.feedback+"/topic", `{"title":"Dark mode"}`).is(200).json()["topic_id"].(string)
	return w
}

// call is what the admin does, each a second after the one before.
func (w *whole) call(method, path, body string, headers ...string) answer {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	return w.as("admin", method, path, body, headers...)
}

func (w *whole) get(path string) answer { w.t.Helper(); return w.call("GET", path, "").is(200) }

func (w *whole) first(list answer, name string) string {
	w.t.Helper()
	require.NotEmpty(w.t, list.items())
	return field(list.items()[0], name).(string)
}

// at fills the parameters of a path in.
func (w *whole) at(path string) string {
	return strings.NewReplacer("tickets/{number}", "tickets/"+w.number, "customers/{id}", "customers/"+w.customer, "messages/{id}", "messages/"+w.message,
		"feedback/{id}", "feedback/"+w.feedback, "topics/{id}", "topics/"+w.topic, "{address}", w.address, "macros/{id}", "macros/solved", "{agent}", "li").Replace(path)
}
