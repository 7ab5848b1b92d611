package consolefn

import (
	"context"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type quarantinePage struct {
	frame
	Lead bool // may release and drop
	Days []quarantineDay
}

type quarantineDay struct {
	Day  string
	Rows []quarantineRow
	More bool
}

type quarantineRow struct {
	store.Quarantined
	Label string
	Why   string
	URL   string // of what can be done to it
}

// quarantineDays is how far back the page looks: half a read unit for each day.
const quarantineDays = 30

func (v *visit) quarantine() error {
	if !v.mayRead(allow.Quarantine, "") {
		return errNotYours
	}
	page := quarantinePage{frame: v.frame("quarantine", "隔离区", "Quarantine"), Lead: v.agent.Role != "agent"}
	for i := range quarantineDays {
		day := v.now.AddDate(0, 0, -i).Format(time.DateOnly)
		rows, cursor, err := v.Store.Quarantine(v.r.Context(), day, "", 50)
		if err != nil {
			return err
		}
		d := quarantineDay{Day: day, More: cursor != ""}
		for _, r := range rows {
			d.Rows = append(d.Rows, quarantineRow{
				r.Value, journal.Channel(r.Value.Channel, v.lang), journal.Unapplied(r.Value.Reason, v.lang),
				"/console/quarantine/" + r.Value.At.UTC().Format(time.RFC3339Nano) + "/" + url.PathEscape(r.Value.ID),
			})
		}
		if len(d.Rows) > 0 {
			page.Days = append(page.Days, d)
		}
	}
	return v.write("quarantine", page)
}

func (v *visit) release() error { return v.onQuarantined(v.Desk.Release) }

func (v *visit) drop() error { return v.onQuarantined(v.Desk.Drop) }

func (v *visit) onQuarantined(do func(context.Context, ticketing.Act, time.Time, string) (store.Quarantined, error)) error {
	if v.agent.Role == "agent" {
		return desk.Errorf(desk.Forbidden, "leads and admins release and drop")
	}
	at, err := time.Parse(time.RFC3339Nano, v.r.PathValue("at"))
	if err != nil {
		return v.nothing()
	}
	if _, err := do(v.r.Context(), v.act(), at, v.r.PathValue("id")); err != nil {
		return err
	}
	v.redirect("/console/quarantine")
	return nil
}
