package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"go.yaml.in/yaml/v3"
)

// accounts reads accounts: {channel: [{name, team, …}]}. What stands in an entry
// beside name and team is the channel's own and kept as JSON.
func (d *decoder) accounts(n *yaml.Node) []Account {
	var out []Account
	d.lines["accounts"] = n.Line
	if n.Tag == "!!null" {
		return nil
	}
	d.pairs(n, "accounts", func(ch string, k, list *yaml.Node) {
		path := "accounts." + ch
		d.lines[path] = k.Line
		if ch == string(desk.WebForm) {
			d.fault(k.Line, path, "a web form stands under forms")
			return
		}
		if list.Tag != "!!null" && list.Kind != yaml.SequenceNode {
			d.fault(list.Line, path, "should be a list of accounts")
			return
		}
		for i, entry := range list.Content {
			out = append(out, d.account(desk.Channel(ch), fmt.Sprintf("%s[%d]", path, i), entry))
		}
	})
	return out
}

func (d *decoder) account(ch desk.Channel, path string, n *yaml.Node) Account {
	a := Account{Channel: ch, Line: n.Line}
	d.lines[path] = n.Line
	d.accs = append(d.accs, writtenAccount{ch, path, n})
	own := map[string]any{}
	d.pairs(n, path, func(key string, k, v *yaml.Node) {
		p := join(path, key)
		d.lines[p] = k.Line
		switch {
		case key == "name":
			a.Name = v.Value
		case key == "team":
			a.Team = v.Value
		case secretNames[key]:
			d.fault(k.Line, p, "is a secret and does not belong in this file: set %s", EnvName(SecretName(ch, a.Name, key)))
		default:
			own[key] = d.plain(v, p)
		}
	})
	a.Settings, _ = json.Marshal(own) // plain makes only what JSON has
	return a
}

// secretNames are keys under which people would write a secret into the settings.
var secretNames = map[string]bool{
	"token": true, "auth_token": true, "secret": true, "app_secret": true, "aes_key": true,
	"encoding_aes_key": true, "password": true, "api_key": true,
}

// plain turns a node into what encoding/json writes. A number is one only where JSON
// writes it the same: +15005550006 and 007 stay the text they are.
func (d *decoder) plain(n *yaml.Node, path string) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		d.pairs(n, path, func(key string, _, v *yaml.Node) { m[key] = d.plain(v, join(path, key)) })
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = d.plain(c, fmt.Sprintf("%s[%d]", path, i))
		}
		return list
	case yaml.ScalarNode:
		return plainScalar(n)
	}
	d.fault(n.Line, path, "anchors and aliases are not taken here: write it out")
	return nil
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`)

func plainScalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if jsonNumber.MatchString(n.Value) {
			return json.Number(n.Value)
		}
	}
	return n.Value
}
