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
	return json.Marshal(doc)
})

func (a *api) openapi(c *call) error {
	spec, err := Spec()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, json.RawMessage(spec))
}
