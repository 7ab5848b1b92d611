package apifn_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// people are tokens besides those of every bench.
func (b *bench) people(who map[string]allow.Principal) {
	var ring []access.ServiceToken
	for token, p := range who {
		ring = append(ring, access.ServiceToken{Token: token, Who: p})
	}
	settings := func(context.Context) (*config.Settings, error) { return b.desk.Settings(context.Background()) }
	known := access.Keyring(ring...)
	door := &access.Door{Store: b.desk.Store, Settings: settings, Now: func() time.Time { return b.now }, Secrets: func() []string { return nil }}
	b.handler = apifn.New(apifn.Deps{Desk: b.desk, Store: b.desk.Store, Settings: settings, Now: func() time.Time { return b.now }, Found: b.files, Blob: b.files,
		Tokens: func(ctx context.Context, token string) (allow.Principal, error) {
			if p, err := known(ctx, token); err == nil {
				return p, nil
			}
			return door.Principal(ctx, token)
		}})
}

func (b *bench) as(token, method, path, body string, headers ...string) answer {
	b.t.Helper()
	return b.do(method, path, body, append(headers, "Authorization", "Bearer "+token)...)
}

func inTeam(id string, role allow.Role, teams ...string) allow.Principal {
	return allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: id, Name: id}, Role: role, Teams: teams}
}

// TestOutOfSight: of another team's ticket an agent learns nothing: by no route, in no
// list, and not even that its number exists.
func TestOutOfSight(t *testing.T) {
	b := newBench(t)
	ours, theirs := b.receive(desk.WeChat, "w", "hello"), b.receive(desk.SMS, "s", "hello")
	b.do("PATCH", "/v1/tickets/"+theirs, `{"status":"resolved"}`).is(200)
	theirs2 := b.receive(desk.SMS, "s2", "hello")
	b.people(map[string]allow.Principal{"support": inTeam("amy", allow.Agent, "support"), "admin": inTeam("root", allow.Admin, "support")})

	for _, route := range apifn.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if !strings.HasPrefix(path, "/v1/tickets/{number}") {
			continue
		}
		body := ""
		if method != http.MethodGet {
			body = `{}`
		}
		switch {
		case method == http.MethodPatch:
			body = `{"priority":"high"}`
		case strings.HasSuffix(path, "/messages"), strings.HasSuffix(path, "/preview"):
			body = `{"text":"x"}`
		case strings.HasSuffix(path, "/merge"):
			body = `{"into":"` + ours + `"}`
		case strings.HasSuffix(path, "/surveys"):
			body = `{"survey":"csat"}`
		}
		if method == http.MethodGet {
			body = ""
		}
		at := func(number string) string {
			return strings.NewReplacer("{number}", number, "{id}", "solved").Replace(path)
		}
		hidden, absent := b.as("support", method, at(theirs2), body), b.as("support", method, at("DH-0000-00"), body)
		require.Equal(t, http.StatusNotFound, hidden.status, route)
		require.Equal(t, string(absent.body), string(hidden.body), route)
	}
	b.as("support", "POST", "/v1/tickets/"+ours+"/merge", `{"into":"`+theirs2+`","other_customer":true}`).is(404)

	require.Equal(t, []string{ours}, numbers(b.as("support", "GET", "/v1/tickets", "").is(200).items()))
	require.Empty(t, b.as("support", "GET", "/v1/tickets?status=resolved", "").is(200).items())
	b.as("support", "GET", "/v1/tickets?team=sales", "").is(403)
	b.as("support", "GET", "/v1/tickets?team=sales&view=overdue", "").is(403)
	require.Len(t, b.as("admin", "GET", "/v1/tickets", "").is(200).items(), 2)
	customer := b.as("admin", "GET", "/v1/tickets/"+theirs2, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	require.Empty(t, b.as("support", "GET", "/v1/customers/"+customer+"/tickets", "").is(200).items())
	require.Len(t, b.as("admin", "GET", "/v1/customers/"+customer+"/tickets", "").is(200).items(), 1)

	require.Empty(t, b.as("support", "GET", "/v1/customers/"+customer+"/timeline", "").is(200).items())
	require.NotEmpty(t, b.as("admin", "GET", "/v1/customers/"+customer+"/timeline", "").is(200).items())
	b.as("support", "GET", "/v1/figures", "").is(403)
	b.as("support", "GET", "/v1/figures?cut=team%23sales", "").is(403)
	b.as("support", "GET", "/v1/figures?cut=team%23support", "").is(200)
	b.as("support", "GET", "/v1/quarantine", "").is(403)
	b.as("support", "GET", "/v1/keys", "").is(403)

	b.as("admin", "PATCH", "/v1/tickets/"+theirs2, `{"assignee_id":"amy"}`).is(200)
	b.as("support", "GET", "/v1/tickets/"+theirs2, "").is(200)
	require.Equal(t, []string{theirs2}, numbers(b.as("support", "GET", "/v1/tickets?assignee=amy", "").is(200).items()))
	// Who gives a ticket away is still told what became of it, and then no more.
	b.as("support", "PATCH", "/v1/tickets/"+theirs2, `{"assignee_id":"li"}`).is(200)
	b.as("support", "GET", "/v1/tickets/"+theirs2, "").is(404)
}

// TestServiceKeys: shown once, kept as a hash, held to role, teams, scope and time.
func TestServiceKeys(t *testing.T) {
	b := newBench(t)
	ours, theirs := b.receive(desk.WeChat, "w", "hello"), b.receive(desk.SMS, "s", "hello")
	b.people(map[string]allow.Principal{"admin": inTeam("root", allow.Admin), "lead": inTeam("li", allow.Lead)})
	b.as("lead", "POST", "/v1/keys", `{"name":"x"}`).is(403)
	for body, field := range map[string]string{
		`{"name":" "}`: "name", `{"name":"x","role":"root"}`: "role", `{"name":"x","scope":"all"}`: "scope",
		`{"name":"x","teams":["support","none"]}`: "teams[1]", `{"name":"x","expires_at":"2020-01-01T00:00:00Z"}`: "expires_at",
		`{"name":"x","expires_at":"2060-01-01T00:00:00Z"}`: "expires_at", `{"name":"x","hash":"y"}`: "hash",
	} {
		b.as("admin", "POST", "/v1/keys", body).names(422, field)
	}
	made := b.as("admin", "POST", "/v1/keys", `{"name":"Reports","teams":["support"]}`).is(201).json()
	reader, id := made["key"].(string), made["id"].(string)
	require.Len(t, reader, 4+12+1+43)
	require.Equal(t, "root", made["created_by"])
	writer := b.as("admin", "POST", "/v1/keys", `{"name":"Shop","scope":"write","expires_at":"`+b.now.Add(time.Hour).Format(time.RFC3339)+`"}`).is(201).json()["key"].(string)

	list := b.as("admin", "GET", "/v1/keys", "").is(200)
	require.Len(t, list.items(), 2)
	require.NotContains(t, string(list.body), reader)
	row, err := b.desk.Store.ServiceKey(t.Context(), id)
	require.NoError(t, err)
	require.NotContains(t, row.Value.Hash, reader[17:])

	b.as(reader, "GET", "/v1/tickets/"+ours, "").is(200)
	b.as(reader, "GET", "/v1/tickets/"+theirs, "").is(404)
	b.as(reader, "PATCH", "/v1/tickets/"+ours, `{"priority":"high"}`).is(403)
	b.as(writer, "PATCH", "/v1/tickets/"+theirs, `{"priority":"high"}`).is(200)
	b.as(writer, "GET", "/v1/quarantine", "").is(403)

	for _, bad := range []string{reader[:len(reader)-1], reader[:len(reader)-1] + "!", "dhk_" + id, "dhk_" + id + "_", "dhk__x", "dhk_" + strings.ToUpper(id) + reader[16:], "dhk_000000000000" + reader[16:]} {
		b.as(bad, "GET", "/v1/tickets", "").is(401)
	}
	b.now = b.now.Add(time.Hour)
	b.as(writer, "GET", "/v1/tickets", "").is(401)
	b.as("admin", "DELETE", "/v1/keys/"+id, "").is(204)
	b.as("admin", "DELETE", "/v1/keys/"+id, "").is(404)
	b.as("admin", "DELETE", "/v1/keys/nothing", "").is(404)
	b.as(reader, "GET", "/v1/tickets", "").is(401)
}
