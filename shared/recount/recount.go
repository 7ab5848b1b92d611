// Package recount mends the figures of days whose changes the feed gave up on: it adds up
// a day's facts and messages anew, as whoever counts them first does (policy/kpi), and adds
// what is missing. It walks every ticket there is: for an operator's hand, never a request.
package recount

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
)

// settled is how long a day must be over, and nothing of it have been noted, so that nothing
// of it is on its way through the feed: that would be counted twice. A stream keeps its
// records for 24 hours (AWS: "Change data capture for DynamoDB Streams").
const settled = 25 * time.Hour

// Difference is a counter of a day that isn't what the rows tell.
type Difference struct {
	Cut, Counter string
	Has, Should  int64
}

// Mendable says whether the figure is set right: what facts tell always is. Of messages only
// what is missing is added; too many can be so because some are out of the walk's sight, such
// as those of a team that the settings no longer have.
func (d Difference) Mendable() bool { return d.Should > d.Has || !kpi.Volume(d.Counter) }

// day is one day as the rows tell it.
type day struct {
	store *store.Store
	name  string // 2006-01-02 in the desk's zone
	zone  *time.Location
	from  time.Time
	now   time.Time
	sums  map[string]map[string]int64 // by cut
	seen  map[desk.TicketID]bool      // one that changes lists meanwhile is met again
}

// Day compares a day's figures with the rows: the differences, in order of cut and counter.
// A day that ended less than 25 hours ago, or of which something was noted since, is a
// Conflict. Units: 1 R per 4 kB of facts, 0.5 r per 4 kB of the lists of all
// tickets, and 0.5 R for each ticket opened before the day's end.
func Day(ctx context.Context, st *store.Store, s *config.Settings, name string, now time.Time) ([]Difference, error) {
	zone := s.Desk.Location()
	from, err := time.ParseInLocation(time.DateOnly, name, zone)
	if err != nil {
		return nil, desk.FieldError("day", "must be written like 2006-01-02")
	}
	d := &day{store: st, name: name, zone: zone, from: from, now: now, sums: map[string]map[string]int64{}, seen: map[desk.TicketID]bool{}}
	if !d.end().Add(settled).Before(now) {
		return nil, desk.Errorf(desk.Conflict, "%s is not over for 25 hours yet: until then the feed may still bring something of it", name)
	}
	if err := d.facts(ctx); err != nil {
		return nil, err
	}
	for _, team := range s.AllTeams() {
		for _, status := range desk.Statuses {
			if err := d.list(ctx, team, status); err != nil {
				return nil, err
			}
		}
	}
	return d.compare(ctx)
}

// Mend sets a day right, a transaction for each cut. Stopped half way and begun again, it
// adds nothing twice: what was added is no difference any more. It must not run twice at
// one time.
func Mend(ctx context.Context, st *store.Store, name string, found []Difference) error {
	missing := map[string]map[string]int64{}
	for _, f := range found {
		if !f.Mendable() {
			continue
		}
		if missing[f.Cut] == nil {
			missing[f.Cut] = map[string]int64{}
		}
		missing[f.Cut][f.Counter] = f.Should - f.Has
	}
	for _, cut := range slices.Sorted(maps.Keys(missing)) {
		var tx store.Tx
		tx.Add(store.FigureKey(cut, name), missing[cut])
		if err := st.Commit(ctx, &tx); err != nil {
			return err
		}
	}
	return nil
}

func (d *day) end() time.Time { return d.from.AddDate(0, 0, 1) }

func (d *day) add(sums []kpi.Sum) {
	for _, s := range sums {
		if s.Day != d.name {
			continue
		}
		if d.sums[s.Cut] == nil {
			d.sums[s.Cut] = map[string]int64{}
		}
		kpi.Merge(d.sums[s.Cut], s.Counters)
	}
}

func (d *day) facts(ctx context.Context) error {
	return d.store.Facts(ctx, d.name, func(f desk.Fact) error {
		if d.now.Sub(f.At) < settled {
			return desk.Errorf(desk.Conflict, "something of %s was noted within the last %s: count it again later", d.name, settled)
		}
		d.add(kpi.Count(f))
		return nil
	})
}

func (d *day) list(ctx context.Context, team string, status desk.Status) error {
	for cursor := ""; ; {
		page, err := d.store.TicketsOpened(ctx, team, status, time.Time{}, d.end(), cursor, 100)
		if err != nil {
			return err
		}
		for _, id := range page.IDs {
			if err := d.ticket(ctx, id); err != nil {
				return err
			}
		}
		if cursor = page.Cursor; cursor == "" {
			return nil
		}
	}
}

func (d *day) ticket(ctx context.Context, id desk.TicketID) error {
	if d.seen[id] {
		return nil
	}
	d.seen[id] = true
	// A message's id tells when it was recorded; its own time may lie a little beside it.
	from, to := d.from.Add(-time.Hour), d.end().Add(time.Hour)
	for cursor := ""; ; {
		rows, next, err := d.store.MessagesBetween(ctx, id, from, to, cursor, 100)
		if err != nil {
			return err
		}
		for _, m := range rows {
			d.add(kpi.CountMessage(m.Value, d.zone))
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

func (d *day) compare(ctx context.Context) ([]Difference, error) {
	var out []Difference
	for _, cut := range slices.Sorted(maps.Keys(d.sums)) {
		has, err := d.store.Figures(ctx, cut, d.name)
		if err != nil {
			return nil, err
		}
		should := d.sums[cut]
		names := maps.Clone(should)
		maps.Copy(names, has[0])
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if has[0][name] != should[name] {
				out = append(out, Difference{Cut: cut, Counter: name, Has: has[0][name], Should: should[name]})
			}
		}
	}
	return out, nil
}
