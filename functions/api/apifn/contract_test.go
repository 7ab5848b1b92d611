package apifn_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// operations are all of the document, by their ids.
func operations(t *testing.T) map[string]*openapi3.Operation {
	out := map[string]*openapi3.Operation{}
	for _, item := range spec(t).Paths.Map() {
		for _, op := range item.Operations() {
			out[op.OperationID] = op
		}
	}
	return out
}

// Whoever reads the document learns of each operation what it does, in which chapter, and
// with which headers it answers.
func TestOperationsAreDescribed(t *testing.T) {
	var tags []string
	for _, tag := range spec(t).Tags {
		tags = append(tags, tag.Name)
	}
	for id, op := range operations(t) {
		require.NotEmpty(t, op.Description, id)
		require.Subset(t, tags, op.Tags, id)
		for status, r := range op.Responses.Map() {
			if op.Responses.Value("401") != nil {
				require.Contains(t, r.Value.Headers, "RateLimit", "%s %s", id, status)
				require.Contains(t, r.Value.Headers, "RateLimit-Policy", "%s %s", id, status)
			}
			if status[0] == '2' && keyOf(op) != nil {
				require.Contains(t, r.Value.Headers, "Idempotency-Replayed", "%s %s", id, status)
			}
		}
	}
}

// Every list that is read has a next_cursor, though it be null always.
func TestListsHaveACursor(t *testing.T) {
	lists := 0
	for id, op := range operations(t) {
		r := op.Responses.Value("200")
		if r == nil || r.Value.Content["application/json"] == nil {
			continue
		}
		schema := r.Value.Content["application/json"].Schema.Value
		if schema.Properties["items"] == nil || id == "importCustomers" { // which answers what became of each line
			continue
		}
		lists++
		require.True(t, slices.Contains(schema.Required, "next_cursor"), id)
	}
	require.Greater(t, lists, 20)
}
