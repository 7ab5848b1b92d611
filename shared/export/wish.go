package export

import (
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// Wish is what somebody asks for, as a form or a body has it.
type Wish struct {
	Kind     desk.ExportKind
	From, To string // 2006-01-02 in the desk's zone, both included
	Team     string
	Status   desk.Status
	Lang     string
}

// New makes an export of a wish, for jobs to make once it is put; or says which field is
// wrong. What a key of the API asks for twice in one millisecond is one.
func (w Wish) New(s *config.Settings, who allow.Principal, at time.Time) (desk.Export, error) {
	zone := s.Desk.Location()
	from, err := time.ParseInLocation(time.DateOnly, w.From, zone)
	if err != nil {
		return desk.Export{}, desk.FieldError("from", "must be written like 2006-01-02")
	}
	to, err := time.ParseInLocation(time.DateOnly, w.To, zone)
	if err != nil {
		return desk.Export{}, desk.FieldError("to", "must be written like 2006-01-02")
	}
	e := desk.Export{
		ID: string(desk.NewMessageID(at, "export", who.Actor.ID, string(w.Kind), w.From, w.To, w.Team, string(w.Status))), Kind: w.Kind,
		From: from, To: to.AddDate(0, 0, 1), Team: w.Team, Status: w.Status, Lang: w.Lang,
		By: who.Actor, Role: string(who.Role), Teams: who.Teams, At: at, V: s.Version, State: desk.ExportWaiting,
	}
	if e.Team != "" && !who.Team(e.Team) {
		return e, desk.FieldError("team", "is none of yours")
	}
	return e, Check(s, e)
}
