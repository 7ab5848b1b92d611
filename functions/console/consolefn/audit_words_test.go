package consolefn

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/deskhook/deskhook/shared/look"
)

// A head of support reads in the audit what somebody did, and not a route: every page of
// the console and every operation of the API's contract that is noted has words.
func TestEveryDeedHasWords(t *testing.T) {
	routes := New(Deps{}).(served).pages
	raw, err := os.ReadFile("../../api/apifn/openapi.yaml")
	require.NoError(t, err)
	var contract struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	require.NoError(t, yaml.Unmarshal(raw, &contract))
	quiet := " /v1/health /v1/openapi.json /v1/canned-replies /v1/macros /v1/teams /v1/agents /v1/agents/{id}" +
		" /v1/agents/{id}/presence /v1/surveys /v1/figures /v1/audit /v1/uploads "
	for path, ops := range contract.Paths {
		for method := range ops {
			if m := strings.ToUpper(method); m != "PARAMETERS" && !strings.Contains(quiet, " "+path+" ") {
				routes = append(routes, m+" "+path)
			}
		}
	}
	require.Greater(t, len(routes), 150, "the contract was not read")
	used := map[string]bool{}
	for _, route := range routes {
		used[bare(route)] = true
		if _, ok := deeds[bare(route)]; !ok && !unaudited[route] {
			t.Errorf("audit_words.go has no words for %q, or %q", route, bare(route))
		}
	}
	for known := range deeds {
		require.True(t, used[known], "%q is no route any more", known)
	}
}

func TestOutcomeOf(t *testing.T) {
	f := frame{Page: look.Page{Lang: "en"}}
	require.Empty(t, f.outcomeOf(http.StatusSeeOther))
	require.Equal(t, "not allowed", f.outcomeOf(http.StatusForbidden))
	require.Equal(t, "somebody was faster", f.outcomeOf(http.StatusPreconditionFailed))
	require.Equal(t, "not possible as it was", f.outcomeOf(http.StatusConflict))
	require.Equal(t, "refused", f.outcomeOf(http.StatusBadRequest))
}
