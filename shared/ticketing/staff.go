package ticketing

import (
	"context"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// staff finds whose mail address the message claims to come from. It proves nothing yet.
func (r *receiving) staff() (config.Agent, bool) {
	if r.in.Mail == nil || r.in.From.ID == "" || r.in.Quiet {
		return config.Agent{}, false
	}
	i := slices.IndexFunc(r.s.Agents, func(a config.Agent) bool { return strings.EqualFold(a.Mail, r.in.From.ID) })
	if i < 0 {
		return config.Agent{}, false
	}
	return r.s.Agents[i], true
}

// fromStaff applies an agent's mail that points to a ticket: their answer, written in a
// mail program of their own, or a note. It is false where the mail is like anybody's.
// No customer is made of an agent.
func (r *receiving) fromStaff(ctx context.Context) (bool, error) {
	agent, ok := r.staff()
	if !ok {
		return false, nil
	}
	cs, refs, err := r.mailCandidates(ctx)
	if err != nil {
		return false, err
	}
	q := thread.StaffQuestion{In: r.in, Candidates: toThread(cs)}
	for _, a := range r.s.Agents {
		if a.ID != agent.ID && a.Mail != "" {
			q.Colleagues = append(q.Colleagues, strings.ToLower(a.Mail))
		}
	}
	v := thread.ChooseStaff(q)
	if v.Join == nil {
		return false, nil
	}
	i := slices.IndexFunc(cs, func(c candidate) bool { return c.row.Value.ID == v.Join.ID })
	a := &acting{desk: r.desk, s: r.s, act: Act{By: r.author(agent), At: r.at}, row: cs[i].row, touched: true}
	a.t, a.was = &a.row.Value, a.row.Value
	r.staffMail(a, v)
	if err := a.prepare(ctx); err != nil {
		return false, err
	}
	r.tx = a.tx
	r.noteRefs(a.t.ID, a.msg, refs)
	r.seen = store.Seen{Ticket: a.t.ID, Message: a.msg}
	return true, nil
}

// author is the agent where their mail is proven; else nobody of the desk's.
func (r *receiving) author(agent config.Agent) desk.Actor {
	if !r.in.Mail.Trusted {
		return desk.Actor{Kind: desk.ByThirdParty, ID: r.in.From.ID, Name: r.in.From.ID}
	}
	return desk.Actor{Kind: desk.ByAgent, ID: agent.ID, Name: agent.Name}
}

// staffMail writes the mail's row, and what follows from an answer.
func (r *receiving) staffMail(a *acting, v thread.StaffVerdict) {
	m := r.newMessage(a.t.ID)
	a.msg = m.ID
	m.By, m.Decisions, m.Purpose = a.act.By, v.Decisions, "reply"
	switch v.As {
	case thread.StaffSent:
		r.sentAlready(a, m)
	case thread.StaffQueued:
		if files := enclosed(r.in); takes.Check(a.t.AnswerTo(), a.s.Takes(a.t.AnswerTo()), files) == nil {
			r.passOn(a, m, files)
			break
		}
		m.Decisions[len(m.Decisions)-1] = said("staff.files")
		fallthrough
	default:
		m.Kind, m.Purpose = desk.Note, ""
		if r.in.Automatic != "" {
			m.Decisions = append(m.Decisions, said("auto.recognised", "why", r.in.Automatic))
		}
		if !r.in.Mail.Trusted {
			m.Decisions = append(m.Decisions, said("mail.unproven", "why", r.in.Mail.Why))
		}
		a.tx.PutMessage(store.Row[desk.Message]{Value: m})
		return
	}
	a.answered()
	switch a.t.Status { // a postscript to what is over changes nothing
	case desk.StatusResolved, desk.StatusClosed:
	default:
		_ = a.become(desk.StatusPending) // can't fail for an active ticket that isn't merged
	}
}

// sentAlready records what the customer has from the agent directly. Whoever else reads
// it takes part from then on, and answers to it find the ticket.
func (r *receiving) sentAlready(a *acting, m desk.Message) {
	m.Kind, m.State, m.Why, m.From = desk.ToCustomer, desk.Sent, "send.own_mail", a.t.AnswerTo()
	for _, reader := range r.readers() {
		if reader != r.in.From.ID && !strings.EqualFold(reader, m.From.ID) {
			m.Cc = append(m.Cc, reader)
		}
	}
	a.join(m.Cc)
	a.t.Mail.Refs = chain(a.t.Mail.Refs, []string{r.in.Mail.MessageID})
	a.tx.PutMessage(store.Row[desk.Message]{Value: m})
}

// passOn queues the agent's own words for the customer: neither what they quote, which
// may be a colleague's, nor the formatting that holds it. Who has the mail from the agent
// gets no copy.
func (r *receiving) passOn(a *acting, m desk.Message, files []desk.Attachment) {
	cc := slices.DeleteFunc(Copies(*a.t), func(c string) bool {
		return strings.EqualFold(c, r.in.From.ID) || slices.Contains(r.in.Mail.To, c) || slices.Contains(r.in.Mail.Cc, c)
	})
	m.Full, m.HTML, m.Subject, m.Lang, m.Cc = "", "", a.t.Subject, a.t.Lang, cc
	for i, p := range pieces(a.t.AnswerTo().Channel, Reply{Text: strings.TrimSpace(m.Text), Attachments: files}) {
		part := m
		part.Text, part.Attachments = p.text, p.files
		if i > 0 {
			part.ID, part.Decisions = partID(a.act.At, m.ID, i), nil
		}
		a.send(part)
	}
}

// enclosed are the files of a mail, without the pictures that its formatting shows.
func enclosed(in desk.Inbound) []desk.Attachment {
	return slices.DeleteFunc(slices.Clone(in.Attachments), func(f desk.Attachment) bool { return f.Inline != "" || f.Blob == "" })
}
