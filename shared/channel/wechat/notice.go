package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// The kinds of notice, by which a customer hears of an answer that waits for them: a
// template message ("发送模板消息") needs a follower and a template the account was given;
// a subscribe message ("发送订阅通知") needs the customer's consent to it.
const (
	NoticeTemplate  = "template"
	NoticeSubscribe = "subscribe"
)

// Page gives the address at which a customer reads what a notice tells of.
type Page func(channel.Outgoing) string

// notices are the account's settings of both kinds; absent: there is none.
type notices struct {
	Template  *template `json:"template"`
	Subscribe *template `json:"subscribe_template"`
}

// template is one approved by Tencent: its id, and each field's text, with variables.
type template struct {
	ID   string            `json:"id"`
	Data map[string]string `json:"data"`
}

func readNotices(own json.RawMessage) notices {
	var n notices
	if json.Unmarshal(own, &n) != nil || n.check() != nil {
		return notices{} // New tells what is wrong with the settings
	}
	return n
}

func (n notices) check() error {
	for name, t := range map[string]*template{"template": n.Template, "subscribe_template": n.Subscribe} {
		if err := t.check(); err != nil {
			return fmt.Errorf("wechat: %s: %w", name, err)
		}
	}
	return nil
}

var (
	fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*[0-9]*$`)
	variable  = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)
)

// variables are what a field's text may hold; each gives its value of a message.
var variables = map[string]func(channel.Outgoing) string{
	"ticket.number":  func(m channel.Outgoing) string { return m.Ticket.Number() },
	"ticket.subject": func(m channel.Outgoing) string { return m.Subject },
	"customer.name":  func(m channel.Outgoing) string { return m.Name },
	"answer":         func(m channel.Outgoing) string { return m.Text },
	"time":           func(channel.Outgoing) string { return "" }, // the client's clock gives it
}

func (t *template) check() error {
	switch {
	case t == nil:
		return nil
	case t.ID == "":
		return errors.New("id is missing")
	case len(t.Data) == 0:
		return errors.New("data is missing: want a text for each of the template's fields")
	}
	for field, text := range t.Data {
		if !fieldName.MatchString(field) {
			return fmt.Errorf("data: %q is no name of a field, such as thing1", field)
		}
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("data: %s: is empty, which Tencent refuses (47003)", field)
		}
		for _, v := range variable.FindAllStringSubmatch(text, -1) {
			if variables[v[1]] == nil {
				return fmt.Errorf("data: %s: there is no {{%s}}: want ticket.number, ticket.subject, customer.name, answer or time", field, v[1])
			}
		}
	}
	return nil
}

// Notices gives the kinds that the account has.
func (c *client) Notices() []string {
	if c.page == nil {
		return nil
	}
	return c.notices.kinds()
}

// Notices gives the kinds that an account with such settings has, for those who ask before
// anything is sent.
func Notices(own json.RawMessage) []string { return readNotices(own).kinds() }

// kinds has a template message first, since it needs no consent.
func (n notices) kinds() []string {
	var out []string
	if n.Template != nil {
		out = append(out, NoticeTemplate)
	}
	if n.Subscribe != nil {
		out = append(out, NoticeSubscribe)
	}
	return out
}

type outNotice struct {
	To       string              `json:"touser"`
	Template string              `json:"template_id"`
	URL      string              `json:"url,omitempty"`           // template message
	Page     string              `json:"page,omitempty"`          // subscribe message
	Once     string              `json:"client_msg_id,omitempty"` // template message: Tencent drops a repeat within ten minutes
	Data     map[string]outValue `json:"data"`
}

type outValue struct {
	Value string `json:"value"`
}

// notice makes the call of a message's notice: the API's path and body.
func (c *client) notice(m channel.Outgoing) (string, any, *channel.Outcome) {
	t, path := c.notices.Template, "message/template/send"
	if m.Notice == NoticeSubscribe {
		t, path = c.notices.Subscribe, "message/subscribe/bizsend"
	}
	var o channel.Outcome
	switch {
	case t == nil || c.page == nil:
		o = refuse("the account has no such template any more")
		return "", nil, &o
	case m.To.ID == "":
		o = channel.Outcome{Kind: channel.OutcomeBadRecipient, Reason: "no OpenID"}
		return "", nil, &o
	}
	out := outNotice{To: m.To.ID, Template: t.ID, Data: map[string]outValue{}}
	if m.Notice == NoticeSubscribe {
		out.Page = c.page(m)
	} else {
		sum := sha256.Sum256([]byte(m.ID))
		out.URL, out.Once = c.page(m), hex.EncodeToString(sum[:16])
	}
	for field, text := range t.Data {
		out.Data[field] = outValue{fit(field, c.fill(text, m))}
	}
	return path, out, nil
}

// fill puts a message's values into a field's text, in one go: braces in what a customer
// wrote stay what they are. Times are China's, as all of WeChat's.
func (c *client) fill(text string, m channel.Outgoing) string {
	return variable.ReplaceAllStringFunc(text, func(s string) string {
		name := variable.FindStringSubmatch(s)[1]
		if name == "time" {
			return c.now().In(chinaTime).Format("2006-01-02 15:04")
		}
		return strings.Join(strings.Fields(plain(variables[name](m))), " ")
	})
}

// most is how many characters a field takes, by the type that its name begins with
// ("发送订阅通知", 参数值限制). A longer or an empty value would have the notice refused (47003).
var most = map[string]int{
	"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phrase": 5, "name": 10, "phone_number": 17, "car_number": 8, "const": 20,
}

func fit(field, value string) string {
	runes := []rune(strings.TrimSpace(value))
	n := most[strings.TrimRight(field, "0123456789")]
	switch {
	case len(runes) == 0:
		return "—"
	case n > 0 && len(runes) > n:
		return string(runes[:n-1]) + "…"
	case n == 0 && len(runes) > 100:
		return string(runes[:99]) + "…"
	}
	return string(runes)
}
