package export_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/export"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// signer signs without a store.
type signer struct{ blob.Store }

func (signer) SignGet(_ context.Context, key string, _ time.Duration, _ blob.Options) (string, error) {
	return "https://files.test/" + key, nil
}

// A file is given to nobody who may see less by now than when it was made.
func TestLink(t *testing.T) {
	for name, c := range map[string]struct {
		e    desk.Export
		who  allow.Principal
		mask bool
		ok   bool
	}{
		"as it was":               {desk.Export{Role: "agent", Teams: []string{"a"}}, allow.Principal{Role: allow.Agent, Teams: []string{"a"}}, false, true},
		"more teams now":          {desk.Export{Role: "agent", Teams: []string{"a"}}, allow.Principal{Role: allow.Agent, Teams: []string{"a", "b"}}, false, true},
		"a team less":             {desk.Export{Role: "agent", Teams: []string{"a", "b"}}, allow.Principal{Role: allow.Agent, Teams: []string{"a"}}, false, false},
		"of one team":             {desk.Export{Role: "agent", Teams: []string{"a", "b"}, Team: "a"}, allow.Principal{Role: allow.Agent, Teams: []string{"a"}}, false, true},
		"all teams, now one":      {desk.Export{Role: "lead"}, allow.Principal{Role: allow.Lead, Teams: []string{"a"}}, false, false},
		"an admin no more":        {desk.Export{Role: "admin", Teams: []string{"a"}}, allow.Principal{Role: allow.Agent, Teams: []string{"a"}}, false, false},
		"masked since":            {desk.Export{Role: "agent"}, allow.Principal{Role: allow.Agent}, true, false},
		"masked then":             {desk.Export{Role: "agent", Masked: true}, allow.Principal{Role: allow.Agent}, true, true},
		"a lead then, masked now": {desk.Export{Role: "lead"}, allow.Principal{Role: allow.Agent}, true, false},
	} {
		s := &config.Settings{Desk: config.Desk{TimeZone: "UTC"}, Access: config.Access{MaskContacts: c.mask}}
		c.e.Blob, c.e.From, c.e.To = "exports/x.csv", noon, noon
		link, err := export.Link(t.Context(), signer{}, s, c.who, c.e, time.Minute)
		if c.ok {
			require.NoError(t, err, name)
			require.Equal(t, "https://files.test/exports/x.csv", link)
		} else {
			require.Equal(t, desk.Conflict, desk.KindOf(err), name)
		}
	}
}
