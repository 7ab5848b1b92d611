package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	_ "time/tzdata" // Lambda's image has no zone files

	"github.com/deskhook/deskhook/shared/desk"
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// country is the form of a code; that there is such a country is not looked up, for the
// numbering plans would weigh on every function.
var country = regexp.MustCompile(`^[A-Z]{2}$`)

// checker is the settings under check: what one part refers to in another.
type checker struct {
	*decoder
	teams map[string]bool

	calendarIDs map[string]bool
}

func (d *decoder) check(s *Settings, channels []desk.Channel) {
	c := &checker{decoder: d, teams: map[string]bool{}}
	for i, t := range s.Teams {
		c.team(fmt.Sprintf("teams[%d]", i), t)
	}
	if len(s.Teams) == 0 {
		c.at("teams", "there is no team: tickets would go nowhere")
	}
	c.desk(s.Desk)
	c.calendars(s.Calendars)
	c.agents(s.Agents)
	c.access(s)
	c.panel(s.Panel, s.Desk.PublicURL)
	c.accountList(s.Accounts, channels)
	c.forms(s.Forms)
	c.customers(s)
	c.routing(s)
	c.ticketRules(s.Tickets)
	c.fallback(s)
	c.senders(s.Senders)
	c.lifecycle(s.Lifecycle)
	c.automation(s)
	c.slas(s)
	c.webhooks(s.Webhooks)
	c.notify(s.Notify)
	c.asking(s.Asking)
	c.surveys(s.Surveys)
	c.recoveries(s)
	c.feedback(s.Feedback)
	c.care(s)
	c.canned(s)
	c.texts(s)
	c.help(s.Help)
}

// id checks an id's form and that it is the first of its kind.
func (c *checker) id(path, id string, seen map[string]bool) {
	switch {
	case id == "":
		c.at(path, "is missing")
	case !idPattern.MatchString(id):
		c.at(path, "may have up to 32 of a-z, 0-9 and -, beginning with a letter")
	case seen[id]:
		c.at(path, "%q is taken already", id)
	}
	seen[id] = true
}

func (c *checker) team(path string, t Team) {
	c.id(path+".id", t.ID, c.teams)
	c.needText(path+".name", t.Name)
}

func (c *checker) knownTeam(path, team string) {
	if team != "" && !c.teams[team] {
		c.at(path, "there is no team %q", team)
	}
}

func (c *checker) needText(path string, t Text) {
	if t.In("") == "" {
		c.at(path, "is missing")
		return
	}
	for _, l := range Languages {
		if t[l] == "" {
			c.warn(path, "has no text in %s", l)
		}
	}
}

func (c *checker) desk(d Desk) {
	c.needText("desk.name", d.Name)
	if !isLanguage(d.Language) {
		c.at("desk.language", "should be %s", strings.Join(Languages, " or "))
	}
	c.zone("desk.time_zone", d.TimeZone)
	if d.Country != "" && !country.MatchString(d.Country) {
		c.at("desk.country", "should be two capital letters such as CN or DE (ISO 3166)")
	}
	c.publicURL(d.PublicURL)
	c.knownTeam("desk.team", d.Team)
}

func (c *checker) publicURL(s string) {
	if s == "" { // the place where it runs tells it
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		c.at("desk.public_url", "should be an address such as https://desk.example")
	case strings.HasSuffix(s, "/"):
		c.at("desk.public_url", "should have no slash at the end")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		c.at("desk.public_url", "should have neither query, fragment nor user")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		c.warn("desk.public_url", "is not encrypted; providers and browsers expect https")
	}
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

func (c *checker) agents(agents []Agent) {
	ids, mails := map[string]bool{}, map[string]bool{}
	for i, a := range agents {
		path := fmt.Sprintf("agents[%d]", i)
		c.id(path+".id", a.ID, ids)
		if a.ID == "none" {
			c.at(path+".id", "none means nobody: choose another")
		}
		if strings.TrimSpace(a.Name) == "" {
			c.at(path+".name", "is missing")
		}
		if !slices.Contains([]string{"agent", "lead", "admin"}, a.Role) {
			c.at(path+".role", "should be agent, lead or admin")
		}
		c.agentMail(path+".mail", strings.ToLower(a.Mail), mails)
		c.agentNotify(path+".notify", a)
		for j, t := range a.Teams {
			c.knownTeam(fmt.Sprintf("%s.teams[%d]", path, j), t)
		}
		if len(a.Teams) == 0 {
			c.warn(path, "%s is in no team", a.ID)
		}
	}
	if len(agents) == 0 {
		c.warn("agents", "there is no agent: nobody can answer")
	}
}

func (c *checker) agentMail(path, addr string, seen map[string]bool) {
	if addr == "" {
		return
	}
	if a, err := mail.ParseAddress(addr); err != nil || a.Address != addr {
		c.at(path, "should be a mail address alone")
	} else if seen[addr] {
		c.at(path, "is another agent's already")
	}
	seen[addr] = true
}

func (c *checker) accountList(list []Account, channels []desk.Channel) {
	seen := map[desk.Channel]map[string]bool{}
	count := map[desk.Channel]int{}
	for _, a := range list {
		path := fmt.Sprintf("accounts.%s[%d]", a.Channel, count[a.Channel])
		count[a.Channel]++
		if seen[a.Channel] == nil {
			seen[a.Channel] = map[string]bool{}
			if len(channels) > 0 && !slices.Contains(channels, a.Channel) {
				c.at("accounts."+string(a.Channel), "there is no such channel")
			}
		}
		c.id(path+".name", a.Name, seen[a.Channel])
		c.knownTeam(path+".team", a.Team)
	}
	for _, a := range c.accs {
		if slices.Contains(channels, a.channel) {
			c.ownKeys(a)
		}
	}
}

const maxUndo = 15 * time.Minute // SQS DelaySeconds: the nudge waits no longer

func (c *checker) ticketRules(t Tickets) {
	c.between("tickets.reopen_within", t.ReopenWithin, 0, 365*day)
	c.between("tickets.close_after", t.CloseAfter, hour, 365*day)
	c.between("tickets.undo_send", t.UndoSend, 0, Duration(maxUndo))
}

// fallback warns who asked for what the accounts can't do; the default asks for nothing.
func (c *checker) fallback(s *Settings) {
	_, written := c.lines["tickets.fallback"]
	other := func(a Account) bool { return a.Channel == desk.Email || a.Channel == desk.SMS }
	if written && s.Tickets.Fallback && !slices.ContainsFunc(s.Accounts, other) {
		c.warn("tickets.fallback", "there is neither a mailbox nor a number to fall back to")
	}
}

func (c *checker) between(path string, v, least, most Duration) {
	if v < least || v > most {
		c.at(path, "should be from %s to %s", words(least), words(most))
	}
}

// words writes one of the bounds, which are whole days, hours or minutes.
func words(d Duration) string {
	switch {
	case d == 0:
		return "0s"
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%hour == 0:
		return fmt.Sprintf("%dh", d/hour)
	}
	return fmt.Sprintf("%dm", d/Duration(time.Minute))
}
