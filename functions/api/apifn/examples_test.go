package apifn_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// TestExamples: every body that is sent or answered has an example, its own or of the
// schema that it is made of, and each fits its schema.
func TestExamples(t *testing.T) {
	require.NoError(t, spec(t).Validate(t.Context()))
	var without []string
	for path, item := range spec(t).Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody != nil && !shown(op.RequestBody.Value.Content) {
				without = append(without, method+" "+path+" asks")
			}
			for status, answer := range op.Responses.Map() {
				if status[0] == '2' && !shown(answer.Value.Content) {
					without = append(without, method+" "+path+" answers "+status)
				}
			}
		}
	}
	slices.Sort(without)
	require.Empty(t, without)
}

func shown(c openapi3.Content) bool {
	for _, media := range c {
		if media.Example == nil && len(media.Examples) == 0 && !schemaShown(media.Schema, 3) {
			return false
		}
	}
	return true
}

// schemaShown looks into a page's items, too.
func schemaShown(s *openapi3.SchemaRef, depth int) bool {
	if s == nil || depth == 0 {
		return false
	}
	if s.Value.Example != nil {
		return true
	}
	if slices.ContainsFunc(s.Value.AllOf, func(of *openapi3.SchemaRef) bool { return schemaShown(of, depth) }) {
		return true
	}
	if s.Value.Items != nil {
		return schemaShown(s.Value.Items, depth-1)
	}
	return schemaShown(s.Value.Properties["items"], depth-1)
}
