package cost_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/deskhook/cost"
)

func measure(t *testing.T, tickets int) cost.Report {
	t.Helper()
	r, err := cost.Measure(t.Context(), t.TempDir(), tickets)
	require.NoError(t, err)
	return r
}

// TestFiguresDoNotGrowWithTheTable: what a message, a reply, a survey and a look at the
// dashboard cost is the same with 10 tickets and with 2,000 of them.
func TestFiguresDoNotGrowWithTheTable(t *testing.T) {
	few, many := measure(t, 10), measure(t, 2000)
	require.Equal(t, few.Operations, many.Operations)
	require.Equal(t, few.Search, many.Search)
	require.Equal(t, few.Idle, many.Idle)
}

// TestEveryOperationIsCounted: each uses what its path must use, and none is free.
func TestEveryOperationIsCounted(t *testing.T) {
	r := measure(t, 10)
	require.Len(t, r.Operations, 8)
	for _, op := range r.Operations {
		c := op.Count
		asked := strings.HasPrefix(op.Name, "unionid") || strings.HasPrefix(op.Name, "event") || strings.HasPrefix(op.Name, "notice") // a job alone
		require.Equal(t, !asked, c.HTTP > 0, op.Name)
		require.GreaterOrEqual(t, c.Invocations, c.HTTP, op.Name)
		require.Positive(t, c.ReadUnits, op.Name)
		require.InDelta(t, c.Dollars()*1e6, op.PerMillion, 0.001, op.Name)
		require.Positive(t, c.WriteUnits, op.Name) // a look at the dashboard lists tickets, which the audit notes
		sends := asked || op.Name == "reply" || strings.HasPrefix(op.Name, "survey")
		require.Equal(t, sends, c.SQS > 0, op.Name)
	}
	opening, open := r.Operations[0].Count, r.Operations[1].Count
	require.Greater(t, opening.WriteUnits, open.WriteUnits) // identity, customer, lists and the fact come with it
	require.InDelta(t, 3, open.FIFO, 0)
}

// TestSearchIsCounted: making words findable writes a segment and its row, once for all
// that came; looking an address up reads no file, and words cost a footer and a read each.
func TestSearchIsCounted(t *testing.T) {
	r := measure(t, 10)
	require.Len(t, r.Search, 3)
	index, address, words := r.Search[0].Count, r.Search[1].Count, r.Search[2].Count
	require.InDelta(t, 1, index.S3Puts, 0)
	require.Less(t, index.WriteUnits, 25.0)
	require.InDelta(t, 2, address.S3Gets, 1, "the settings; and the footer and a word that is nowhere")
	require.Less(t, address.ReadUnits, 12.0)
	require.InDelta(t, 4, words.S3Gets, 0, "the settings, a read for each word, and which messages")
	require.Less(t, words.ReadUnits, 12.0)
	require.Less(t, r.Search[2].PerMillion, 30.0)
	require.Less(t, r.Idle[len(r.Idle)-1].Dollars, 0.20)
}

// TestACentsWorthOfMessages holds the desk to its promise: cents for a thousand
// messages, a few dollars for an idle month.
func TestACentsWorthOfMessages(t *testing.T) {
	r := measure(t, 10)
	for _, op := range r.Operations {
		require.Less(t, op.PerMillion/1000, 0.10, op.Name)
	}
	require.Less(t, cost.Sum(r.Idle), 5.0)
	require.Greater(t, cost.Sum(r.Egress), 30.0)
}

// TestIdleMonthIsWhatIsDeployed: the idle month reckons with as many queues, alarms and
// schedules as template.yaml has.
func TestIdleMonthIsWhatIsDeployed(t *testing.T) {
	raw, err := os.ReadFile("../../../template.yaml")
	require.NoError(t, err)
	count := func(pattern string) int {
		return len(regexp.MustCompile(`(?m)`+pattern).FindAll(raw, -1))
	}
	require.Equal(t, cost.DeployedQueues, count(`^ +Type: SQS$`), "idle.go: queues")
	require.Equal(t, cost.DeployedAlarms, count(`Type: AWS::CloudWatch::Alarm$`), "idle.go: alarms")
	require.Equal(t, cost.DeployedSchedules, count(`Type: ScheduleV2$`), "idle.go: schedules")
}

// TestPrint: people get a table with every line of it, machines the same as JSON.
func TestPrint(t *testing.T) {
	r := measure(t, 10)
	var out strings.Builder
	require.NoError(t, r.Print(&out))
	for _, op := range r.Operations {
		require.Contains(t, out.String(), op.Name)
	}
	for _, l := range append(r.Idle, r.Egress...) {
		require.Contains(t, out.String(), l.What)
	}
	require.Contains(t, out.String(), cost.PricesAsOf)
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	var back cost.Report
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, r, back)
}
