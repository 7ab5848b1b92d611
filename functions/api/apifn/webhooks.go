package apifn

import (
	"net/http"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/webhooks"
)

type webhookView struct {
	Name         string     `json:"name"`
	URL          string     `json:"url"` // without its query, which may hold a key
	Events       []string   `json:"events"`
	Teams        []string   `json:"teams"`
	State        string     `json:"state"` // on, failing, off
	Why          string     `json:"why"`
	FailingSince *time.Time `json:"failing_since"`
	Failures     int        `json:"failures"`
	ChangedAt    *time.Time `json:"changed_at"`
}

func viewWebhook(w config.Webhook, s desk.HookStanding, lang string) webhookView {
	v := webhookView{
		Name: w.Name, URL: plainURL(w.URL), Events: orEmpty(w.Events), Teams: orEmpty(w.Teams), State: "on",
		FailingSince: moment(s.Failing), Failures: s.Failures, ChangedAt: moment(s.At),
	}
	switch {
	case w.Disabled:
		v.State, v.Why = "off", journal.Why("hook.off_in_settings", lang)
	case s.Disabled:
		v.State, v.Why = "off", journal.Why(s.Why, lang)
	case !s.Failing.IsZero():
		v.State = "failing"
	}
	return v
}

// plainURL is an address without what may be a key.
func plainURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	u.RawQuery = ""
	return u.String()
}

type hookDeliveryView struct {
	ID        string     `json:"id"`
	Webhook   string     `json:"webhook"`
	Type      string     `json:"type"`
	Ticket    *string    `json:"ticket"`
	CreatedAt time.Time  `json:"created_at"`
	State     string     `json:"state"`
	Attempts  int        `json:"attempts"`
	Replays   int        `json:"replays"`
	TriedAt   *time.Time `json:"tried_at"`
	DueAt     *time.Time `json:"due_at"`
	Status    *int       `json:"status"`
	TookMS    int64      `json:"took_ms"`
	Why       string     `json:"why"`
}

func viewHookDelivery(d desk.HookDelivery, lang string) hookDeliveryView {
	v := hookDeliveryView{
		ID: d.Event.ID, Webhook: d.Hook, Type: string(d.Event.Name), Ticket: orNull(d.Event.Ticket.Number()), CreatedAt: d.Event.At,
		State: string(d.State), Attempts: d.Attempts, Replays: d.Replays, TriedAt: moment(d.Tried), DueAt: moment(d.Due), TookMS: d.Took,
	}
	if d.Status != 0 {
		v.Status = &d.Status
	}
	if d.Why != "" {
		v.Why = journal.Why(d.Why, lang)
	}
	return v
}

func (a *api) hooks() webhooks.Desk { return webhooks.Desk{Store: a.Store, Settings: a.Settings} }

func (c *call) hookAct() webhooks.Act { return webhooks.Act{By: c.by, At: c.at} }

func (a *api) listWebhooks(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	out := []webhookView{}
	for _, w := range s.Subscriptions() {
		standing, err := a.Store.HookStanding(c.ctx, w.Name)
		if err != nil {
			return err
		}
		out = append(out, viewWebhook(w, standing.Value, c.lang()))
	}
	return answerAll(c, out)
}

func (a *api) listHookDeliveries(c *call) error {
	q, err := c.daily()
	if err != nil {
		return err
	}
	w, err := a.hooks().Hook(c.ctx, c.r.PathValue("name"))
	if err != nil {
		return err
	}
	lang := c.lang()
	rows, next, err := a.Store.HookDeliveries(c.ctx, w.Name, q.period, q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, func(r store.Row[desk.HookDelivery]) hookDeliveryView { return viewHookDelivery(r.Value, lang) })
}

func (a *api) replayDelivery(c *call) error {
	d, err := a.hooks().Replay(c.ctx, c.hookAct(), c.r.PathValue("name"), c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.json(http.StatusAccepted, viewHookDelivery(d, c.lang()))
}

// replayBatch is how many deliveries one call looks at.
const replayBatch = 50

func (a *api) replayDay(c *call) error {
	p, err := c.params("day", "state", "cursor")
	if err != nil {
		return err
	}
	day, err := p.date("day", time.DateOnly, time.UTC)
	if err == nil && day.IsZero() {
		err = badParameter("day", "is missing")
	}
	if err != nil {
		return err
	}
	state, err := p.oneOf("state", string(desk.HookFailed), string(desk.HookHeld), string(desk.HookDelivered))
	if err != nil {
		return err
	}
	cursor, _, err := p.page()
	if err != nil {
		return err
	}
	n, next, err := a.hooks().ReplayDay(c.ctx, c.hookAct(), c.r.PathValue("name"), day.Format(time.DateOnly), desk.HookState(state), cursor, replayBatch)
	if err != nil {
		return refusedCursor(err)
	}
	return c.json(http.StatusAccepted, struct {
		Replayed   int     `json:"replayed"`
		NextCursor *string `json:"next_cursor"`
	}{n, p.next(next)})
}

func (a *api) testWebhook(c *call) error {
	d, err := a.hooks().Test(c.ctx, c.hookAct(), c.r.PathValue("name"), c.r.Header.Get("Idempotency-Key"))
	if err != nil {
		return err
	}
	return c.json(http.StatusAccepted, viewHookDelivery(d, c.lang()))
}

func (a *api) enableWebhook(c *call) error  { return a.switchWebhook(c, true) }
func (a *api) disableWebhook(c *call) error { return a.switchWebhook(c, false) }

func (a *api) switchWebhook(c *call, on bool) error {
	w, err := a.hooks().Hook(c.ctx, c.r.PathValue("name"))
	if err != nil {
		return err
	}
	s, err := a.hooks().Switch(c.ctx, c.hookAct(), w.Name, on)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewWebhook(w, s, c.lang()))
}
