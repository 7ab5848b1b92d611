package notify

import (
	"slices"
	"strconv"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
)

// byEvent are the events that are told to people of the desk too.
var byEvent = map[desk.EventName]Kind{
	desk.EventSLAWarning: Warning, desk.EventSLABreached: Breach,
}

// Happened gives what people of the desk should know of a change, in its order. Most
// changes are nothing to tell.
func Happened(c desk.Change, r tell.Rules) []Happening {
	switch {
	case c.Message != nil && c.MessageWas == nil:
		return ofMessage(c, *c.Message)
	case c.Survey != nil:
		return ofSurvey(c, r)
	}
	return nil
}

func ofMessage(c desk.Change, m desk.Message) []Happening {
	if m.Ticket == "" {
		return nil
	}
	var out []Happening
	var named []string
	for i, d := range m.Decisions {
		h := happening(c, m.Ticket, m.By, "d"+strconv.Itoa(i))
		h.What = d
		if to, ok := assigned(d); ok {
			h.Kind, h.To, h.What = Assigned, to, desk.Decision{Code: "notice.assigned"}
		} else if d.Code == "feedback.praise" {
			h.Kind, h.To, h.What = Praise, d.Args["owner"], desk.Decision{Code: "notice.praise"}
		} else if d.Code == "mention.named" {
			h.Kind, h.To, h.What = Mention, d.Args["to"], desk.Decision{Code: "notice.mention", Args: by(m)}
			named = append(named, h.To)
		} else if d.Code == "status.changed" && d.Args["to"] == string(desk.StatusResolved) {
			h.Kind, h.What = Resolved, desk.Decision{Code: "notice.resolved"}
		} else if d.Code == opened || d.Code == "recovery.owner" || d.Code == "recovery.due" {
			h.Kind, h.To = Recovery, d.Args["owner"]
			h.Only = d.Code == "recovery.owner" || d.Code == opened && scored(m)
		} else if name, ok := tell.Decided(d.Code); ok {
			h.Kind = byEvent[name]
		}
		if h.Kind != "" {
			out = append(out, h)
		}
	}
	given := slices.ContainsFunc(out, func(h Happening) bool { return h.Kind == Assigned })
	if m.Kind == desk.FromCustomer && m.Automatic == "" && !given { // who just got the ticket will read it anyway
		h := happening(c, m.Ticket, m.By, "reply")
		h.Kind, h.What = Reply, desk.Decision{Code: "notice.reply"}
		out = append(out, h)
	}
	if m.Kind == desk.Note && m.By.Kind == desk.ByAgent && m.Moved == "" {
		h := happening(c, m.Ticket, m.By, "note")
		h.Kind, h.What, h.Not = Noted, desk.Decision{Code: "notice.note", Args: by(m)}, named
		out = append(out, h)
	}
	return out
}

// opened is the decision that a follow-up begins.
const opened = "recovery.opened"

// scored says whether a row of the journal tells of a survey's answer, of whose bad score
// the survey's own row is told.
func scored(m desk.Message) bool {
	return slices.ContainsFunc(m.Decisions, func(d desk.Decision) bool { return d.Code == "survey.answered" })
}

func by(m desk.Message) map[string]string {
	who := m.By.Name
	if who == "" {
		who = m.By.ID
	}
	return map[string]string{"who": who}
}

// assigned reads to whom a decision gave a ticket.
func assigned(d desk.Decision) (string, bool) {
	return d.Args["to"], (d.Code == "assign.changed" || d.Code == "assign.by_strategy") && d.Args["to"] != ""
}

func ofSurvey(c desk.Change, r tell.Rules) []Happening {
	for _, e := range tell.Events(c, r) {
		if e.Name != desk.EventFeedbackBad || e.Ticket == "" {
			continue
		}
		s := c.Survey.Score
		h := happening(c, e.Ticket, desk.Actor{Kind: desk.ByCustomer}, "score")
		h.Kind = BadScore
		h.What = desk.Decision{Code: "notice.bad_score", Args: map[string]string{"score": strconv.Itoa(s.Value), "most": strconv.Itoa(most[s.Kind])}}
		return []Happening{h}
	}
	return nil
}

// most is the best score of each kind.
var most = map[desk.SurveyKind]int{"": 5, desk.CSAT: 5, desk.NPS: 10, desk.CES: 7}

// OffByItself is a subscription that switched itself off; somebody who did it by hand
// needs no notice.
func OffByItself(s desk.HookStanding) (Happening, bool) {
	return Happening{
		ID: tell.ID(s.At, "notice", "off", s.Hook), Kind: HookOff, At: s.At, By: s.By,
		What: desk.Decision{Code: "notice.hook_off", Args: map[string]string{"hook": s.Hook, "why": s.Why}},
	}, s.Disabled && s.By.Kind == desk.ByDesk
}

func happening(c desk.Change, t desk.TicketID, by desk.Actor, what string) Happening {
	return Happening{ID: tell.ID(c.At, "notice", c.Row, strconv.FormatInt(c.Version, 10), what), At: c.At, Ticket: t, By: by}
}
