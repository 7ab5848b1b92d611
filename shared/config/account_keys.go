package config

import (
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"go.yaml.in/yaml/v3"
)

// What may stand in an account, by channel. A channel reads its settings itself; here they
// stand again for the checks alone, so that whoever checks settings links no channel. That
// both say the same a test of shared/channel/builtin looks after.
type (
	wechatKeys struct {
		Name          string `yaml:"name"`
		Team          string `yaml:"team"`
		AppID         string `yaml:"app_id"`
		OriginalID    string `yaml:"original_id"`
		Mode          string `yaml:"mode"`
		MaxAge        int    `yaml:"max_age"`
		Shadow        bool   `yaml:"shadow"`
		OnUnsubscribe string `yaml:"on_unsubscribe"`
		UnionID       bool   `yaml:"unionid"`
		Welcome       Text   `yaml:"welcome"`

		Template  *templateKeys `yaml:"template"`
		Subscribe *templateKeys `yaml:"subscribe_template"`
	}
	templateKeys struct {
		ID   string `yaml:"id"`
		Data any    `yaml:"data"`
	}
	emailKeys struct {
		Name     string   `yaml:"name"`
		Team     string   `yaml:"team"`
		Address  string   `yaml:"address"`
		FromName string   `yaml:"from_name"`
		TopicArn string   `yaml:"topic_arn"`
		Own      []string `yaml:"own"`
	}
	smsKeys struct {
		Name       string `yaml:"name"`
		Team       string `yaml:"team"`
		AccountSID string `yaml:"account_sid"`
		Number     string `yaml:"number"`
		Service    string `yaml:"messaging_service_sid"`
		URL        string `yaml:"url"`
		Shadow     bool   `yaml:"shadow"`
		MMS        bool   `yaml:"mms"`
	}
	genericKeys struct {
		Name          string `yaml:"name"`
		Team          string `yaml:"team"`
		CallbackURL   string `yaml:"callback_url"`
		AllowLoopback bool   `yaml:"allow_loopback"`
		Shadow        bool   `yaml:"shadow"`
	}
)

// keysOf makes what the settings of a channel's account are decoded to; nil: they are not
// checked here.
func keysOf(ch desk.Channel) any {
	switch ch {
	case desk.WeChat:
		return &wechatKeys{}
	case desk.Email:
		return &emailKeys{}
	case desk.SMS:
		return &smsKeys{}
	case desk.Generic:
		return &genericKeys{}
	}
	return nil
}

// AccountKeys lists what may stand in an account of a channel besides name and team.
func AccountKeys(ch desk.Channel) []string {
	keys := keysOf(ch)
	if keys == nil {
		return nil
	}
	var out []string
	t := reflect.TypeOf(keys).Elem()
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "name" && key != "team" {
			out = append(out, key)
		}
	}
	return out
}

// writtenAccount is an account as it stands in the file.
type writtenAccount struct {
	channel desk.Channel
	path    string
	node    *yaml.Node
}

// ownKeys checks what an account holds besides name and team.
func (c *checker) ownKeys(a writtenAccount) {
	keys := keysOf(a.channel)
	if keys == nil || a.node.Kind != yaml.MappingNode {
		return
	}
	known := len(c.faults)
	v := reflect.ValueOf(keys).Elem()
	c.structure(withoutSecrets(a.node), a.path, v)
	c.quoted(a, v)
	if len(c.faults) > known {
		return // what is missing may be what was misspelt
	}
	switch k := keys.(type) {
	case *wechatKeys:
		c.wechatKeys(a.path, k)
	case *emailKeys:
		c.emailKeys(a.path, k)
	case *smsKeys:
		c.smsKeys(a.path, k)
	case *genericKeys:
		c.callback(a.path+".callback_url", k.CallbackURL, k.AllowLoopback)
	}
}

// withoutSecrets leaves out what has been told of already.
func withoutSecrets(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !secretNames[n.Content[i].Value] {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}

// quoted: what a channel reads as text must not be a number or a truth to YAML.
func (c *checker) quoted(a writtenAccount, v reflect.Value) {
	texts := map[string]bool{}
	for i := range v.NumField() {
		texts[v.Type().Field(i).Tag.Get("yaml")] = v.Field(i).Kind() == reflect.String
	}
	for i := 0; i+1 < len(a.node.Content); i += 2 {
		key, val := a.node.Content[i].Value, a.node.Content[i+1]
		if key == "welcome" && val.Kind == yaml.ScalarNode && val.Tag != "!!null" {
			c.at(join(a.path, key), "should be keys and values: { %s }", strings.Join(Languages, ", "))
		}
		if !texts[key] || key == "name" || key == "team" || val.Kind != yaml.ScalarNode {
			continue
		}
		if _, text := plainScalar(val).(string); !text && val.Tag != "!!null" {
			c.at(join(a.path, key), "is a number or a truth to YAML: put it in quotes, \"%s\"", val.Value)
		}
	}
}

func (c *checker) wechatKeys(path string, k *wechatKeys) {
	if !slices.Contains([]string{"", "plain", "safe", "compatible"}, k.Mode) {
		c.at(path+".mode", "should be safe, compatible or plain")
	}
	if k.AppID == "" && k.Mode != "plain" {
		c.at(path+".app_id", "is missing")
	}
	if !slices.Contains([]string{"", "erase", "keep"}, k.OnUnsubscribe) {
		c.at(path+".on_unsubscribe", "should be erase or keep")
	}
	if k.MaxAge < 0 {
		c.at(path+".max_age", "should be seconds, or 0 for no limit")
	}
	if n := len(k.Welcome["zh-CN"]) + len(k.Welcome["en"]) + 2; n > maxWelcome {
		c.at(path+".welcome", "has %d bytes in all languages, at most %d go out", n, maxWelcome)
	}
	c.variables(path+".welcome", k.Welcome, nil)
	c.template(path+".template", k.Template)
	c.template(path+".subscribe_template", k.Subscribe)
}

// maxWelcome is what WeChat takes of one text, in bytes.
const maxWelcome = 2048

var (
	templateField = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*[0-9]*$`)
	templateWords = []string{"ticket.number", "ticket.subject", "customer.name", "answer", "time"}
)

func (c *checker) template(path string, t *templateKeys) {
	if t == nil {
		return
	}
	if t.ID == "" {
		c.at(path+".id", "is missing")
	}
	data, _ := t.Data.(map[string]any)
	if len(data) == 0 {
		c.at(path+".data", "is missing: write a text for each of the template's fields")
	}
	for field, v := range data {
		at := join(path+".data", field)
		text, ok := v.(string)
		switch {
		case !templateField.MatchString(field):
			c.at(at, "should be the name of a field, such as thing1")
		case !ok || strings.TrimSpace(text) == "":
			c.at(at, "should be one text, and not empty: Tencent refuses that (47003)")
		default:
			c.variables(at, Text{"en": text}, templateWords)
		}
	}
}

func (c *checker) emailKeys(path string, k *emailKeys) {
	at := strings.ToLower(strings.TrimSpace(k.Address))
	if a, err := mail.ParseAddress(at); err != nil || a.Address != at {
		c.at(path+".address", "should be one mail address, such as help@example.com")
	}
	if k.TopicArn != "" && !strings.HasPrefix(k.TopicArn, "arn:aws") {
		c.at(path+".topic_arn", "should be an SNS topic's ARN, or be left out")
	}
}

var (
	twilioAccount = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	twilioService = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	e164          = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

func (c *checker) smsKeys(path string, k *smsKeys) {
	if !twilioAccount.MatchString(k.AccountSID) {
		c.at(path+".account_sid", "should be AC and 32 hex digits, as Twilio's console shows it")
	}
	switch {
	case k.Number == "" && k.Service == "":
		c.at(path+".number", "is missing: write number or messaging_service_sid")
	case k.Number != "" && !e164.MatchString(k.Number):
		c.at(path+".number", "should be + and digits alone with the country first, such as \"+15005550006\"")
	}
	if k.Service != "" && !twilioService.MatchString(k.Service) {
		c.at(path+".messaging_service_sid", "should be MG and 32 hex digits, as Twilio's console shows it")
	}
}
