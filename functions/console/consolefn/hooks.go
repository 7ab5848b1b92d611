package consolefn

import (
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/webhooks"
)

type hooksPage struct {
	frame
	Hooks              []hookRow
	Chosen             string
	Day, Before, After string
	Rows               []deliveryRow
	More               string
}

type hookRow struct {
	Name, URL string
	Off       bool // by itself or by hand: can be switched on again
	Failing   time.Time
	Why       string
	Fixed     bool // switched off in the settings
}

type deliveryRow struct {
	desk.HookDelivery
	Number, Label, Why string
	Replay             bool
}

// hookStates are the states of a delivery in both languages.
var hookStates = map[desk.HookState][2]string{
	desk.HookPending: {"待推送", "pending"}, desk.HookDelivered: {"已送达", "delivered"},
	desk.HookFailed: {"未送达", "failed"}, desk.HookHeld: {"已暂存", "held"},
}

// lead lets leads and admins pass.
func (v *visit) lead() error {
	if v.agent.Role == "agent" {
		return desk.Errorf(desk.Forbidden, "this is for leads and admins")
	}
	return nil
}

func (v *visit) hooks() webhooks.Desk { return webhooks.Desk{Store: v.Store, Settings: v.Settings} }

func (v *visit) hookAct() webhooks.Act { return webhooks.Act{By: v.act().By, At: v.act().At} }

// deliveries shows the subscriptions, and one's deliveries of a day.
func (v *visit) deliveries() error {
	if err := v.lead(); err != nil {
		return err
	}
	q := v.r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("day"))
	if err != nil {
		day = v.now.UTC()
	}
	page := hooksPage{frame: v.frame("deliveries", "事件推送", "Webhooks", "hook", "day"), Day: day.Format(time.DateOnly), Before: day.AddDate(0, 0, -1).Format(time.DateOnly)}
	if next := day.AddDate(0, 0, 1); !next.After(v.now) {
		page.After = next.Format(time.DateOnly)
	}
	for _, w := range v.s.Subscriptions() {
		row, err := v.hookRow(w)
		if err != nil {
			return err
		}
		page.Hooks = append(page.Hooks, row)
		if page.Chosen == "" || w.Name == q.Get("hook") {
			page.Chosen = w.Name
		}
	}
	if page.Chosen != "" {
		if err := v.deliveryRows(&page, q.Get("cursor")); err != nil {
			return err
		}
	}
	return v.write("deliveries", page)
}

func (v *visit) hookRow(w config.Webhook) (hookRow, error) {
	s, err := v.Store.HookStanding(v.r.Context(), w.Name)
	if err != nil {
		return hookRow{}, err
	}
	row := hookRow{Name: w.Name, Off: s.Value.Disabled, Failing: s.Value.Failing, Fixed: w.Disabled}
	if u, err := url.Parse(w.URL); err == nil {
		row.URL = u.Host
	}
	switch {
	case w.Disabled:
		row.Why = journal.Why("hook.off_in_settings", v.lang)
	case s.Value.Disabled:
		row.Why = journal.Why(s.Value.Why, v.lang)
	}
	return row, nil
}

func (v *visit) deliveryRows(page *hooksPage, cursor string) error {
	rows, next, err := v.Store.HookDeliveries(v.r.Context(), page.Chosen, page.Day, cursor, 50)
	if err != nil {
		return err
	}
	if next != "" {
		page.More = "?" + url.Values{"hook": {page.Chosen}, "day": {page.Day}, "cursor": {next}}.Encode()
	}
	for _, r := range rows {
		row := deliveryRow{HookDelivery: r.Value, Number: r.Value.Event.Ticket.Number(), Replay: r.Value.State != desk.HookPending}
		row.Label = page.L(hookStates[r.Value.State][0], hookStates[r.Value.State][1])
		if r.Value.Why != "" {
			row.Why = journal.Why(r.Value.Why, v.lang)
		}
		page.Rows = append(page.Rows, row)
	}
	return nil
}

// doHook acts on the subscription in the address and goes back to its deliveries.
func (v *visit) doHook(fn func(name string) error) error {
	if err := v.lead(); err != nil {
		return err
	}
	name := v.r.PathValue("name")
	if err := fn(name); err != nil {
		return err
	}
	v.redirect("/console/deliveries?" + url.Values{"hook": {name}, "day": {v.r.PostForm.Get("day")}}.Encode())
	return nil
}

func (v *visit) replayDelivery() error {
	return v.doHook(func(name string) error {
		_, err := v.hooks().Replay(v.r.Context(), v.hookAct(), name, v.r.PathValue("id"))
		return err
	})
}

func (v *visit) testHook() error {
	return v.doHook(func(name string) error {
		_, err := v.hooks().Test(v.r.Context(), v.hookAct(), name, "")
		return err
	})
}

func (v *visit) switchHook() error {
	return v.doHook(func(name string) error {
		_, err := v.hooks().Switch(v.r.Context(), v.hookAct(), name, v.r.PostForm.Get("to") == "on")
		return err
	})
}
