package apifn_test

import (
	"encoding/json"
	"testing"
	"time"

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

	do(path+"?from_line=0", csv).names(400, "from_line")
	refused := do(path, "mail,tier\nnobody,vip\neve@x.test,iron\n").is(422)
	require.Equal(t, "application/problem+json", refused.header.Get("Content-Type"))
	faults := refused.json()["errors"].([]any)
	require.Len(t, faults, 2)
	require.Equal(t, map[string]any{"line": json.Number("3"), "field": "tier", "message": "must be one of standard, silver, gold, vip"}, faults[1])
	do(path, "mail\n\xff\n").names(422, "file")
	b.do("POST", path, csv, "Content-Type", "text/csv").is(403)
	b.do("POST", path, csv, "Authorization", "Bearer "+leadToken).is(415)
	do(path+"?preview=maybe", csv).names(400, "preview")
}

// When the time is up no further line is begun, and the answer says where to go on.
func TestImportGoesOn(t *testing.T) {
	b := newBench(t)
	send := func(query string) map[string]any {
		return b.do("POST", "/v1/imports/customers"+query, "mail\nann@x.test\n\nbob@x.test\neve@x.test\n", "Content-Type", "text/csv", "Authorization", "Bearer "+leadToken).is(200).json()
	}
	late := func() { b.before = func() { b.now = b.now.Add(21 * time.Second) } }
	late()
	v := send("")
	require.Equal(t, []any{"partial", json.Number("4"), map[string]any{"created": json.Number("1")}}, []any{v["status"], v["next_line"], v["counts"]})
	late()
	v = send("?from_line=4")
	require.Equal(t, []any{"partial", json.Number("5"), map[string]any{"created": json.Number("1")}}, []any{v["status"], v["next_line"], v["counts"]})
	v = send("?from_line=5")
	require.Equal(t, []any{"completed", nil, map[string]any{"created": json.Number("1")}}, []any{v["status"], v["next_line"], v["counts"]})
	require.Empty(t, send("?from_line=6")["items"])
	require.Equal(t, map[string]any{"unchanged": json.Number("3")}, send("")["counts"])
}
