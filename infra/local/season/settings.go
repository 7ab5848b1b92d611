package season

import (
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// What the desk promises its customers, as the judges know it: from the settings below,
// by hand, and by nothing that the desk itself reads them with.
const (
	day = 24 * time.Hour

	quietFrom = 21 // hours of the customer's day
	quietTo   = 9

	apart  = 3 * day // between any two askings of one customer
	most   = 4       // askings and reminders within window
	window = 30 * day

	changeable = day // how long an answer can be changed

	recoverWithin = 8 * time.Hour
	escalateAfter = 4 * time.Hour
)

// survey is what the judges know of one survey.
type survey struct {
	kind             string
	least, most, bad int
	cooldown         time.Duration
	expires          time.Duration
	remind           time.Duration // 0 = never
}

var surveys = map[string]survey{
	"csat":    {"csat", 1, 5, 2, 7 * day, 7 * day, 2 * day},
	"effort":  {"ces", 1, 7, 3, 14 * day, 7 * day, 2 * day},
	"closed":  {"csat", 1, 5, 2, 7 * day, 5 * day, 0},
	"nps":     {"nps", 0, 10, 6, 60 * day, 10 * day, 3 * day},
	"checkin": {"ces", 1, 7, 3, 30 * day, 7 * day, day},
}

// questionOf tells which survey, version and variant a question was of.
var questionOf = map[string]struct{ of, version, variant string }{
	"Were you satisfied?":        {"csat", "one", "a"},
	"Is it solved? How was it?":  {"csat", "one", "b"},
	"Are you satisfied now?":     {"csat", "two", "a"},
	"Was it easy?":               {"effort", "one", ""},
	"How did it end?":            {"closed", "one", ""},
	"Would you recommend us?":    {"nps", "one", "chat"},
	"Would you recommend us? m":  {"nps", "one", "mail"},
	"How easy is it these days?": {"checkin", "one", ""},
}

// zones are the customers': with half hours and quarters, on both sides of the date
// line, and with clocks put on in the north and back in the south within the season.
var zones = []string{
	"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Cairo",
}

const deskZone = "Europe/Berlin" // its clock is put on in the season's fifth week

// yaml are the desk's settings.
const yaml = `
desk: { name: Desk, language: en, time_zone: Europe/Berlin, team: support, public_url: "https://desk.example" }
teams:
  - { id: support, name: Support }
  - { id: sales, name: Sales }
  - { id: billing, name: Billing }
agents:
  - { id: li, name: Li, role: lead, teams: [support, sales, billing] }
  - { id: amy, name: Amy, teams: [support] }
  - { id: bo, name: Bo, teams: [support] }
  - { id: cy, name: Cy, teams: [sales] }
  - { id: di, name: Di, teams: [billing] }
accounts:
  wechat: [{ name: main, team: support, original_id: gh_0123456789ab, app_id: wx0123456789abcdef }]
  email: [{ name: support, team: support, address: help@desk.example }]
  sms: [{ name: main, team: billing, account_sid: AC00000000000000000000000000000000, number: "+15005550006" }]
  generic: [{ name: main, team: support, callback_url: "https://app.example/replies" }]
forms:
  - id: contact
    title: Contact
    team: sales
    limit_per_hour: 100
    fields:
      - { name: email, label: Mail, type: email, role: mail, required: true }
      - { name: message, label: Message, type: textarea, role: message, required: true }
tickets: { reopen_within: 7d, close_after: 7d, fallback: true }
asking: { cooldown: 3d, most: 4, within: 30d, quiet: { from: "21:00", to: "09:00" }, spare_tags: [supplier] }
recoveries: { within: 8h, escalate_after: 4h, owner: assignee }
surveys:
  - { id: effort, kind: ces, when: resolved, for: { channels: [webform] }, delay: 30m, remind_after: 2d, expires: 7d, cooldown: 14d, question: "Was it easy?", thanks: Thanks }
  - id: csat
    kind: csat
    when: resolved
    delay: 1h
    remind_after: 2d
    expires: 7d
    cooldown: 7d
    sample: 90
    question: "Were you satisfied?"
    thanks: Thanks
    variants:
      - { id: a, share: 2 }
      - { id: b, share: 1, delay: 6h, question: "Is it solved? How was it?" }
  - { id: closed, kind: csat, when: closed, delay: 2h, expires: 5d, cooldown: 7d, question: "How did it end?", thanks: Thanks }
  - id: nps
    kind: nps
    when: schedule
    schedule: "0 10 3,17 * *"
    for: { tiers: [gold, vip], last_contact: 60d }
    remind_after: 3d
    expires: 10d
    cooldown: 60d
    question: "Would you recommend us?"
    thanks: Thanks
    variants:
      - { id: chat, share: 1 }
      - { id: mail, share: 1, channel: email, question: "Would you recommend us? m" }
  - { id: checkin, kind: ces, when: request, remind_after: 1d, expires: 7d, cooldown: 30d, question: "How easy is it these days?", thanks: Thanks }
`

// changed is the settings' second version, in force from the middle of the season: one
// question is put in other words.
func changed(s config.Settings) *config.Settings {
	s.Version = 2
	s.Surveys = append([]config.Survey(nil), s.Surveys...)
	for i := range s.Surveys {
		if s.Surveys[i].ID == "csat" {
			s.Surveys[i].Question = config.Text{"en": "Are you satisfied now?", "zh-CN": "Are you satisfied now?"}
		}
	}
	return &s
}

// ended are the settings after the season: no calendar asks any more.
func ended(s config.Settings) *config.Settings {
	s.Version = 3
	s.Surveys = append([]config.Survey(nil), s.Surveys...)
	for i := range s.Surveys {
		if s.Surveys[i].When == desk.WhenSchedule {
			s.Surveys[i].When, s.Surveys[i].Schedule = desk.WhenAsked, ""
		}
	}
	return &s
}
