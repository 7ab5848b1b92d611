package season

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// seen is what the judges have seen of the desk's rows as they went by in its feed, read
// with types of their own.
type seen struct {
	surveys    map[desk.SurveyID]*surveyRow
	order      []*surveyRow
	recoveries map[desk.SurveyID]*recoveryRow
	lines      []line
}

type surveyRow struct {
	ID       desk.SurveyID   `json:"id"`
	Of       string          `json:"of"`
	When     string          `json:"when"`
	Ticket   desk.TicketID   `json:"t"`
	Customer desk.CustomerID `json:"c"`
	State    string          `json:"s"`
	Why      string          `json:"why"`
	Planned  time.Time       `json:"t0"`
	Version  string          `json:"def"`
	Score    *struct {
		Value   int    `json:"v"`
		Comment string `json:"c"`
	} `json:"score"`

	skipped time.Time
}

type recoveryRow struct {
	Survey   desk.SurveyID `json:"sv"`
	Ticket   desk.TicketID `json:"t"`
	Owner    string        `json:"own"`
	State    string        `json:"s"`
	Score    int           `json:"v"`
	Opened   time.Time     `json:"t0"`
	Deadline time.Time     `json:"dl"`
	Escalate time.Time     `json:"esc"`
	Overdue  time.Time     `json:"over"`

	escalated int // how often it went over
}

// line is a decision in a ticket's journal.
type line struct {
	ticket desk.TicketID
	at     time.Time
	code   string
	why    string
}

// look reads a change.
func (w *seen) look(c table.Change) {
	switch {
	case !c.New.Exists():
	case strings.HasPrefix(c.Key.PK, "Q#") && c.Key.SK == "Q":
		var r surveyRow
		if json.Unmarshal(c.New.Doc, &r) != nil {
			return
		}
		was := w.surveys[r.ID]
		if was == nil {
			was = &r
			w.surveys[r.ID] = was
			w.order = append(w.order, was)
		}
		r.skipped = was.skipped
		if r.State == "skipped" && r.skipped.IsZero() {
			r.skipped = c.At
		}
		*was = r
	case strings.HasPrefix(c.Key.PK, "T#") && strings.HasPrefix(c.Key.SK, "V#"):
		w.recovery(c)
	case strings.HasPrefix(c.Key.PK, "T#") && strings.HasPrefix(c.Key.SK, "M#") && !c.Old.Exists():
		w.journal(c.New.Doc)
	}
}

func (w *seen) recovery(c table.Change) {
	var r, before recoveryRow
	if json.Unmarshal(c.New.Doc, &r) != nil {
		return
	}
	_ = json.Unmarshal(c.Old.Doc, &before) // none before the first
	was := w.recoveries[r.Survey]
	if was == nil {
		was = &recoveryRow{}
		w.recoveries[r.Survey] = was
	}
	r.escalated = was.escalated
	if !r.Overdue.Equal(before.Overdue) {
		r.escalated++
	}
	*was = r
}

func (w *seen) journal(doc []byte) {
	if !bytes.Contains(doc, []byte(`"c":"survey.`)) && !bytes.Contains(doc, []byte(`"c":"recovery.`)) {
		return
	}
	var m struct {
		Ticket    desk.TicketID `json:"t"`
		At        time.Time     `json:"at"`
		Decisions []struct {
			Code string            `json:"c"`
			Args map[string]string `json:"a"`
		} `json:"d"`
	}
	if json.Unmarshal(doc, &m) != nil {
		return
	}
	for _, d := range m.Decisions {
		w.lines = append(w.lines, line{m.Ticket, m.At, d.Code, d.Args["why"]})
	}
}
