package config

import (
	"time"

	"github.com/deskhook/deskhook/shared/policy/route"
)

// Routing rules where tickets go when they open, and what they say at once.
type Routing struct {
	Rules []route.Rule `json:"rules,omitempty" yaml:"rules"` // in order: see package route
	// Acknowledgements are automatic answers that rules may choose by their id, in place
	// of tickets.acknowledge.
	Acknowledgements []Acknowledgement `json:"acknowledgements,omitempty" yaml:"acknowledgements"`
	// SceneFor is how long after scanning a QR code or tapping a menu a customer's new
	// ticket counts as come by it. Default 1d.
	SceneFor Duration `json:"scene_for,omitempty" yaml:"scene_for"`
}

// Acknowledgement is one automatic answer.
type Acknowledgement struct {
	ID   string `json:"id" yaml:"id"`
	Text Text   `json:"text" yaml:"text"`
}

// Acknowledgement gives the automatic answer of a rule that chose key: none, one of
// routing's, or tickets.acknowledge where no rule chose.
func (s *Settings) Acknowledgement(key string) Text {
	if key == "" {
		return s.Tickets.Acknowledge
	}
	for _, a := range s.Routing.Acknowledgements {
		if a.ID == key {
			return a.Text
		}
	}
	return nil
}

// InHours says whether a calendar is open at a time; a calendar that isn't there never
// is.
func (s *Settings) InHours(calendar string, at time.Time) bool { return false }

func (s *Settings) hasCalendar(string) bool { return false }
