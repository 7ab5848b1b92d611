package config

import "time"

const (
	hour = Duration(time.Hour)
	day  = 24 * hour
)

// Defaults is what stands where desk.yaml says nothing:
//
//	desk.language         en
//	desk.time_zone        UTC
//	desk.team             the first team
//	agents[].role         agent
//	forms[].honeypot      _gotcha
//	forms[].type          inquiry
//	forms[].limit_per_hour  20
//	captcha.on_timeout    accept; captcha.min_score 0.5 (recaptcha_v3)
//	fields[].type         text
//	fields[].max          200 characters (text), 10000 (textarea), 254 (email), 32 (phone); 3 MB (file)
//	routing.scene_for     1d
//	tickets.reopen_within 7d
//	tickets.close_after   7d
//	tickets.undo_send     0s, replies go at once
//	tickets.fallback      true
//	csat.enabled          false
//	csat.delay            1h
//	csat.expires          7d
//	csat.cooldown         7d
//	csat.bad              2
//	csat.question, thanks a text in each language
func Defaults() *Settings {
	return &Settings{
		Desk:    Desk{Language: "en", TimeZone: "UTC"},
		Routing: Routing{SceneFor: day},
		Tickets: Tickets{ReopenWithin: 7 * day, CloseAfter: 7 * day, Fallback: true},
		CSAT: CSAT{
			Delay: hour, Expires: 7 * day, Cooldown: 7 * day, Bad: 2,
			Question: Text{"zh-CN": "这次的服务您满意吗？请从 1（很不满意）到 5（非常满意）打个分。", "en": "How did we do? Please rate from 1 (bad) to 5 (great)."},
			Thanks:   Text{"zh-CN": "谢谢您的评价！", "en": "Thank you for your answer!"},
		},
	}
}

// DefaultHoneypot is the field that no person sees and that robots fill.
const DefaultHoneypot = "_gotcha"

// MaxFile is the most bytes that one file of a form may have: what Lambda takes of a
// whole request in base64, less the other fields.
const MaxFile = 4 * 1024 * 1024

var defaultMax = map[FieldType]int{
	FieldText: 200, FieldTextarea: 10_000, FieldMail: 254, FieldPhone: 32, FieldChoice: 200, FieldFile: 3 * 1024 * 1024,
}

// fillIn sets the defaults of list elements and those that follow from other settings.
func (s *Settings) fillIn() {
	if s.Desk.Team == "" && len(s.Teams) > 0 {
		s.Desk.Team = s.Teams[0].ID
	}
	for i := range s.Agents {
		setDefault(&s.Agents[i].Role, "agent")
	}
	for i := range s.Forms {
		f := &s.Forms[i]
		setDefault(&f.Honeypot, DefaultHoneypot)
		setDefault(&f.Type, "inquiry")
		setDefault(&f.LimitPerHour, defaultLimit)
		f.Captcha.fillIn()
		for j := range f.Fields {
			setDefault(&f.Fields[j].Type, FieldText)
			setDefault(&f.Fields[j].Max, defaultMax[f.Fields[j].Type])
		}
	}
}

// defaultLimit of submissions per sender and hour: no person sends more.
const defaultLimit = 20

func (c *Captcha) fillIn() {
	if c.Kind != "" {
		setDefault(&c.OnTimeout, CaptchaAccept)
	}
	if c.Kind == ReCaptchaV3 {
		setDefault(&c.MinScore, 0.5)
	}
}

func setDefault[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}
