package journal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// Who reads a decision reads names and their own time of day.
func TestNamed(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	n := Names{
		Agent: func(id string) string { return map[string]string{"li": "李明"}[id] },
		Team:  func(id string) string { return map[string]string{"sales": "销售"}[id] },
		Time:  func(at time.Time) string { return at.In(shanghai).Format("2006-01-02 15:04") },
	}
	for want, d := range map[string]desk.Decision{
		"自动分配给李明（轮流分配）":        {Code: "assign.by_strategy", Args: map[string]string{"to": "li", "strategy": "round_robin"}},
		"不再由李明处理":              {Code: "assign.changed", Args: map[string]string{"from": "li", "to": ""}},
		"分到销售":                 {Code: "route.team", Args: map[string]string{"team": "sales"}},
		"推迟到 2026-11-26 14:26": {Code: "snooze.until", Args: map[string]string{"at": "2026-11-26T06:26:00Z"}},
		"回访已超时，上报给 李明":         {Code: "recovery.due", Args: map[string]string{"owner": "li"}},
	} {
		require.Equal(t, want, Words(n.Named(d), Chinese))
	}
}
