package apifn_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImport: a preview writes nothing, faults name line and column and nothing is
// written, agents may not.
func TestImport(t *testing.T) {
	b := newBench(t)
	do := func(path, csv string) answer {
		return b.do("POST", path, csv, "Content-Type", "text/csv", "Authorization", "Bearer "+leadToken)
	}
	const path = "/v1/imports/customers"
	const csv = "mail,name,tier\nann@x.test,Ann,vip\nbob@x.test,Bob,\n"
	for range 2 {
		require.Equal(t, map[string]any{"created": json.Number("2")}, do(path+"?preview=true", csv).is(200).json()["counts"])
	}
	v := do(path, csv).is(200).json()
	require.Equal(t, map[string]any{"created": json.Number("2")}, v["counts"])
	require.Equal(t, map[string]any{"unchanged": json.Number("2")}, do(path, csv).is(200).json()["counts"])
	id := v["items"].([]any)[0].(map[string]any)["customer_id"].(string)
	require.Equal(t, "vip", b.do("GET", "/v1/customers/"+id, "").is(200).json()["tier"])

	faults := do(path, "mail,tier\nnobody,vip\neve@x.test,iron\n").is(422).json()["faults"].([]any)
	require.Len(t, faults, 2)
	require.Equal(t, map[string]any{"line": json.Number("3"), "column": "tier", "text": "must be one of standard, silver, gold, vip"}, faults[1])
	b.do("POST", path, csv, "Content-Type", "text/csv").is(403)
	b.do("POST", path, csv, "Authorization", "Bearer "+leadToken).is(415)
	do(path+"?preview=maybe", csv).names(400, "preview")
}
