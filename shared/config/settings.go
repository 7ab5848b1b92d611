// Package config is what an operator decides: the settings of desk.yaml and the
// secrets. Both are checked whole before anything starts, and all faults are told at
// once, each with its line or name.
package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/policy/tier"
)

// Settings is desk.yaml, checked. As JSON it is the snapshot that functions read.
type Settings struct {
	Version  int64     `json:"version" yaml:"-"` // of the settings row; 0 before the first
	Desk     Desk      `json:"desk" yaml:"desk"`
	Teams    []Team    `json:"teams" yaml:"teams"`
	Agents   []Agent   `json:"agents" yaml:"agents"`
	Accounts []Account `json:"accounts" yaml:"-"` // yaml: accounts: {wechat: [...], email: [...], sms: [...]}
	Forms    []Form    `json:"forms" yaml:"forms"`
	Routing  Routing   `json:"routing,omitzero" yaml:"routing"`
	Tickets  Tickets   `json:"tickets" yaml:"tickets"`
	Webhooks []Webhook `json:"webhooks,omitempty" yaml:"webhooks"`
	Notify   Notify    `json:"notify,omitzero" yaml:"notify"`
	Senders  Senders   `json:"senders,omitzero" yaml:"senders"`

	Lifecycle Lifecycle `json:"lifecycle,omitzero" yaml:"lifecycle"`
	Asking    Asking    `json:"asking,omitzero" yaml:"asking"`
	Surveys   []Survey  `json:"surveys,omitempty" yaml:"surveys"`

	Recoveries Recoveries `json:"recoveries,omitzero" yaml:"recoveries"`
	Feedback   Feedback   `json:"feedback,omitzero" yaml:"feedback"`
	Care       []Care     `json:"care,omitempty" yaml:"care"`
	Access     Access     `json:"access,omitzero" yaml:"access"`
	Panel      Panel      `json:"panel,omitzero" yaml:"panel"`

	Help   []Article `json:"help,omitempty" yaml:"help"`
	Canned []Canned  `json:"canned,omitempty" yaml:"canned"`
	Macros []Macro   `json:"macros,omitempty" yaml:"macros"`

	CustomerFields []CustomerField `json:"customer_fields,omitempty" yaml:"customer_fields"`
	Tiers          []tier.Rule     `json:"tiers,omitempty" yaml:"tiers"` // in order: see package tier

	Calendars []Calendar `json:"calendars,omitempty" yaml:"calendars"`
	SLA       []SLA      `json:"sla,omitempty" yaml:"sla"`
}

// Desk is the desk itself.
type Desk struct {
	Name      Text   `json:"name" yaml:"name"`                 // as customers read it
	Language  string `json:"language" yaml:"language"`         // default for customers: zh-CN or en
	TimeZone  string `json:"time_zone" yaml:"time_zone"`       // IANA name; days of figures are counted in it
	PublicURL string `json:"public_url" yaml:"public_url"`     // base of what customers and providers call; no slash at the end
	Team      string `json:"team" yaml:"team"`                 // where tickets go that nothing else routes
	Country   string `json:"country,omitempty" yaml:"country"` // ISO 3166, of phone numbers written without one; "" = those aren't read
}

// Location is the desk's time zone; Check has made sure that it exists.
func (d Desk) Location() *time.Location {
	loc, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Text is one text in the languages it exists in, by language (zh-CN, en).
type Text map[string]string

// In gives the text in a language, or in any that exists.
func (t Text) In(lang string) string {
	for _, l := range []string{lang, "en", "zh-CN"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Team is a group of agents.
type Team struct {
	ID   string `json:"id" yaml:"id"`
	Name Text   `json:"name" yaml:"name"`
	// Assign is how its tickets find an agent: none (default; people take them),
	// round_robin or least_loaded.
	Assign assign.Strategy `json:"assign,omitempty" yaml:"assign"`
}

// Agent is a person who answers. Role is agent, lead or admin.
type Agent struct {
	ID    string   `json:"id" yaml:"id"`
	Name  string   `json:"name" yaml:"name"`
	Mail  string   `json:"mail,omitempty" yaml:"mail"`
	Role  string   `json:"role" yaml:"role"`
	Teams []string `json:"teams,omitempty" yaml:"teams"`
	// Skills and Languages rule which tickets are given to them; without languages, in
	// any. Capacity is how many places their active tickets may take before they are given
	// no more (default 10).
	Skills    []string `json:"skills,omitempty" yaml:"skills"`
	Languages []string `json:"languages,omitempty" yaml:"languages"`
	Capacity  int      `json:"capacity,omitempty" yaml:"capacity"`
	// Shift is the calendar of their working hours: at its end they go away by themselves.
	Shift string `json:"shift,omitempty" yaml:"shift"`

	Notify AgentNotify `json:"notify,omitzero" yaml:"notify"`
}

// Account is one account of a channel. What stands in it beside name and team is the
// channel's own and read by its folder.
type Account struct {
	Channel  desk.Channel    `json:"channel"`
	Name     string          `json:"name"`
	Team     string          `json:"team,omitempty"`
	Settings json.RawMessage `json:"settings"`
	Line     int             `json:"-"` // in desk.yaml
}

// Form is one web form.
type Form struct {
	ID        string      `json:"id" yaml:"id"`
	Title     Text        `json:"title" yaml:"title"`
	Intro     Text        `json:"intro,omitempty" yaml:"intro"`
	Team      string      `json:"team,omitempty" yaml:"team"`
	Type      desk.Type   `json:"type,omitempty" yaml:"type"`
	Feedback  bool        `json:"feedback,omitempty" yaml:"feedback"` // its submissions are feedback, too
	Fields    []FormField `json:"fields" yaml:"fields"`
	Origins   []string    `json:"origins,omitempty" yaml:"origins"`     // that may post by script: scheme://host[:port]
	Redirects []string    `json:"redirects,omitempty" yaml:"redirects"` // URL prefixes that _next may name
	Honeypot  string      `json:"honeypot,omitempty" yaml:"honeypot"`   // field that people never see; default _gotcha
	Captcha   Captcha     `json:"captcha,omitzero" yaml:"captcha"`      // none where its kind is empty

	// LimitPerHour is how many submissions of one sender open tickets within an hour;
	// those beyond it open as spam and are never dropped. Default 20, at most 100.
	LimitPerHour int `json:"limit_per_hour,omitempty" yaml:"limit_per_hour"`
}

// CaptchaKind names a provider of captchas.
type CaptchaKind string

// The kinds of captcha.
const (
	Turnstile   CaptchaKind = "turnstile"
	HCaptcha    CaptchaKind = "hcaptcha"
	ReCaptchaV2 CaptchaKind = "recaptcha_v2"
	ReCaptchaV3 CaptchaKind = "recaptcha_v3"
)

// Captcha is a form's check that a person fills it in. Its secret stands elsewhere:
// SecretName(desk.WebForm, form, CaptchaSecret).
type Captcha struct {
	Kind    CaptchaKind `json:"kind,omitempty" yaml:"kind"`
	SiteKey string      `json:"site_key,omitempty" yaml:"site_key"`
	// Hostnames are those of the pages that the form stands on. None: those of
	// desk.public_url and of the form's origins.
	Hostnames []string `json:"hostnames,omitempty" yaml:"hostnames"`
	// OnTimeout says what becomes of a submission that the provider gives no verdict
	// on: accept (default; the ticket is marked) or refuse.
	OnTimeout string `json:"on_timeout,omitempty" yaml:"on_timeout"`
	// MinScore is the least score of recaptcha_v3, from 0 to 1; default 0.5. Below it a
	// ticket opens as spam.
	MinScore float64 `json:"min_score,omitempty" yaml:"min_score"`
}

// CaptchaSecret is the field of a form's secret that its captcha is checked with.
const CaptchaSecret = "captcha_secret"

// OnTimeout's values.
const (
	CaptchaAccept = "accept"
	CaptchaRefuse = "refuse"
)

// FieldType rules what a field takes.
type FieldType string

// The types of field.
const (
	FieldText     FieldType = "text"     // one line
	FieldTextarea FieldType = "textarea" // several lines
	FieldMail     FieldType = "email"
	FieldPhone    FieldType = "phone"
	FieldChoice   FieldType = "choice"
	FieldFile     FieldType = "file"
)

// FormField is one field of a form.
type FormField struct {
	Name     string    `json:"name" yaml:"name"`
	Label    Text      `json:"label" yaml:"label"`
	Type     FieldType `json:"type" yaml:"type"`
	Required bool      `json:"required,omitempty" yaml:"required"`
	Max      int       `json:"max,omitempty" yaml:"max"` // characters; of a file: bytes
	Choices  []Choice  `json:"choices,omitempty" yaml:"choices"`
	Role     string    `json:"role,omitempty" yaml:"role"` // name, mail, phone, subject, message, kind, rating: what the desk takes it for
}

// Choice is one value of a choice field.
type Choice struct {
	Value string `json:"value" yaml:"value"`
	Label Text   `json:"label" yaml:"label"`
}

// Tickets rules the life of tickets.
type Tickets struct {
	ReopenWithin Duration   `json:"reopen_within" yaml:"reopen_within"`       // a reply after resolve reopens for so long, then opens a linked ticket
	CloseAfter   Duration   `json:"close_after" yaml:"close_after"`           // resolved tickets close
	UndoSend     Duration   `json:"undo_send" yaml:"undo_send"`               // replies wait so long before they go; 0 = at once
	Acknowledge  Text       `json:"acknowledge,omitempty" yaml:"acknowledge"` // automatic answer to a ticket's first message; empty = none
	OutOfHours   OutOfHours `json:"out_of_hours,omitzero" yaml:"out_of_hours"`
	Wait         Text       `json:"wait,omitempty" yaml:"wait"` // added to acknowledge where it is known how long answers take; with WaitVariable
	Pending      Pending    `json:"pending,omitzero" yaml:"pending"`
	// Fallback lets what the customer's channel takes no more go by mail, else by SMS,
	// where such an address of theirs is known. Default true.
	Fallback bool `json:"fallback" yaml:"fallback"`
}

// Duration is a length of time, written 90s, 15m, 2h or 3d.
type Duration time.Duration

// D gives the standard library's type.
func (d Duration) D() time.Duration { return time.Duration(d) }

// ParseDuration reads a length of time as desk.yaml writes it: what
// time.ParseDuration reads, or whole days as 3d. Negative ones are refused.
func ParseDuration(s string) (Duration, error) {
	text := strings.TrimSpace(s)
	var days int
	if n, err := fmt.Sscanf(text, "%dd", &days); err == nil && n == 1 && fmt.Sprint(days)+"d" == text && days >= 0 {
		return Duration(time.Duration(days) * 24 * time.Hour), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("not a length of time such as 90s, 15m, 2h or 3d")
	}
	return Duration(d), nil
}

// MarshalText writes the duration as desk.yaml does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText wrote, and days.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	*d = v
	return err
}

// Account finds an account by channel and name.
func (s *Settings) Account(c desk.Channel, name string) (Account, bool) {
	for _, a := range s.Accounts {
		if a.Channel == c && a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}

// Form finds a form by id.
func (s *Settings) Form(id string) (Form, bool) {
	for _, f := range s.Forms {
		if f.ID == id {
			return f, true
		}
	}
	return Form{}, false
}

// TeamName is what a team is called in a language; "" where the settings have no such team.
func (s *Settings) TeamName(id, lang string) string {
	for _, t := range s.Teams {
		if t.ID == id {
			return t.Name.In(lang)
		}
	}
	return ""
}

// Agent finds an agent by id.
func (s *Settings) Agent(id string) (Agent, bool) {
	for _, a := range s.Agents {
		if a.ID == id {
			return a, true
		}
	}
	return Agent{}, false
}
