package ticketing

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/recover"
	"github.com/deskhook/deskhook/shared/store"
)

func scaled(a desk.FeedbackAnswer) string {
	return strconv.Itoa(*a.Number) + " / " + strconv.Itoa(a.Max)
}

// MarkMessage says that what a customer wrote is a complaint, a suggestion or praise, and
// keeps it as a record of feedback: one for each message, whatever it is marked as last.
// "" takes the mark back. The journal tells; praise concerns the ticket's assignee, and a
// complaint opens a follow-up where the settings want one.
func (d *Desk) MarkMessage(ctx context.Context, act Act, id desk.TicketID, msg desk.MessageID, as desk.Type) error {
	if as != "" && !slices.Contains(desk.FeedbackTypes, as) {
		return desk.FieldError("type", "must be one of complaint, suggestion, praise")
	}
	_, err := d.on(ctx, act, id, func(a *acting) error {
		m, err := d.Store.Message(ctx, id, msg)
		if err != nil {
			return err
		}
		switch {
		case m.Value.Kind != desk.FromCustomer || m.Value.Gone != "":
			return desk.Errorf(desk.Conflict, "only what a customer wrote can be marked")
		case m.Value.Recorded():
			return desk.Errorf(desk.Conflict, "it is kept as feedback already")
		case m.Value.Erased() && as != "":
			return desk.Errorf(desk.Conflict, "its content was erased")
		case m.Value.Marked == as:
			return nil // a second click
		}
		return a.mark(ctx, m, as)
	})
	return err
}

func (a *acting) mark(ctx context.Context, m store.Row[desk.Message], as desk.Type) error {
	fid := recordOf(m.Value)
	row, err := a.desk.Store.Feedback(ctx, fid)
	if err != nil {
		return err
	}
	was := m.Value.Marked
	if row.Value.Topic != "" && (as == "" || as == desk.Praise) {
		return desk.Errorf(desk.Conflict, "it is tied to a request of several customers: take it out of that first")
	}
	m.Value.Marked = as
	a.tx.PutMessage(m)
	a.msg = m.Value.ID
	f := a.marked(row.Value, m.Value, fid, as)
	row.Value = f
	a.tx.PutFeedback(row)
	if as == "" {
		a.said = append(a.said, said("feedback.unmarked", "type", string(was), "message", string(m.Value.ID)))
	} else {
		a.said = append(a.said, said("feedback.marked", "type", string(as), "message", string(m.Value.ID)))
	}
	if as == desk.Praise {
		a.said = append(a.said, said("feedback.praise", "owner", f.Agent))
	}
	if as == desk.Complaint {
		ds, err := a.desk.followFeedback(ctx, &a.tx, a.s, f, *a.t, a.act.At)
		a.said = append(a.said, ds...)
		return err
	}
	return a.unfollow(ctx, f)
}

// recordOf names the record of a marked message.
func recordOf(m desk.Message) desk.FeedbackID {
	if m.Record != "" {
		return m.Record
	}
	return desk.NewFeedbackID(desk.FromMessage, "", string(m.ID)+" "+string(m.Ticket))
}

// marked is the record of a marked message.
func (a *acting) marked(f desk.Feedback, m desk.Message, id desk.FeedbackID, as desk.Type) desk.Feedback {
	if f.ID == "" {
		lang := m.Lang
		if lang == "" {
			lang = a.t.Lang
		}
		f = desk.Feedback{
			ID: id, Source: desk.FromMessage, Submission: string(m.ID), Lang: lang, Customer: a.t.Customer, From: m.From,
			Ticket: a.t.ID, Message: m.ID, Channel: m.From.Channel, At: m.At,
		}
	}
	f.Answers = nil // and none of a mark taken back: it is in no list by which an erasure would find it
	if text := strings.TrimSpace(m.Text); text != "" && as != "" {
		f.Answers = []desk.FeedbackAnswer{{Question: desk.CommentQuestion, Type: desk.AskText, Text: text}}
	}
	f.Team, f.Agent = a.t.Team, a.t.Assignee
	f.Type, f.Bad, f.Gone, f.By, f.Changed, f.V = as, as == desk.Complaint, as == "", a.act.By, a.act.At, a.s.Version
	f.Version++
	return f
}

// unfollow drops the follow-up that a mark opened, where nobody has acted on it yet.
func (a *acting) unfollow(ctx context.Context, f desk.Feedback) error {
	row, err := a.desk.Store.Recovery(ctx, f.FollowedIn(), desk.SurveyID(f.ID))
	if err != nil || !row.Exists() || row.Value.State != desk.RecoveryDue {
		return err
	}
	row.Value = recover.Rescored(row.Value, row.Value.Score, false)
	row.Value.By, row.Value.Updated, row.Value.V = a.act.By, a.act.At, a.s.Version
	a.tx.PutRecovery(row)
	a.said = append(a.said, said("recovery.unmarked"))
	return nil
}
