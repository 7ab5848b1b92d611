package consolefn_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// silentTable is one that answers nobody; it counts who asked.
type silentTable struct{ asked int }

var errHangs = errors.New("no answer")

func (s *silentTable) Get(context.Context, ...table.Key) ([]table.Item, error) {
	s.asked++
	return nil, errHangs
}

func (s *silentTable) Query(context.Context, table.Query) (table.Page, error) {
	s.asked++
	return table.Page{}, errHangs
}

func (s *silentTable) Write(context.Context, ...table.Op) error { return errHangs }

// Where the store gives no answer, what an agent wrote is shown again without asking it more.
func TestFaultPageOfASilentStore(t *testing.T) {
	w := newWorld(t)
	id := w.comes("a", "hello")
	w.signIn()
	form := w.ticketForm(id, "text", "a long and careful answer")
	silent := &silentTable{}
	w.deps.Store = store.New(silent)
	w.handler = consolefn.New(w.deps)
	resp := w.do("POST", "/console/tickets/"+id.Number()+"/reply", form)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.Contains(t, body(t, resp), "a long and careful answer")
	require.Equal(t, 1, silent.asked, "only what the answer itself needed")
}

func TestSettingsOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.deps.Settings = func(context.Context) (*config.Settings, error) { return nil, context.DeadlineExceeded }
	w.handler = consolefn.New(w.deps)
	resp := w.do("GET", "/console", nil)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.NotContains(t, body(t, resp), "deadline", "a fault shows nothing of itself")
}
