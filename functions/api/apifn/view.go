package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/store"
)

// The types in this file are what clients read. Absent times and people are null, for
// a client must not have to tell a missing key from an old version of the API.

type viaView struct {
	Channel desk.Channel `json:"channel"`
	Account string       `json:"account"`
	Address string       `json:"address"`
}

func via(a desk.Address) viaView { return viaView{a.Channel, a.Account, a.ID} }

type personView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type ticketView struct {
	ID              string        `json:"id"`
	Number          string        `json:"number"`
	Version         int64         `json:"version"`
	Subject         string        `json:"subject"`
	Status          string        `json:"status"`
	Priority        string        `json:"priority"`
	Type            string        `json:"type"`
	Team            string        `json:"team"`
	AssigneeID      *string       `json:"assignee_id"`
	Customer        personView    `json:"customer"`
	Via             viaView       `json:"via"`
	Language        string        `json:"language"`
	Tags            []string      `json:"tags"`
	FollowerIDs     []string      `json:"follower_ids"`
	Follows         *string       `json:"follows"`
	MergedInto      *string       `json:"merged_into"`
	TaskOf          *string       `json:"task_of"`
	Tasks           []string      `json:"tasks"`
	Answers         int           `json:"answers"`
	Reopened        int           `json:"reopened"`
	Unsent          int           `json:"unsent"`
	CreatedAt       time.Time     `json:"created_at"`
	UpdatedAt       time.Time     `json:"updated_at"`
	FirstAnsweredAt *time.Time    `json:"first_answered_at"`
	WaitingSince    *time.Time    `json:"waiting_since"`
	SnoozedUntil    *time.Time    `json:"snoozed_until"`
	ResolvedAt      *time.Time    `json:"resolved_at"`
	ClosedAt        *time.Time    `json:"closed_at"`
	SLA             *slaView      `json:"sla"`
	FollowUp        *followUpView `json:"follow_up"`
}

func numbers(ids []desk.TicketID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.Number()
	}
	return out
}

func viewTicket(r store.Row[desk.Ticket]) ticketView {
	t := r.Value
	return ticketView{
		ID: string(t.ID), Number: t.ID.Number(), Version: r.Version, Subject: t.Subject,
		Status: string(t.Status), Priority: string(t.Priority), Type: string(t.Type), Team: t.Team,
		AssigneeID: orNull(t.Assignee), Customer: personView{string(t.Customer), t.Called(t.Lang)}, Via: via(t.From),
		Language: t.Lang, Tags: orEmpty(t.Tags), FollowerIDs: orEmpty(t.Followers), Follows: orNull(t.Before.Number()), MergedInto: orNull(t.Into.Number()),
		TaskOf: orNull(t.Parent.Number()), Tasks: numbers(t.Tasks),
		Answers: t.Answers, Reopened: t.Reopened, Unsent: len(t.Unsent),
		CreatedAt: t.Opened, UpdatedAt: t.Updated, FirstAnsweredAt: moment(t.FirstAnswered),
		WaitingSince: moment(t.WaitingSince), SnoozedUntil: moment(t.SnoozedUntil),
		ResolvedAt: moment(t.Resolved), ClosedAt: moment(t.Closed),
		SLA: viewSLA(t.Clocks), FollowUp: viewFollowUp(t.Follow),
	}
}

type messageView struct {
	ID          string           `json:"id"`
	Ticket      string           `json:"ticket"`
	Type        string           `json:"type"` // incoming, outgoing, note, event
	Public      bool             `json:"public"`
	Author      authorView       `json:"author"`
	CreatedAt   time.Time        `json:"created_at"`
	ShownAt     time.Time        `json:"shown_at"`
	Subject     string           `json:"subject"`
	Text        string           `json:"text"`
	Fields      []fieldView      `json:"fields"`
	Attachments []attachmentView `json:"attachments"`
	Delivery    *deliveryView    `json:"delivery"`
	Decisions   []decisionView   `json:"decisions"`

	MarkedAs *string `json:"marked_as"`
}

type authorView struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

type fieldView struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
}

type attachmentView struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	State       string `json:"state"` // kept, fetching, missing
	Why         string `json:"why"`
}

type deliveryView struct {
	State   string `json:"state"`
	Why     string `json:"why"`
	Purpose string `json:"purpose"`
	// UndoUntil is until when its author may take it back.
	UndoUntil *time.Time `json:"undo_until"`
}

type decisionView struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args"`
	Text string            `json:"text"`
}

var messageTypes = map[desk.MessageKind]string{
	desk.FromCustomer: "incoming", desk.ToCustomer: "outgoing", desk.Note: "note", desk.Journal: "event",
}

// message is a message as the caller may read it: the names of files are masked more
// strictly than what is written.
func (c *call) message(m desk.Message, lang string) messageView {
	v := viewMessage(m, lang)
	for i := range v.Attachments {
		if c.masked {
			v.Attachments[i].Name = allow.MaskName(v.Attachments[i].Name)
		}
	}
	return v
}

func viewMessage(m desk.Message, lang string) messageView {
	v := messageView{
		ID: string(m.ID), Ticket: m.Ticket.Number(), Type: messageTypes[m.Kind],
		Public:    m.Kind == desk.FromCustomer || m.Kind == desk.ToCustomer && m.Purpose != "forward",
		Author:    authorView{string(m.By.Kind), m.By.ID, m.By.Name},
		CreatedAt: m.At, ShownAt: m.ShownAt(), Subject: m.Subject, Text: m.Text,
		Fields: []fieldView{}, Attachments: []attachmentView{}, Decisions: []decisionView{}, MarkedAs: orNull(string(m.Marked)),
	}
	if m.Kind == desk.ToCustomer {
		v.Delivery = &deliveryView{State: string(m.State), Why: journal.Why(m.Why, lang), Purpose: m.Purpose}
		if m.State == desk.Queued && m.Before != nil {
			v.Delivery.UndoUntil = moment(m.NotBefore)
		}
	}
	for _, f := range m.Fields {
		v.Fields = append(v.Fields, fieldView{f.Name, f.Label, f.Value})
	}
	for _, a := range m.Attachments {
		v.Attachments = append(v.Attachments, viewAttachment(a, lang))
	}
	for _, d := range m.Decisions {
		args := d.Args
		if args == nil {
			args = map[string]string{}
		}
		v.Decisions = append(v.Decisions, decisionView{d.Code, args, journal.Words(d, lang)})
	}
	return v
}

func viewAttachment(a desk.Attachment, lang string) attachmentView {
	v := attachmentView{Name: a.Name, ContentType: a.Type, Size: a.Size, State: "kept"}
	if a.Waiting() {
		v.State = "fetching"
	}
	if a.Fault != "" {
		v.State, v.Why = "missing", journal.Why(a.Fault, lang)
	}
	return v
}

type customerView struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Language  string      `json:"language"`
	Tier      string      `json:"tier"`
	Addresses []viaView   `json:"addresses"`
	Contact   contactView `json:"contact"`
	CreatedAt time.Time   `json:"created_at"`
	LastScore *scoreView  `json:"last_score"`
	MergedIDs []string    `json:"merged_ids"`

	TimeZone     string            `json:"time_zone"`
	TierSet      bool              `json:"tier_set"`
	Tags         []string          `json:"tags"`
	CustomFields map[string]string `json:"custom_fields"`
	Consents     []consentView     `json:"consents"`
	Suggestions  []hintView        `json:"suggestions"`
}

type contactView struct {
	Email string `json:"email"`
	Phone string `json:"phone"`
}

type scoreView struct {
	Kind    string    `json:"kind"`
	Score   int       `json:"score"`
	Comment string    `json:"comment"`
	At      time.Time `json:"at"`
	Ticket  string    `json:"ticket"`
}

func viewCustomer(c desk.Customer) customerView {
	v := customerView{
		ID: string(c.ID), Name: c.Called(c.Lang), Language: c.Lang, Tier: string(c.Tier), Addresses: []viaView{},
		Contact: contactView{c.Contact.Mail, c.Contact.Phone}, CreatedAt: c.Created, MergedIDs: []string{},
		TimeZone: c.TimeZone, TierSet: c.TierSet, Tags: append([]string{}, c.Tags...), CustomFields: viewFields(c), Consents: viewConsents(c), Suggestions: viewAll(identity.Open(c), viewHint),
	}
	for _, id := range c.Aliases() {
		v.MergedIDs = append(v.MergedIDs, string(id))
	}
	for _, a := range c.Addresses {
		v.Addresses = append(v.Addresses, via(a))
	}
	if s := c.LastScore; s != nil {
		v.LastScore = &scoreView{string(s.Kind), s.Value, s.Comment, s.At, s.Ticket.Number()}
	}
	return v
}

type quarantineView struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	Account string    `json:"account"`
	Reason  string    `json:"reason"`
	Size    int       `json:"size"`
	State   string    `json:"state"` // waiting, released, dropped
	By      *string   `json:"by"`
	Again   int       `json:"failed_releases"`
}

func viewQuarantined(q store.Quarantined, lang string) quarantineView {
	why := journal.Unapplied(q.Reason, lang)
	v := quarantineView{q.ID, q.At, string(q.Channel), q.Account, why, len(q.Envelope), "waiting", orNull(q.By), q.Again}
	switch {
	case !q.Released.IsZero():
		v.State = "released"
	case !q.Dropped.IsZero():
		v.State = "dropped"
	}
	return v
}

func viewAll[T, V any](in []T, view func(T) V) []V {
	out := make([]V, len(in))
	for i, v := range in {
		out[i] = view(v)
	}
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
