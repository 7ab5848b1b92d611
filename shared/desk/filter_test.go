package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

func TestFilters(t *testing.T) {
	var f desk.Filters
	require.NoError(t, f.Save(desk.Filter{Name: " mine ", View: "mine"}))
	require.NoError(t, f.Save(desk.Filter{Name: "refunds", Q: "refund", From: "2026-03-01"}))
	require.NoError(t, f.Save(desk.Filter{Name: "mine", View: "open", Team: "sales", Order: "oldest"}))
	require.Equal(t, []desk.Filter{{Name: "mine", View: "open", Team: "sales", Order: "oldest"}, {Name: "refunds", Q: "refund", From: "2026-03-01"}}, f.List)
	f.Remove("mine")
	f.Remove("nobody")
	require.Len(t, f.List, 1)
	for field, bad := range map[string]desk.Filter{
		"name": {View: "mine"}, "view": {Name: "x"}, "order": {Name: "x", View: "mine", Order: "up"}, "from": {Name: "x", Q: "y", From: "1"},
		"to": {Name: "x", Q: "y", To: "1"},
	} {
		var fault *desk.Error
		require.ErrorAs(t, f.Save(bad), &fault)
		require.Equal(t, field, fault.Field)
	}
	require.Error(t, f.Save(desk.Filter{Name: "x", View: "mine", Q: "both"}))
	require.Error(t, f.Save(desk.Filter{Name: "x", View: "nowhere"}))
	require.NoError(t, desk.Filter{Name: "x", Q: strings.Repeat("退", 200)}.Check(), "as many as the box takes")
	require.Error(t, desk.Filter{Name: "x", Q: strings.Repeat("退", 201)}.Check())
	for i := range desk.MaxFilters - 1 {
		require.NoError(t, f.Save(desk.Filter{Name: fmt.Sprint(i), View: "mine"}))
	}
	require.Error(t, f.Save(desk.Filter{Name: "one more", View: "mine"}))
}
