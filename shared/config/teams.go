package config

import "slices"

// AllTeams are all that a ticket may have been routed to.
func (s *Settings) AllTeams() []string {
	var out []string
	for _, t := range s.Teams {
		out = append(out, t.ID)
	}
	if !slices.Contains(out, s.Desk.Team) {
		out = append(out, s.Desk.Team)
	}
	return out
}
