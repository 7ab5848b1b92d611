package local_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// life walks through all that a provider does to a desk, over the whole desk and a clock
// that can be put forward.
type life struct {
	*local.Desk
	base  string
	clock *local.Warp
	agent *ticketing.Desk
}

// step is one thing in a provider's life.
type step struct {
	name string
	do   func(*testing.T)
}

// walk takes the steps one after the other; each builds on those before it.
func walk(t *testing.T, steps []step) {
	for _, s := range steps {
		require.True(t, t.Run(s.name, s.do))
	}
}

// begin opens a desk that acknowledges nothing, so that what goes out is an answer, and lets
// it go at once.
func begin(t *testing.T, change ...func(*config.Settings)) *life {
	return beginIn(t, nil, change...)
}

// beginIn is begin with secrets of the test's own.
func beginIn(t *testing.T, env map[string]string, change ...func(*config.Settings)) *life {
	l := &life{clock: local.NewWarp()}
	l.Desk, l.base = startBy(t, l.clock, env, append(change, func(s *config.Settings) { s.Tickets.Acknowledge, s.Tickets.UndoSend = nil, 0 })...)
	l.agent = &ticketing.Desk{Store: l.Store, Settings: (&config.Snapshot{Blob: l.World.Blob, Now: l.clock.Now}).Current}
	return l
}

// soon waits for something that the desk does by itself.
func soon(t *testing.T, is func() bool) {
	t.Helper()
	require.Eventually(t, is, time.Minute, 20*time.Millisecond) // a busy machine takes its time
}

// later waits for it while hours pass.
func (l *life) later(t *testing.T, jump time.Duration, is func() bool) {
	t.Helper()
	pause := 100 * time.Millisecond
	soon(t, func() bool {
		if is() {
			return true
		}
		l.clock.Jump(jump)
		// Of the machine's time: schedules and queues work in it. A slow one gets more, or
		// each jump takes from a function the message that it has in hands.
		time.Sleep(pause)
		pause = min(pause*3/2, 2*time.Second)
		return is()
	})
}

// ask makes a call and gives the answer, which must have a status.
func ask(t *testing.T, status int, req *http.Request, err error) string {
	t.Helper()
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, status, resp.StatusCode, "%s", body)
	return string(body)
}

// find gives a customer's newest ticket, once there are n of them.
func (l *life) find(t *testing.T, who string, n int) desk.Ticket {
	t.Helper()
	var lists []store.List
	for _, s := range desk.Statuses {
		lists = append(lists, store.List{Team: "support", Status: s})
	}
	var found []desk.Ticket
	soon(t, func() bool {
		rows, _, err := l.Store.MergeTickets(context.Background(), lists, 100, true)
		require.NoError(t, err)
		found = nil
		for _, r := range rows {
			if r.Value.From.ID == who {
				found = append(found, r.Value)
			}
		}
		return len(found) >= n
	})
	require.Len(t, found, n)
	slices.SortFunc(found, func(a, b desk.Ticket) int { return b.Opened.Compare(a.Opened) })
	return found[0]
}

func (l *life) ticket(t *testing.T, id desk.TicketID) desk.Ticket {
	row, err := l.Store.Ticket(context.Background(), id)
	require.NoError(t, err)
	return row.Value
}

func (l *life) identity(t *testing.T, a desk.Address) desk.Identity {
	row, err := l.Store.Identity(context.Background(), a)
	require.NoError(t, err)
	return row.Value
}

func (l *life) timeline(t *testing.T, id desk.TicketID) []desk.Message {
	rows, _, err := l.Store.Messages(context.Background(), id, "", 100, false)
	require.NoError(t, err)
	var out []desk.Message
	for _, r := range rows {
		out = append(out, r.Value)
	}
	return out
}

// told says whether the ticket's journal has a code.
func (l *life) told(t *testing.T, id desk.TicketID, code string) bool {
	return slices.ContainsFunc(l.timeline(t, id), func(m desk.Message) bool {
		return slices.ContainsFunc(m.Decisions, func(d desk.Decision) bool { return d.Code == code })
	})
}

// wrote waits for the nth thing that a customer wrote in a ticket.
func (l *life) wrote(t *testing.T, id desk.TicketID, n int) desk.Message {
	t.Helper()
	var got []desk.Message
	soon(t, func() bool {
		got = slices.DeleteFunc(l.timeline(t, id), func(m desk.Message) bool { return m.Kind != desk.FromCustomer })
		return len(got) >= n
	})
	require.Len(t, got, n)
	return got[n-1]
}

// fetched waits for a message's file to be in the blob store, and gives its bytes.
func (l *life) fetched(t *testing.T, id desk.TicketID, n int) string {
	t.Helper()
	soon(t, func() bool { return l.wrote(t, id, n).Attachments[0].Blob != "" })
	data, err := l.World.Blob.Get(t.Context(), l.wrote(t, id, n).Attachments[0].Blob, blob.MaxBytes)
	require.NoError(t, err)
	return string(data)
}

// reply is an agent's answer.
func (l *life) reply(t *testing.T, id desk.TicketID, text string) desk.MessageID {
	t.Helper()
	m, err := l.agent.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: l.clock.Now().UTC()}, id, ticketing.Reply{Text: text})
	require.NoError(t, err)
	return m
}

func (l *life) message(t *testing.T, id desk.TicketID, m desk.MessageID) desk.Message {
	row, err := l.Store.Message(context.Background(), id, m)
	require.NoError(t, err)
	return row.Value
}

// becomes waits for a message's state, and for words about it that an agent reads.
func (l *life) becomes(t *testing.T, id desk.TicketID, m desk.MessageID, s desk.SendState, words string) {
	t.Helper()
	var got desk.Message
	soon(t, func() bool {
		got = l.message(t, id, m)
		return got.State == s && (s != desk.Queued || got.Why != "")
	})
	require.Contains(t, journal.Why(got.Why, "en"), words)
}

// local reads one of the desk's own pages of state.
func (l *life) local(t *testing.T, path string, into any) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.base+path, nil)
	require.NoError(t, json.Unmarshal([]byte(ask(t, http.StatusOK, req, err)), into))
}
