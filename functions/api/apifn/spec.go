package apifn

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var specYAML []byte

// Spec is the API's OpenAPI 3.1 document as JSON.
var Spec = sync.OnceValues(func() ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(specYAML, &doc); err != nil {
		return nil, fmt.Errorf("apifn: openapi.yaml: %w", err)
	}
	paths, _ := doc["paths"].(map[string]any)
	for _, item := range paths {
		operations, _ := item.(map[string]any)
		for method, op := range operations {
			if op, ok := op.(map[string]any); ok {
				everywhere(doc, method, op)
			}
		}
	}
	return json.Marshal(doc)
})

// everywhere adds what every operation that needs a token may answer: 429, and 304 to who
// reads what they have already; and the headers that all of its answers have.
func everywhere(doc map[string]any, method string, op map[string]any) {
	answers, _ := op["responses"].(map[string]any)
	if answers["401"] == nil {
		return
	}
	add := func(status, name string) {
		if answers[status] == nil {
			answers[status] = map[string]any{"$ref": "#/components/responses/" + name}
		}
	}
	add("429", "TooMany")
	if method == "get" && answers["200"] != nil {
		add("304", "NotModified")
	}
	for status, answer := range answers {
		withHeader(doc, answer, "RateLimit")
		withHeader(doc, answer, "RateLimit-Policy")
		if status[0] == '2' && takesKey(op) {
			withHeader(doc, answer, "Idempotency-Replayed")
		}
	}
}

// withHeader declares a header of an answer, or of the one that it names.
func withHeader(doc map[string]any, answer any, name string) {
	of, _ := answer.(map[string]any)
	if ref, ok := of["$ref"].(string); ok {
		components, _ := doc["components"].(map[string]any)
		named, _ := components["responses"].(map[string]any)
		of, _ = named[strings.TrimPrefix(ref, "#/components/responses/")].(map[string]any)
	}
	headers, _ := of["headers"].(map[string]any)
	if headers == nil {
		headers = map[string]any{}
		of["headers"] = headers
	}
	if headers[name] == nil {
		headers[name] = map[string]any{"$ref": "#/components/headers/" + name}
	}
}

func takesKey(op map[string]any) bool {
	params, _ := op["parameters"].([]any)
	return slices.ContainsFunc(params, func(p any) bool {
		ref, _ := p.(map[string]any)["$ref"].(string)
		return strings.HasSuffix(ref, "/IdempotencyKey") || strings.HasSuffix(ref, "/NeededKey")
	})
}

func (a *api) openapi(c *call) error {
	spec, err := Spec()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, json.RawMessage(spec))
}
