package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// client reads the desk.
type client struct{ base, token string }

// list gives one field of each item of a list.
func (c client) list(ctx context.Context, path, field string) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var page struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s, %w", path, resp.Status, err)
	}
	var out []string
	for _, it := range page.Items {
		if v, ok := it[field].(string); ok && v != "" {
			out = append(out, v)
		}
	}
	return out, nil
}

// known is a desk's real ids: by the paths they stand in, which are regular expressions.
type known []struct {
	path, name string
	values     []string
}

// look reads some ids of each kind.
func (c client) look(ctx context.Context) (known, error) {
	today := time.Now().UTC().Format(time.DateOnly)
	var out known
	for _, want := range []struct{ path, name, list, field string }{
		{`^/v1/tickets/\{number\}`, "number", "/v1/tickets?limit=20", "number"},
		{`^/v1/customers/\{id\}`, "id", "/v1/customers?limit=20", "id"},
		{`^/v1/customers/\{id\}/suggestions`, "other", "/v1/customers?limit=20", "id"},
		{`^/v1/agents/\{id\}`, "id", "/v1/agents", "id"},
		{`^/v1/tickets/\{number\}/macros/`, "id", "/v1/macros", "id"},
		{`^/v1/surveys/\{id\}`, "id", "/v1/feedback", "survey_id"},
		{`^/v1/recoveries/\{id\}`, "id", "/v1/recoveries", "id"},
		{`^/v1/webhooks/\{name\}`, "name", "/v1/webhooks", "name"},
		{`^/v1/quarantine/`, "at", "/v1/quarantine?day=" + today, "at"},
		{`^/v1/quarantine/`, "id", "/v1/quarantine?day=" + today, "id"},
	} {
		values, err := c.list(ctx, want.list, want.field)
		if err != nil {
			return nil, err
		}
		if len(values) > 0 {
			out = append(out, struct {
				path, name string
				values     []string
			}{want.path, want.name, values})
		}
	}
	return c.lookInto(ctx, out)
}

// lookInto finds the messages of the newest ticket.
func (c client) lookInto(ctx context.Context, out known) (known, error) {
	if len(out) == 0 || out[0].name != "number" {
		return nil, fmt.Errorf("the desk has no tickets: let it live for a week first (deskhook demo --week)")
	}
	ids, err := c.list(ctx, "/v1/tickets/"+out[0].values[0]+"/messages", "id")
	if err != nil || len(ids) == 0 {
		return out, err
	}
	return append(out, struct {
		path, name string
		values     []string
	}{`^/v1/tickets/\{number\}/messages/\{id\}`, "id", ids}), nil
}

// config is schemathesis' configuration: each id is a real one every other time.
func (k known) config() string {
	var b strings.Builder
	for i, e := range k {
		quoted := make([]string, len(e.values))
		for j, v := range e.values {
			quoted[j] = fmt.Sprintf("%q", v)
		}
		fmt.Fprintf(&b, "[dictionaries.d%d]\nvalues = [%s]\n\n", i, strings.Join(quoted, ", "))
	}
	var paths []string
	for _, e := range k {
		if !slices.Contains(paths, e.path) {
			paths = append(paths, e.path)
		}
	}
	for _, p := range paths {
		fmt.Fprintf(&b, "[[operations]]\ninclude-path-regex = '%s'\n", p)
		for i, e := range k {
			if e.path == p {
				fmt.Fprintf(&b, "parameters.\"path.%s\" = {dictionary = \"d%d\", probability = 0.5}\n", e.name, i)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
