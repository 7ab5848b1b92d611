package config

import "strings"

// Access is who may sign in, and what agents are shown.
type Access struct {
	// Issuer is the OpenID provider that agents sign in with, and ClientID what the desk
	// is called there. Empty: what the stack was deployed with, if anything.
	Issuer   string `json:"issuer,omitempty" yaml:"issuer"`
	ClientID string `json:"client_id,omitempty" yaml:"client_id"`
	// Claim is the claim with the mail address by which agents[].mail is found; default
	// email. An address that the provider calls unverified finds nobody.
	Claim string `json:"claim,omitempty" yaml:"claim"`
	// Session is how long one sign-in to the console lasts; default 12h.
	Session Duration `json:"session,omitempty" yaml:"session"`
	// MaskContacts hides customers' mail addresses and numbers from agents; leads and
	// admins see them.
	MaskContacts bool `json:"mask_contacts,omitempty" yaml:"mask_contacts"`
	// RequestsPerMinute is what one caller of the API may ask; default 600.
	RequestsPerMinute int `json:"requests_per_minute,omitempty" yaml:"requests_per_minute"`
}

// DefaultRequests is what one caller may ask of the API in a minute: about what Zendesk
// lets a large plan do.
const DefaultRequests = 600

// PerMinute is RequestsPerMinute with its default, for settings of before it.
func (a Access) PerMinute() int {
	if a.RequestsPerMinute == 0 {
		return DefaultRequests
	}
	return a.RequestsPerMinute
}

// DefaultSession is how long a sign-in lasts: a working day.
const DefaultSession = 12 * hour

// AgentByMail finds an agent by their address, in any case. An empty one finds nobody.
func (s *Settings) AgentByMail(mail string) (Agent, bool) {
	for _, a := range s.Agents {
		if mail != "" && strings.EqualFold(a.Mail, mail) {
			return a, true
		}
	}
	return Agent{}, false
}
