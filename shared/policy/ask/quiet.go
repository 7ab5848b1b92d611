package ask

import "time"

// Quiet are the hours in which nobody is asked, as minutes of the local day. From may be
// after To: over midnight. Equal ones are no quiet hours.
type Quiet struct{ From, To int }

// Over is the first time from at on that isn't quiet in a zone; nil counts as UTC. The
// answer is at itself outside the quiet hours. Where the clock is put on, an hour that
// doesn't exist ends when the clock shows the next.
func (q Quiet) Over(at time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	if !q.quiet(at.In(zone)) {
		return at
	}
	local := at.In(zone)
	for day := range 3 {
		end := time.Date(local.Year(), local.Month(), local.Day()+day, q.To/60, q.To%60, 0, 0, zone)
		for end.After(at) && q.quiet(end) { // put on or back just then
			end = end.Add(15 * time.Minute)
		}
		if end.After(at) {
			return end.In(at.Location())
		}
	}
	return at
}

// Is says whether a time is quiet in a zone.
func (q Quiet) Is(at time.Time, zone *time.Location) bool { return q.Over(at, zone).After(at) }

func (q Quiet) quiet(local time.Time) bool {
	m := local.Hour()*60 + local.Minute()
	switch {
	case q.From == q.To:
		return false
	case q.From < q.To:
		return m >= q.From && m < q.To
	}
	return m >= q.From || m < q.To
}
