package jobsfn

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/tell"
)

const (
	mailGap    = 10 * time.Minute // one mail of a ticket and a kind within it
	mailLooked = 50               // notices looked through for one
)

// mail writes to an agent, marked as written by a machine and as no part of any ticket:
// nothing of it is kept but that it went. An error is worth another try.
func (x *telling) mail(ctx context.Context, agent string) (desk.MailState, error) {
	a, ok := x.s.Agent(agent)
	account := mailAccount(x.s, x.t.Team)
	if !ok || a.Mail == "" || account == "" {
		return desk.MailRefused, nil
	}
	spared, err := x.mailedLately(ctx, agent)
	if err != nil || spared {
		return desk.MailSpared, err
	}
	sender, err := x.h.Sender(ctx, desk.Email, account)
	if err != nil {
		return desk.MailRefused, fmt.Errorf("jobs: no sender of notices: %w", err)
	}
	text := x.words(true)
	out := sender.Send(ctx, channel.Outgoing{
		ID: desk.MessageID(desk.DeriveID("notice", x.hp.ID, agent)), Name: a.Name, Automatic: true, Purpose: "notice", Lang: x.s.Desk.Language,
		To:      desk.Address{Channel: desk.Email, Account: account, ID: strings.ToLower(a.Mail)},
		Subject: strings.ReplaceAll(strings.SplitN(text, "\n", 2)[0], "\r", " "),
		Text:    text + "\n\n" + journal.NoticeFoot(x.s.Desk.Language),
	})
	switch out.Kind {
	case channel.OutcomeSent, channel.OutcomeUnknown: // better none than two
		return desk.MailSent, nil
	case channel.OutcomeRateLimited, channel.OutcomeTransient:
		return desk.MailDue, fmt.Errorf("jobs: notice not mailed: %s %s", out.Kind, out.Code)
	}
	x.h.Log.WarnContext(ctx, "notice not mailed", "outcome", out.Kind, "code", out.Code)
	return desk.MailRefused, nil
}

// mailAccount is the mail account of a team, else the first one.
func mailAccount(s *config.Settings, team string) string {
	first := ""
	for _, a := range s.Accounts {
		if a.Channel != desk.Email {
			continue
		}
		if a.Team == team && team != "" {
			return a.Name
		}
		if first == "" {
			first = a.Name
		}
	}
	return first
}

// mailedLately says whether the agent had a mail of this kind of this ticket just before:
// the console has them all.
func (x *telling) mailedLately(ctx context.Context, agent string) (bool, error) {
	since := tell.ID(x.hp.At.Add(-mailGap))
	rows, err := x.h.Store.NoticesSince(ctx, agent, since, mailLooked)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if v := r.Value; v.ID != x.hp.ID && v.Ticket == x.hp.Ticket && v.Kind == string(x.hp.Kind) && v.Mail == desk.MailSent {
			return true, nil
		}
	}
	return false, nil
}
