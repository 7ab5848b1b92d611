package journal

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
)

// Chinese is the language of the Chinese words; any other gets the English ones.
const Chinese = "zh-CN"

func (w words) in(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return w.zh
	}
	return w.en
}

// Words says a decision in a language (zh-CN; everything else gets en). A code this
// build doesn't know is given as it is, so that nothing of a journal is ever hidden.
// The result is plain text and may hold what a customer or a provider wrote.
func Words(d desk.Decision, lang string) string {
	w, ok := codes[variant(d)]
	if !ok {
		return d.Code
	}
	return fill(w.in(lang), d.Args, lang)
}

// variant is the saying that fits a decision's arguments: nobody is no name.
func variant(d desk.Decision) string {
	switch {
	case d.Code == "assign.changed" && d.Args["from"] == "":
		return "assign.changed.first"
	case d.Code == "assign.changed" && d.Args["to"] == "":
		return "assign.changed.none"
	case d.Code == "send.fell_back" && d.Args["to"] != "":
		return "send.fell_back.to"
	case d.Code == "feedback.recorded" && d.Args["type"] != "":
		return "feedback.recorded.type"
	case d.Code == "send.notice" && d.Args["as"] == "subscribe":
		return "send.notice.subscribe"
	}
	return d.Code
}

// Why says the reason of a failed or uncertain message: a code, a code followed by the
// provider's own code, or a sender's words with the provider's code behind them.
func Why(why, lang string) string {
	code, rest, _ := strings.Cut(why, " ")
	w, ok := codes[code]
	if !ok {
		return refusal(why, lang)
	}
	text := w.in(lang)
	if !strings.Contains(text, "{") {
		return strings.TrimSpace(text + " " + rest)
	}
	return fill(text, map[string]string{"code": rest, "why": rest}, lang)
}

// fill puts arguments into a template. It goes through the template once, so that
// braces in what a customer wrote stay what they are.
func fill(text string, args map[string]string, lang string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(argument(name, args[name], lang))
		text = after
	}
}

// argument says one argument; those that are codes themselves become words.
func argument(name, value, lang string) string {
	switch name {
	case "how":
		if w, ok := codes["thread.how."+value]; ok {
			return w.in(lang)
		}
	case "why":
		return Why(reason(value, lang), lang)
	case "code":
		if w, ok := providerCodes[value]; ok {
			return value + " " + w.in(lang)
		}
	case "outcome":
		return label(outcomes, value, lang)
	case "strategy":
		return label(strategies, value, lang)
	case "source":
		return Source(desk.FeedbackSource(value), lang)
	case "type":
		if value != "" {
			return Type(desk.Type(value), lang)
		}
	case "target":
		return Target(desk.Target(value), lang)
	case "risk", "was_risk":
		return Risk(lifecycle.Level(value), lang)
	case "owner", "before":
		if value == "" {
			return words{"无人", "nobody"}.in(lang)
		}
	case "fields":
		return fieldList(value, lang)
	case "from", "to":
		return fromTo(value, lang)
	case "by":
		return Channel(desk.Channel(value), lang)
	case "at":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return at.UTC().Format("2006-01-02 15:04") + " UTC"
		}
	}
	if value == "" {
		return "—"
	}
	return value
}

// fromTo says a status, a priority, a type or an agent's id; no agent is nobody.
func fromTo(value, lang string) string {
	if value == "" {
		return words{"无人", "nobody"}.in(lang)
	}
	if w, ok := statuses[desk.Status(value)]; ok {
		return w.in(lang)
	}
	if w, ok := priorities[desk.Priority(value)]; ok {
		return w.in(lang)
	}
	if w, ok := types[desk.Type(value)]; ok {
		return w.in(lang)
	}
	if w, ok := tiers[desk.Tier(value)]; ok {
		return w.in(lang)
	}
	return value
}

// fieldList says which fields of a customer changed; one that the settings name, or the
// purpose of a consent, is said as it is.
func fieldList(value, lang string) string {
	names := strings.Split(value, ", ")
	for i, name := range names {
		if w, ok := customerFields[name]; ok {
			names[i] = w.in(lang)
		}
	}
	return strings.Join(names, words{"、", ", "}.in(lang))
}

// reason says why something counts as spam, where it is one of the desk's own words.
func reason(value, lang string) string {
	if w, ok := reasons[value]; ok {
		return w.in(lang)
	}
	return value
}
