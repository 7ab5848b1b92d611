package kpi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/kpi"
)

func TestWait(t *testing.T) {
	figures := func(n int64, median time.Duration) kpi.Figures {
		return kpi.Figures{FirstAnswered: n, FirstResponse: kpi.Times{Median: &median}}
	}
	for name, c := range map[string]struct {
		f    kpi.Figures
		want int
	}{
		"at once":          {figures(10, 0), 5},
		"rounded up":       {figures(50, 16*time.Minute), 20},
		"on the step":      {figures(50, 20*time.Minute), 20},
		"too few":          {figures(9, time.Minute), 0},
		"too long":         {figures(50, 5*time.Hour), 0},
		"nothing answered": {kpi.Figures{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := kpi.Wait(c.f)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want > 0, ok)
		})
	}
}
