package jobsfn

import (
	"cmp"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/journal"
)

// names are the desk's names of agents and teams in a language, and its times of day. Who
// is not in the settings is called by their id.
func names(s *config.Settings, lang string) journal.Names {
	return journal.Names{
		Agent: func(id string) string {
			if a, ok := s.Agent(id); ok {
				return a.Name
			}
			return id
		},
		Team: func(id string) string { return cmp.Or(s.TeamName(id, lang), id) },
		Time: func(at time.Time) string { return at.In(s.Desk.Location()).Format("2006-01-02 15:04") },
	}
}
