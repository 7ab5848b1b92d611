package config

import (
	"encoding/json"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// Takes says what the account that an address is written to from does with files.
func (s *Settings) Takes(to desk.Address) takes.Account {
	a, _ := s.Account(to.Channel, to.Account)
	var own struct {
		MMS bool `json:"mms"`
	}
	if to.Channel != desk.SMS || json.Unmarshal(a.Settings, &own) != nil {
		return takes.Account{}
	}
	return takes.Account{MMS: own.MMS}
}
