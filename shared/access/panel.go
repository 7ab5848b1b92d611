package access

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// PanelLife is how long a token of the look-up panel holds: long enough to load the page.
const PanelLife = 5 * time.Minute

// PanelView is what the company's order system is told of whom an agent looks at.
type PanelView struct {
	Issuer   string // the desk's public URL
	Audience string // the panel's origin
	Customer string
	Agent    string // id
	Language string // the agent's: zh-CN or en
	Ticket   string // number; "" = the customer's page
	// What the customer wrote from, and what they only named themselves. Empty for agents
	// who are not shown contacts: the token passes through their browser.
	Mails, Phones  []string
	OpenIDs        []string // WeChat's, as account/openid
	NamedMail      string
	NamedPhone     string
	CustomerFields map[string]string
}

// PanelToken signs a view as a JWT (RFC 7519) with HS256 (RFC 7518 section 3.2).
func PanelToken(secret string, v PanelView, now time.Time) (string, error) {
	claims := jwt.MapClaims{
		"iss": v.Issuer, "aud": v.Audience, "sub": v.Customer, "iat": now.Unix(), "exp": now.Add(PanelLife).Unix(),
		"agent": v.Agent, "locale": v.Language,
	}
	for name, list := range map[string][]string{"emails": v.Mails, "phones": v.Phones, "wechat": v.OpenIDs} {
		if len(list) > 0 {
			claims[name] = list
		}
	}
	for name, s := range map[string]string{"ticket": v.Ticket, "claimed_email": v.NamedMail, "claimed_phone": v.NamedPhone} {
		if s != "" {
			claims[name] = s
		}
	}
	if len(v.CustomerFields) > 0 {
		claims["fields"] = v.CustomerFields
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
}
