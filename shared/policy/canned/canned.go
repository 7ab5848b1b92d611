// Package canned fills the variables of canned replies and macros: {{customer.name}} and
// the like, in the ticket's language. What isn't known is said so that the sentence
// still reads well; it never leaves a hole, nor a pair of braces, in front of a customer.
package canned

import (
	"regexp"
	"slices"
	"strings"
)

// Values are what variables stand for. An empty one has its word of courtesy.
type Values struct {
	Customer string // what the customer is called
	Agent    string // who answers
	Desk     string // how customers know the desk
	Ticket   string // the number, DH-7K3Q-9W
	Subject  string
	Team     string
}

// Variables are the names that a text may use, in the order a help lists them.
var Variables = []string{"customer.name", "agent.name", "desk.name", "ticket.number", "ticket.subject", "team.name"}

// courtesy is said where a value is not known.
var courtesy = map[string]struct{ zh, en string }{
	"customer.name":  {"您", "there"},
	"agent.name":     {"客服", "your agent"},
	"desk.name":      {"我们", "us"},
	"ticket.number":  {"您的工单", "your ticket"},
	"ticket.subject": {"您的问题", "your question"},
	"team.name":      {"客服团队", "our team"},
}

var variable = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Unknown lists the variables of a text that are not among those known, in its order.
func Unknown(text string, known ...string) []string {
	var out []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(known, m[1]) && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// Torn says whether a text has the braces of a variable that is not closed, or not opened.
func Torn(text string) bool {
	rest := variable.ReplaceAllString(text, "")
	return strings.Contains(rest, "{{") || strings.Contains(rest, "}}")
}

// Render fills a text in a language (zh-CN; everything else reads English). It goes
// through the text once, so that braces in a customer's name stay what they are. An
// unknown variable, which a check of the settings refuses, is left as it stands.
func Render(text, lang string, v Values) string {
	return variable.ReplaceAllStringFunc(text, func(s string) string {
		name := variable.FindStringSubmatch(s)[1]
		if value := strings.TrimSpace(v.of(name)); value != "" {
			return value
		}
		word, ok := courtesy[name]
		switch {
		case !ok:
			return s
		case strings.HasPrefix(strings.ToLower(lang), "zh"):
			return word.zh
		}
		return word.en
	})
}

func (v Values) of(name string) string {
	switch name {
	case "customer.name":
		return v.Customer
	case "agent.name":
		return v.Agent
	case "desk.name":
		return v.Desk
	case "ticket.number":
		return v.Ticket
	case "ticket.subject":
		return v.Subject
	case "team.name":
		return v.Team
	}
	return ""
}
