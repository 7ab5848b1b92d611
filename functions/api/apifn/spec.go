package apifn

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
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
				everywhere(method, op)
			}
		}
	}
	return json.Marshal(doc)
})

// everywhere adds what every operation that needs a token may answer: 429, and 304 to who
// reads what they have already.
func everywhere(method string, op map[string]any) {
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
}

func (a *api) openapi(c *call) error {
	spec, err := Spec()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, json.RawMessage(spec))
}
