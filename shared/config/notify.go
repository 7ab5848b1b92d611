package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/policy/notify"
)

// Notify is how people of the desk are told beside the console and by mail.
type Notify struct {
	Robots []Robot `json:"robots,omitempty" yaml:"robots"`
}

// RobotKind says whose robot it is, and so how it is called.
type RobotKind string

// The kinds of robot.
const (
	WeCom    RobotKind = "wecom"
	DingTalk RobotKind = "dingtalk"
	Feishu   RobotKind = "feishu"
	Slack    RobotKind = "slack"
)

// RobotTypes lists all of them.
var RobotTypes = []RobotKind{WeCom, DingTalk, Feishu, Slack}

// Robot is a group chat's robot. Its address is a secret, for whoever has it can write to
// the group: RobotSecret(name, RobotURL); what DingTalk and Feishu sign with is RobotKey.
type Robot struct {
	Name  string        `json:"name" yaml:"name"`
	Kind  RobotKind     `json:"kind" yaml:"kind"`
	Teams []string      `json:"teams,omitempty" yaml:"teams"` // none: all
	Kinds []notify.Kind `json:"kinds,omitempty" yaml:"kinds"` // none: notify.RobotDefault
	// Subject says whether the group reads tickets' subjects; default true. Nothing else
	// that a customer wrote ever goes there.
	Subject  *bool `json:"subject,omitempty" yaml:"subject"`
	Disabled bool  `json:"disabled,omitempty" yaml:"disabled"`
}

// Fields of a robot's secrets.
const (
	RobotURL = "url"
	RobotKey = "secret"
)

// RobotSecret names a secret of a robot.
func RobotSecret(name, field string) string { return "robot/" + name + "/" + field }

// ShowsSubject says whether the group reads tickets' subjects.
func (r Robot) ShowsSubject() bool { return r.Subject == nil || *r.Subject }

// robotHook is before a robot's name among subscriptions, where none may have a colon.
const robotHook = "robot:"

// Hook is the robot's name among the subscriptions, as its deliveries are kept under.
func (r Robot) Hook() string { return robotHook + r.Name }

// Robot finds a robot by its name among the subscriptions.
func (s *Settings) Robot(hook string) (Robot, bool) {
	for _, r := range s.Notify.Robots {
		if r.Hook() == hook {
			return r, true
		}
	}
	return Robot{}, false
}

// Subscriptions lists webhooks and robots: all that deliveries go to.
func (s *Settings) Subscriptions() []Webhook {
	out := slices.Clone(s.Webhooks)
	for _, r := range s.Notify.Robots {
		out = append(out, r.subscription())
	}
	return out
}

// subscription is a robot as a webhook of notices. It has no address: that is a secret.
func (r Robot) subscription() Webhook {
	w := Webhook{Name: r.Hook(), Teams: r.Teams, Disabled: r.Disabled}
	for _, k := range r.Told() {
		w.Events = append(w.Events, string(k.Event()))
	}
	return w
}

// Told are the kinds of notice that the group is told.
func (r Robot) Told() []notify.Kind {
	if len(r.Kinds) == 0 {
		return notify.RobotDefault
	}
	return r.Kinds
}

// AgentNotify is what one agent is told, and when.
type AgentNotify struct {
	Mail   []notify.Kind `json:"mail,omitempty" yaml:"mail"`   // told by mail as well as in the console
	Muted  []notify.Kind `json:"muted,omitempty" yaml:"muted"` // not told at all
	Quiet  []string      `json:"quiet,omitempty" yaml:"quiet"` // no mail then, such as 22:00-08:00
	Urgent []notify.Kind `json:"urgent,omitempty" yaml:"urgent"`
	// TimeZone is that of Quiet; the desk's where empty.
	TimeZone string `json:"time_zone,omitempty" yaml:"time_zone"`
}

// People gives all agents with what they want to be told.
func (s *Settings) People() []notify.Person {
	out := make([]notify.Person, len(s.Agents))
	for i, a := range s.Agents {
		n := a.Notify
		rules := notify.Rules{Mail: n.Mail, Muted: n.Muted, Urgent: n.Urgent, Zone: s.Desk.Location()}
		if loc, err := time.LoadLocation(n.TimeZone); n.TimeZone != "" && err == nil {
			rules.Zone = loc
		}
		for _, text := range n.Quiet {
			if q, err := notify.ParseQuiet(text); err == nil { // Check has made sure of it
				rules.Quiet = append(rules.Quiet, q)
			}
		}
		if a.Mail == "" {
			rules.Mail = nil
		}
		out[i] = notify.Person{ID: a.ID, Role: a.Role, Teams: a.Teams, Rules: rules}
	}
	return out
}

// Robots gives the robots that are on, by their names among the subscriptions.
func (s *Settings) Robots() []notify.Robot {
	var out []notify.Robot
	for _, r := range s.Notify.Robots {
		if !r.Disabled {
			out = append(out, notify.Robot{Name: r.Hook(), Teams: r.Teams, Kinds: r.Kinds})
		}
	}
	return out
}

const maxRobots = 20

func (c *checker) notify(n Notify) {
	seen := map[string]bool{}
	for i, r := range n.Robots {
		path := itemPath("notify.robots", i)
		c.id(path+".name", r.Name, seen)
		if !slices.Contains(RobotTypes, r.Kind) {
			c.at(path+".kind", "should be wecom, dingtalk, feishu or slack")
		}
		for j, t := range r.Teams {
			c.knownTeam(itemPath(path+".teams", j), t)
		}
		c.noticeKinds(path+".kinds", r.Kinds)
	}
	if len(n.Robots) > maxRobots {
		c.at("notify.robots", "there may be at most %d", maxRobots)
	}
}

func (c *checker) noticeKinds(path string, kinds []notify.Kind) {
	for i, k := range kinds {
		if !slices.Contains(notify.Kinds, k) {
			c.at(itemPath(path, i), "there is no notice %q; there are %s", k, noticeNames())
		}
	}
}

func (c *checker) agentNotify(path string, a Agent) {
	n := a.Notify
	c.noticeKinds(path+".mail", n.Mail)
	c.noticeKinds(path+".muted", n.Muted)
	c.noticeKinds(path+".urgent", n.Urgent)
	for i, q := range n.Quiet {
		if _, err := notify.ParseQuiet(q); err != nil {
			c.at(itemPath(path+".quiet", i), "%v", err)
		}
	}
	if n.TimeZone != "" {
		c.zone(path+".time_zone", n.TimeZone)
	}
	if len(n.Mail) > 0 && a.Mail == "" {
		c.at(path+".mail", "%s has no mail address to be told at", a.ID)
	}
	for i, k := range n.Mail {
		if slices.Contains(n.Muted, k) {
			c.warn(itemPath(path+".mail", i), "is muted as well, and so never told")
		}
	}
}

func noticeNames() string {
	names := make([]string, len(notify.Kinds))
	for i, k := range notify.Kinds {
		names[i] = fmt.Sprint(k)
	}
	return strings.Join(names, ", ")
}
