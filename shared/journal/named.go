package journal

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Names are how who reads a decision calls what its arguments hold as ids and as UTC.
type Names struct {
	Agent, Team func(id string) string
	Time        func(time.Time) string
}

// Named gives a decision with names for ids and with the reader's times. What is nobody's
// stays empty.
func (n Names) Named(d desk.Decision) desk.Decision {
	out := desk.Decision{Code: d.Code, Args: make(map[string]string, len(d.Args))}
	for k, value := range d.Args {
		at, err := time.Parse(time.RFC3339, value)
		switch {
		case k == "at" && err == nil:
			value = n.Time(at)
		case ofAgents(d.Code, k):
			value = n.Agent(value)
		case k == "team" && d.Code == "task.opened" || d.Code == "route.team" || d.Code == "route.moved":
			value = n.Team(value)
		}
		out.Args[k] = value
	}
	return out
}

// ofAgents says whether an argument of a decision is an agent's id.
func ofAgents(code, arg string) bool {
	switch {
	case code == "mention.named", strings.HasPrefix(code, "watch."):
		return true
	case strings.HasPrefix(code, "assign."):
		return arg == "from" || arg == "to"
	}
	return strings.HasPrefix(code, "recovery.") || code == "feedback.praise"
}
