package relayfn

import (
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// notices makes a job of each thing that people of the desk should know. Where the batch
// has the ticket as well, as it mostly does, what would be told to nobody costs no job.
func (j *jobs) notices(s *config.Settings, changes []desk.Change, rules tell.Rules) {
	heads := map[desk.TicketID]desk.Ticket{}
	for _, c := range changes {
		if c.Ticket != nil {
			heads[c.Ticket.ID] = *c.Ticket
		}
	}
	var people []notify.Person
	for _, c := range changes {
		for _, h := range notify.Happened(c, rules) {
			if people == nil {
				people = s.People()
			}
			if t, ok := heads[h.Ticket]; !ok || len(notify.Notices(h, t, people, s.Robots(), h.At)) > 0 {
				j.add(work.JobNotice, h)
			}
		}
	}
}

// switchedOff tells admins of a subscription that gave up.
func (j *jobs) switchedOff(c table.Change) {
	if s, ok := store.HookSwitchedOff(c); ok {
		if h, ok := notify.OffByItself(s); ok {
			j.add(work.JobNotice, h)
		}
	}
}
