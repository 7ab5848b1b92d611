package notify

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// later is when an agent may be written to whom only their quiet hours keep a mail from;
// zero where that isn't so.
func (r Rules) later(k Kind, now time.Time) time.Time {
	if !slices.Contains(r.Mail, k) || slices.Contains(r.Urgent, k) || !r.quiet(now) {
		return time.Time{}
	}
	return r.QuietEnd(now)
}

// QuietEnd is the first time from now on that is in no quiet hours, to the minute: now
// where it is in none; zero where they never end.
func (r Rules) QuietEnd(now time.Time) time.Time {
	if !r.quiet(now) {
		return now
	}
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := now
	for range 2*len(r.Quiet) + 2 { // more ends than that lie in no two days
		local := at.In(zone)
		minute := local.Hour()*60 + local.Minute()
		i := slices.IndexFunc(r.Quiet, func(q Quiet) bool { return q.Covers(minute) })
		if i < 0 {
			return at
		}
		at = r.Quiet[i].next(local)
	}
	return time.Time{}
}

// next is when quiet hours end that cover a time: today, else tomorrow. An hour that is
// not there, when clocks are put forward, ends when they have been.
func (q Quiet) next(local time.Time) time.Time {
	y, m, d := local.Date()
	end := time.Date(y, m, d, 0, q.To, 0, 0, local.Location())
	if !end.After(local) && q.To <= local.Hour()*60+local.Minute() {
		end = time.Date(y, m, d+1, 0, q.To, 0, 0, local.Location())
	}
	for !end.After(local) {
		end = end.Add(time.Hour)
	}
	return end
}

// Settled says that what somebody of the desk's people was to be told later matters no
// more: it isn't so any longer, it concerns others now, or the customer was answered. That
// a follow-up has another owner since is not seen.
func Settled(n desk.Notice, t desk.Ticket, p Person, people []Person) bool {
	h := Happening{ID: n.ID, Kind: Kind(n.Kind), At: n.At, Ticket: n.Ticket, To: n.Agent, What: n.What}
	if h.Kind == Recovery {
		h.To = n.What.Args["owner"]
	}
	return stale(h, t) || !concerns(h, t, p, heads(people, t.Team)) || h.Kind == Reply && t.WaitingSince.IsZero()
}
