package apifn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// What has the wrong form is told by the field's full name, in words that are of no
// programming language.
func TestFormsAreToldByField(t *testing.T) {
	w := newWhole(t)
	ticket := "/v1/tickets/" + w.number
	for _, c := range []struct{ method, path, body, field, words string }{
		{"PATCH", ticket, `{"status":"snoozed","snoozed_until":"tomorrow"}`, "snoozed_until", "must be a time such as"},
		{"PATCH", ticket, `{"status":"snoozed","snoozed_until":7}`, "snoozed_until", "must be a time such as"},
		{"POST", ticket + "/follow-up", `{"at":"2027-01-01","note":"x"}`, "at", "must be a time such as"},
		{"POST", ticket + "/tasks", `{"team":"sales","text":"x","due_at":"soon"}`, "due_at", "must be a time such as"},
		{"POST", "/v1/keys", `{"name":"x","expires_at":"soon"}`, "expires_at", "must be a time such as"},
		{"PATCH", ticket, `{"tags":"refund"}`, "tags", "must be a list"},
		{"PATCH", ticket, `{"tags":["a",7]}`, "tags[1]", "must be a text"},
		{"PATCH", ticket, `{"tags":["a",null]}`, "tags[1]", "is null: leave it out instead"},
		{"POST", "/v1/uploads", `{"file_name":"x","content_type":"text/plain","size":"1"}`, "size", "must be a whole number"},
		{"POST", "/v1/uploads", `{"file_name":"x","content_type":"text/plain","size":1.5}`, "size", "must be a whole number"},
		{"POST", "/v1/uploads", `{"file_name":"x","content_type":"text/plain","size":99999999999999999999}`, "size", "must be a whole number"},
		{"POST", ticket + "/messages", `{"text":"x","public":"no"}`, "public", "must be true or false"},
		{"PUT", "/v1/tickets/update_many", `{"numbers":["x"],"ticket":[]}`, "ticket", "must be an object"},
		{"PUT", "/v1/tickets/update_many", `{"numbers":["x"],"ticket":{"foo":1}}`, "ticket.foo", "is not known here"},
		{"PUT", "/v1/filters", `{"items":[{"name":"x","zzz":1}]}`, "items[0].zzz", "is not known here"},
	} {
		got := w.call(c.method, c.path, c.body, "Idempotency-Key", c.path)
		got.names(422, c.field)
		require.Contains(t, field(got.json()["errors"].([]any)[0], "message"), c.words, "%s", c.body)
	}
	for _, body := range []string{`{"text":"x"`, `{"text":"x"}{}`, `text`, ``} {
		w.call("POST", ticket+"/messages", body, "Content-Type", "application/json").is(400)
	}
	for _, body := range []string{`[]`, `null`, `"x"`, `7`} {
		require.Contains(t, string(w.call("POST", ticket+"/messages", body).is(422).body), "must be a JSON object")
	}
	require.Equal(t, "new", fmt.Sprint(w.get(ticket).json()["status"]), string(desk.StatusNew))
}

// Text that would be kept as other text than was sent is refused.
func TestTextIsUTF8(t *testing.T) {
	w := newWhole(t)
	ticket := "/v1/tickets/" + w.number
	w.call("POST", ticket+"/messages", "{\"text\":\"caf\xff\"}").is(400)
	w.call("POST", ticket+"/messages", `{"text":"a\u0000b"}`).names(422, "text")
	w.call("POST", ticket+"/messages", `{"text":"a\\u0000b"}`).is(201)
	w.call("PATCH", ticket, `{"assignee_id":"a\u0000"}`).names(422, "assignee_id")
	w.call("PATCH", ticket, `{"tags":["x","\u0000"]}`).names(422, "tags[1]")
	w.call("PATCH", "/v1/customers/"+w.customer, `{"custom_fields":{"plan":"\u0000"}}`).names(422, "custom_fields.plan")
	w.call("PATCH", "/v1/customers/"+w.customer, `{"custom_fields":{"a\u0000":"x"}}`).names(422, "custom_fields")
	for kind, status := range map[string]int{
		"application/json; charset=latin1": 415, "application/json; charset=UTF-8": 201, "application/json;charset=utf8": 201, "application/json; charset=": 415,
	} {
		w.call("POST", ticket+"/messages", `{"text":"x"}`, "Content-Type", kind).is(status)
	}
	w.call("POST", "/v1/imports/customers?preview=true", "mail\na@x.test\n", "Content-Type", "text/csv; charset=gbk").is(415)
	w.call("POST", "/v1/settings/validate", settingsText, "Content-Type", "application/yaml; charset=gbk").is(415)
	w.call("POST", "/v1/settings/validate", settingsText, "Content-Type", "application/yaml; charset=utf-8").is(200)
	w.call("POST", "/v1/settings/validate", "# \xff\n"+settingsText, "Content-Type", "application/yaml").is(400)
}
