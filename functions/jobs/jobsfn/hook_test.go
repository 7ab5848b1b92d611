package jobsfn_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

const (
	hookSecret = "whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtMzItYnl0ZXMtb2s="
	hookBefore = "whsec_dGhlIHNlY3JldCB0aGF0IHdhcyBiZWZvcmUgMzI="
)

// erp is a subscriber's program.
type erp struct {
	status int
	body   string // "" = x
	after  string // Retry-After
	fail   error
	calls  []*http.Request
	bodies []string
	during func()
}

func (e *erp) Do(r *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(r.Body)
	e.calls, e.bodies = append(e.calls, r), append(e.bodies, string(b))
	if e.during != nil {
		e.during()
	}
	if e.fail != nil {
		return nil, e.fail
	}
	h := http.Header{}
	if e.after != "" {
		h.Set("Retry-After", e.after)
	}
	return &http.Response{StatusCode: e.status, Header: h, Body: io.NopCloser(strings.NewReader(cmp.Or(e.body, "x")))}, nil
}

type hooks struct {
	*bench
	erp      *erp
	settings config.Settings
	secrets  map[string]string
	event    desk.Event
}

func newHooks(t *testing.T) *hooks {
	b := &hooks{bench: newBench(t), erp: &erp{status: 200}, secrets: map[string]string{config.WebhookSecret("erp"): hookSecret}}
	b.settings.Webhooks = []config.Webhook{{Name: "erp", URL: "https://erp.test/in", Events: []string{"*"}}}
	b.event = desk.Event{ID: tell.ID(b.now, "x"), Name: desk.EventTicketCreated, At: b.now, Ticket: ticket, Body: `{"type":"ticket.created"}`}
	b.h.Callbacks = func(bool) channel.Doer { return b.erp }
	b.h.Settings = func(context.Context) (*config.Settings, error) { return &b.settings, nil }
	b.h.Secrets = func(name string) (string, bool, error) { v, ok := b.secrets[name]; return v, ok, nil }
	return b
}

func (b *hooks) run(w work.Hook) {
	b.t.Helper()
	job, err := work.NewJob(work.JobHook, w)
	require.NoError(b.t, err)
	body, err := json.Marshal(job)
	require.NoError(b.t, err)
	resp, err := b.h.Handle(b.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(body), ReceiptHandle: "r"}}})
	require.NoError(b.t, err)
	require.Empty(b.t, resp.BatchItemFailures)
}

func (b *hooks) first()      { b.t.Helper(); b.run(work.Hook{Hook: "erp", Event: &b.event}) }
func (b *hooks) again(n int) { b.t.Helper(); b.run(work.Hook{Hook: "erp", ID: b.event.ID, Attempt: n}) }

func (b *hooks) row() store.Hook {
	b.t.Helper()
	r, err := b.rows.Hook(b.t.Context(), "erp", b.event.ID)
	require.NoError(b.t, err)
	return r
}

// due gives what a sweep would claim now.
func (b *hooks) due() []desk.HookDelivery {
	var out []desk.HookDelivery
	for shard := range uint32(store.DueShards) {
		found, err := b.rows.ClaimDue(b.t.Context(), shard, b.now, time.Minute, 10)
		require.NoError(b.t, err)
		for _, d := range found {
			require.Equal(b.t, store.DueHook, d.Kind)
			out = append(out, d.Hook)
		}
	}
	return out
}

// One event is one row and one signed call, by every live secret, however often it is
// told; its row is there before the call.
func TestHookIsDelivered(t *testing.T) {
	b := newHooks(t)
	b.secrets[config.Previous(config.WebhookSecret("erp"))] = hookBefore
	b.erp.during = func() {
		d := b.row().Delivery.Value
		require.Equal(t, desk.HookPending, d.State)
		require.Equal(t, 1, d.Attempts)
		require.True(t, d.Due.After(b.now))
	}
	b.first()
	b.first()
	require.Len(t, b.erp.calls, 1)
	require.Equal(t, b.event.Body, b.erp.bodies[0])
	want, err := generic.Headers([]string{hookSecret, hookBefore}, b.event.ID, b.now, []byte(b.event.Body))
	require.NoError(t, err)
	require.Equal(t, want, b.erp.calls[0].Header)
	d := b.row().Delivery.Value
	require.Equal(t, desk.HookDelivered, d.State)
	require.Equal(t, 200, d.Status)
	require.Zero(t, d.Due)
	require.False(t, b.row().Standing.Exists(), "a subscription that is well costs no write")
	b.now = b.now.Add(time.Hour)
	require.Empty(t, b.due())
}

// What fails comes again by a delayed job or by the sweep, with the same id and a fresh
// signature, until it is given up.
func TestHookIsTriedAgain(t *testing.T) {
	b := newHooks(t)
	b.erp.status = 500
	b.first()
	require.Len(t, b.queue.sent, 1, "a sweep would come too late for five seconds")
	require.Equal(t, 5*time.Second, b.queue.sent[0].Delay)
	b.again(0)
	require.Len(t, b.erp.calls, 1, "a past attempt's job does nothing")
	for n := 1; n < hook.Attempts; n++ {
		b.now = b.row().Delivery.Value.Due
		due := b.due()
		require.Len(t, due, 1)
		require.Equal(t, n, due[0].Attempts)
		b.again(n)
		b.again(n)
	}
	require.Len(t, b.erp.calls, hook.Attempts)
	ids, signatures := map[string]bool{}, map[string]bool{}
	for _, c := range b.erp.calls {
		ids[c.Header.Get("webhook-id")], signatures[c.Header.Get("webhook-signature")] = true, true
	}
	require.Len(t, ids, 1)
	require.Len(t, signatures, hook.Attempts)
	d := b.row()
	require.Equal(t, desk.HookFailed, d.Delivery.Value.State)
	require.Equal(t, "hook.refused", d.Delivery.Value.Why)
	require.Equal(t, hook.Attempts, d.Standing.Value.Failures)
	b.now = b.now.Add(48 * time.Hour)
	require.Empty(t, b.due())
}

// Whoever dies after the claim leaves a row that comes up again.
func TestHookSurvivesACrash(t *testing.T) {
	b := newHooks(t)
	b.erp.during = func() { panic("killed") }
	require.Panics(t, b.first)
	b.erp.during = nil
	b.first() // the queue gives the job again, and the row stands already
	require.Len(t, b.erp.calls, 1)
	require.Empty(t, b.due(), "its lease still runs")
	b.now = b.now.Add(3 * time.Minute)
	require.Len(t, b.due(), 1)
	b.again(1)
	require.Equal(t, desk.HookDelivered, b.row().Delivery.Value.State)
	require.Equal(t, 2, b.row().Delivery.Value.Attempts)
}

// 410 switches the subscription off; what comes then is kept and not sent.
func TestHookGone(t *testing.T) {
	b := newHooks(t)
	b.erp.status = 410
	b.first()
	require.Equal(t, desk.HookFailed, b.row().Delivery.Value.State)
	require.True(t, b.row().Standing.Value.Disabled)
	b.event.ID = tell.ID(b.now, "y")
	b.first()
	require.Len(t, b.erp.calls, 1)
	require.Equal(t, desk.HookHeld, b.row().Delivery.Value.State)
	b.event.ID, b.event.Name = tell.ID(b.now, "z"), desk.EventTest
	b.first()
	require.Len(t, b.erp.calls, 2, "a test is made all the same")
}

// 429 keeps the rest away for as long as the far side says; that costs no attempt.
func TestHookSlowsDown(t *testing.T) {
	b := newHooks(t)
	b.erp.status, b.erp.after = 429, "600"
	b.first()
	b.event.ID = tell.ID(b.now, "y")
	b.first()
	require.Len(t, b.erp.calls, 1)
	d := b.row().Delivery.Value
	require.Equal(t, []any{desk.HookPending, 0, b.now.Add(10 * time.Minute)}, []any{d.State, d.Attempts, d.Due})
	b.now, b.erp.status, b.erp.after = b.now.Add(10*time.Minute), 200, ""
	b.again(0)
	require.Equal(t, desk.HookDelivered, b.row().Delivery.Value.State)
	require.Zero(t, b.row().Standing.Value.Failing)
}

// Why an attempt failed is told by a code: never the address or the transport's words.
func TestHookSaysWhy(t *testing.T) {
	for want, change := range map[string]func(*hooks){
		"hook.no_secret":  func(b *hooks) { clear(b.secrets) },
		"hook.bad_secret": func(b *hooks) { b.secrets[config.WebhookSecret("erp")] = "short" },
		"hook.no_answer":  func(b *hooks) { b.erp.fail = errors.New("dial https://erp.test/in?key=secret") },
		"hook.not_public": func(b *hooks) { b.erp.fail = generic.ErrNotPublic },
		"hook.redirected": func(b *hooks) { b.erp.status = 302 },
		"hook.secret_unread": func(b *hooks) {
			b.h.Secrets = func(string) (string, bool, error) { return "", false, errors.New("down") }
		},
	} {
		b := newHooks(t)
		change(b)
		b.first()
		require.Equal(t, want, b.row().Delivery.Value.Why)
		require.Equal(t, desk.HookPending, b.row().Delivery.Value.State)
	}
}

// Where the event doesn't say its team, the ticket does; a subscription that is no
// longer there takes nothing.
func TestHookAsksForTheTeam(t *testing.T) {
	b := newHooks(t)
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: ticket, Team: "sales", Status: desk.StatusOpen, Opened: b.now}})
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	b.settings.Webhooks[0].Teams = []string{"support"}
	b.first()
	require.False(t, b.row().Delivery.Exists())
	b.settings.Webhooks[0].Teams = []string{"support", "sales"}
	b.first()
	require.Len(t, b.erp.calls, 1)

	b.event.ID, b.erp.status = tell.ID(b.now, "y"), 500
	b.first()
	b.settings.Webhooks = nil
	b.again(1)
	require.Equal(t, "hook.removed", b.row().Delivery.Value.Why)
	require.Len(t, b.erp.calls, 2)
}
