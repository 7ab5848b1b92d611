package config

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/policy/assign"
)

const (
	hour = Duration(time.Hour)
	day  = 24 * hour
)

// Defaults is what stands where desk.yaml says nothing (zero that it says holds, or is
// refused):
//
//	desk.language         en
//	desk.time_zone        UTC
//	desk.team             the first team
//	agents[].role         agent
//	agents[].capacity     10
//	access.claim          email
//	access.session        12h
//	access.requests_per_minute  600
//	teams[].assign        none
//	forms[].honeypot      _gotcha
//	forms[].type          inquiry
//	forms[].limit_per_hour  20
//	captcha.on_timeout    accept; captcha.min_score 0.5 (recaptcha_v3)
//	fields[].type         text
//	fields[].max          200 characters (text), 10000 (textarea), 254 (email), 32 (phone); 3 MB (file)
//	routing.scene_for     1d
//	routing.on_leave      keep
//	routing.weights       1 for each channel
//	customer_fields[].type  text
//	tickets.reopen_within 7d
//	tickets.close_after   7d
//	tickets.undo_send     0s, replies go at once
//	tickets.fallback      true
//	asking.cooldown       7d
//	asking.most           4 within 90d
//	asking.quiet          none
//	asking.min_sample     100 answers; good_score 4
//	surveys[].variants[].share  1
//	recoveries.within     24h; owner assignee; escalate_after 0s
//	feedback.bad_rating   2 (of five); review_tickets bad; follow_up nothing
//	care[].cooldown       30d; at 10:00 (birthday); after 90d (win_back)
//	surveys[].kind        csat; when resolved; look faces (csat)
//	surveys[].delay       1h after a resolution or a close, else 0s
//	surveys[].expires     7d
//	surveys[].cooldown    7d
//	surveys[].remind_after  0s, no reminder
//	surveys[].sample      100
//	surveys[].bad         2 (csat), 6 (nps), 3 (ces)
//	surveys[].low, high   words for both ends
//	surveys[].for.last_contact  90d (when: schedule)
//	questions[].type      text; a scale goes from 1 to 5
func Defaults() *Settings {
	return &Settings{
		Desk:    Desk{Language: "en", TimeZone: "UTC"},
		Routing: Routing{SceneFor: day, OnLeave: LeaveKeep},
		Tickets: Tickets{ReopenWithin: 7 * day, CloseAfter: 7 * day, Fallback: true},
		Access:  Access{Claim: "email", Session: DefaultSession},
		Asking:  Asking{Cooldown: 7 * day, Most: 4, Within: 90 * day, MinSample: 100, GoodScore: 4},

		Recoveries: Recoveries{Within: day, Owner: OwnerAssignee},
		Feedback:   Feedback{BadRating: 2, ReviewTickets: ReviewsBad},
	}
}

// DefaultHoneypot is the field that no person sees and that robots fill.
const DefaultHoneypot = "_gotcha"

// MaxFile is the most bytes that one file of a form may have: what Lambda takes of a
// whole request in base64, less the other fields.
const MaxFile = 4 * 1024 * 1024

// MaxUpload is the most bytes of a file that a script lays straight into the blob
// store, past Lambda: what `tickets` holds in memory while it keeps it.
const MaxUpload = 25 * 1024 * 1024

var defaultMax = map[FieldType]int{
	FieldText: 200, FieldTextarea: 10_000, FieldMail: 254, FieldPhone: 32, FieldChoice: 200, FieldFile: 3 * 1024 * 1024,
}

// fillIn sets the defaults of list elements and those that follow from other settings.
func (s *Settings) fillIn(z zeros) {
	if s.Desk.Team == "" && len(s.Teams) > 0 {
		s.Desk.Team = s.Teams[0].ID
	}
	for i := range s.Agents {
		setDefault(&s.Agents[i].Role, "agent")
		z.number(fmt.Sprintf("agents[%d].capacity", i), &s.Agents[i].Capacity, DefaultCapacity)
	}
	for i := range s.Teams {
		setDefault(&s.Teams[i].Assign, assign.None)
	}
	s.Routing.Weights.fillIn(z)
	for i := range s.Forms {
		s.Forms[i].fillIn(z, fmt.Sprintf("forms[%d]", i))
	}
	for i := range s.Surveys {
		s.Surveys[i].fillIn(z, pathOf(i))
	}
	for i := range s.Care {
		s.Care[i].fillIn(z, fmt.Sprintf("care[%d]", i))
	}
}

// defaultLimit of submissions per sender and hour: no person sends more.
const defaultLimit = 20

func (f *Form) fillIn(z zeros, path string) {
	setDefault(&f.Honeypot, DefaultHoneypot)
	setDefault(&f.Type, "inquiry")
	z.number(path+".limit_per_hour", &f.LimitPerHour, defaultLimit)
	f.Captcha.fillIn(z, path+".captcha")
	for j := range f.Fields {
		setDefault(&f.Fields[j].Type, FieldText)
		z.number(fmt.Sprintf("%s.fields[%d].max", path, j), &f.Fields[j].Max, defaultMax[f.Fields[j].Type])
	}
}

func (w *Weights) fillIn(z zeros) {
	for name, n := range map[string]*int{"wechat": &w.WeChat, "email": &w.Email, "sms": &w.SMS, "webform": &w.WebForm, "generic": &w.Generic} {
		z.number("routing.weights."+name, n, 1)
	}
}

func (c *Captcha) fillIn(z zeros, path string) {
	if c.Kind != "" {
		setDefault(&c.OnTimeout, CaptchaAccept)
	}
	if c.Kind == ReCaptchaV3 && !z[path+".min_score"] {
		setDefault(&c.MinScore, 0.5)
	}
}

// zeros are the paths at which zero stands in the file. It is somebody's word, and no
// default takes its place: the checks say where it has no meaning.
type zeros map[string]bool

func (z zeros) number(path string, v *int, to int) {
	if !z[path] {
		setDefault(v, to)
	}
}

func (z zeros) time(path string, v *Duration, to Duration) {
	if !z[path] {
		setDefault(v, to)
	}
}

func setDefault[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}
