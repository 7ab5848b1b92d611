package ticketing

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/route"
	"github.com/deskhook/deskhook/shared/policy/thread"
)

// defaultTeam is where a ticket goes that no rule routes: its form's team, else its
// account's, else the desk's.
func defaultTeam(s *config.Settings, from desk.Address, form string) string {
	if f, ok := s.Form(form); ok && form != "" && f.Team != "" {
		return f.Team
	}
	if a, ok := s.Account(from.Channel, from.Account); ok && a.Team != "" {
		return a.Team
	}
	return s.Desk.Team
}

// RouteQuestion is what the rules decide on of an opening ticket and its first message.
// It holds neither the customer's tier nor a scene: they are known of the customer.
func RouteQuestion(s *config.Settings, in desk.Inbound, t desk.Ticket) route.Question {
	text := []string{in.Text}
	for _, f := range in.Fields {
		text = append(text, f.Value)
	}
	return route.Question{
		Channel: in.From.Channel, Account: in.From.Account, Form: in.Form, Language: t.Lang, Type: t.Type,
		Tier: desk.Standard, Priority: t.Priority, Team: defaultTeam(s, in.From, in.Form), Tags: t.Tags,
		Subject: in.Subject, Text: strings.Join(text, "\n"), At: t.Opened, InHours: s.InHours,
	}
}

// Opening is the ticket that a stranger's message opens, before any rule.
func Opening(s *config.Settings, in desk.Inbound, at time.Time) desk.Ticket {
	r := &receiving{s: s, in: in, at: at}
	return r.newTicket("", thread.Verdict{})
}

// route lets the rules decide where an opening ticket goes. Spam goes nowhere: it is
// routed when a person says that it isn't.
func (r *receiving) route(ctx context.Context, t *desk.Ticket) (err error) {
	if t.Status == desk.StatusSpam {
		return nil
	}
	q := RouteQuestion(r.s, r.in, *t)
	q.Scene = r.scene()
	switch c := r.proving.customer; {
	case c.ID != "":
		q.Tier = cmp.Or(c.Tier, desk.Standard)
	default:
		if q.Tier, err = r.desk.tier(ctx, r.s, t.Customer); err != nil {
			return err
		}
	}
	t.Tier = q.Tier
	r.routed = route.Decide(r.s.Routing.Rules, q)
	routeTo(t, r.routed)
	return nil
}

// scene is by which QR code or menu entry the customer came, while that counts.
func (r *receiving) scene() string {
	id := r.identity.Value
	if id.Scene == "" || r.when().Sub(id.SceneAt) > r.s.Routing.SceneFor.D() {
		return ""
	}
	return id.Scene
}

// scene is what an event tells of the QR code or the menu entry it came by.
func scene(in desk.Inbound) string {
	for _, f := range in.Fields {
		if f.Name == "scene" || in.Type == "click" && f.Name == "EventKey" {
			return cut(f.Value, 128)
		}
	}
	return ""
}

// tier reads a customer's tier where a rule or an SLA asks for it: it costs a read.
func (d *Desk) tier(ctx context.Context, s *config.Settings, id desk.CustomerID) (desk.Tier, error) {
	if !s.SLANeedsTier() && !slices.ContainsFunc(s.Routing.Rules, func(r route.Rule) bool { return len(r.If.Tiers) > 0 }) {
		return desk.Standard, nil
	}
	row, err := d.Store.Customer(ctx, id)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return "", err
	}
	if row.Value.Tier == "" {
		return desk.Standard, nil
	}
	return row.Value.Tier, nil
}

func routeTo(t *desk.Ticket, v route.Verdict) {
	t.Team, t.Type, t.Priority, t.Tags, t.Skills = v.Team, v.Type, v.Priority, v.Tags, v.Skills
	if v.SLA != "" {
		t.SLA = v.SLA
	}
}

// Route lets the rules decide anew where a ticket goes, by its first message: for one
// that was taken for spam and isn't.
func (d *Desk) Route(ctx context.Context, act Act, id desk.TicketID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error { return a.route(ctx) })
	return err
}

// route is Route within another act.
func (a *acting) route(ctx context.Context) error {
	_, _, err := a.routing(ctx)
	return err
}

// routing routes the ticket by its first message and gives both.
func (a *acting) routing(ctx context.Context) (v route.Verdict, first desk.Message, err error) {
	rows, _, err := a.desk.Store.Messages(ctx, a.t.ID, "", 1, false)
	if err != nil || len(rows) == 0 {
		return v, first, err
	}
	m, t := rows[0].Value, a.t
	in := desk.Inbound{From: t.From, Subject: m.Subject, Text: m.Text, Fields: m.Fields}
	if t.From.Channel == desk.WebForm {
		in.Form = t.From.Account
	}
	q := RouteQuestion(a.s, in, *t)
	if q.Tier, err = a.desk.tier(ctx, a.s, t.Customer); err != nil {
		return v, m, err
	}
	t.Tier = q.Tier
	v = route.Decide(a.s.Routing.Rules, q)
	routeTo(t, v)
	a.said = append(append(a.said, v.Decisions...), said("route.team", "team", t.Team))
	return v, m, nil
}
