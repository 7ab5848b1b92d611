package export

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// Bounds of an export.
const (
	MaxDays = 100
	MaxRows = 20_000
	page    = 1000
	atOnce  = 100
)

// ErrTooMany: there are more than MaxRows rows.
var ErrTooMany = errors.New("export: too many rows")

// TooMany is the code by which an export tells ErrTooMany.
const TooMany = "export.too_many"

// Check says what is wrong with what was asked for, by field.
func Check(s *config.Settings, e desk.Export) error {
	switch {
	case !slices.Contains(desk.ExportKinds, e.Kind):
		return desk.FieldError("kind", "must be one of tickets, answers")
	case !e.From.Before(e.To):
		return desk.FieldError("from", "is after to")
	case e.To.Sub(e.From) > MaxDays*25*time.Hour:
		return desk.FieldError("to", "is more than %d days after from", MaxDays)
	case e.Team != "" && !slices.Contains(s.AllTeams(), e.Team):
		return desk.FieldError("team", "is no team of this desk")
	case e.Status != "" && (e.Kind != desk.ExportTickets || !slices.Contains(desk.Statuses, e.Status)):
		return desk.FieldError("status", "must be one of the statuses of a ticket, and goes with tickets only")
	}
	return nil
}

// Make makes the file, and says how many rows it has. ErrTooMany where there are more
// than MaxRows. Units: 0.5 r per 4 kB of the lists looked at, twice; 1 R per row.
func Make(ctx context.Context, st *store.Store, s *config.Settings, e desk.Export) ([]byte, int, error) {
	x := &making{ctx: ctx, store: st, s: s, e: e, who: asker(e)}
	x.mask = func(text string) string { return text }
	if Masked(s, e) {
		x.mask = allow.Mask
	}
	if e.Kind == desk.ExportAnswers {
		return x.answers()
	}
	return x.tickets()
}

type making struct {
	ctx   context.Context
	store *store.Store
	s     *config.Settings
	e     desk.Export
	who   allow.Principal
	mask  func(string) string
}

// l chooses a word by the language of who asked.
func (x *making) l(zh, en string) string {
	if strings.HasPrefix(x.e.Lang, "zh") {
		return zh
	}
	return en
}

func (x *making) sheet(heads ...string) *sheet {
	return newSheet(heads, x.s.Desk.Location(), x.mask)
}

func (x *making) tickets() ([]byte, int, error) {
	ids, err := x.opened()
	if err != nil {
		return nil, 0, err
	}
	out := x.sheet(
		x.l("工单号", "Number"), x.l("主题", "Subject"), x.l("客户", "Customer"), x.l("渠道", "Channel"), x.l("联系方式", "Address"),
		x.l("状态", "Status"), x.l("优先级", "Priority"), x.l("类型", "Type"), x.l("小组", "Team"), x.l("处理人", "Assignee"), x.l("标签", "Tags"),
		x.l("创建时间", "Opened"), x.l("首次回复", "First answered"), x.l("解决时间", "Resolved"), x.l("关闭时间", "Closed"), x.l("开始等待", "Waiting since"),
		x.l("回复次数", "Answers"), x.l("重新打开次数", "Reopened"), x.l("合并到", "Merged into"),
	)
	var all []desk.Ticket
	for chunk := range slices.Chunk(ids, atOnce) {
		rows, err := x.store.Tickets(x.ctx, chunk...)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range rows {
			if x.wants(r.Value) {
				all = append(all, r.Value)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Ticket) int { return a.Opened.Compare(b.Opened) })
	for _, t := range all {
		x.ticket(out, t)
	}
	return out.file(), out.rows, nil
}

// wants holds a ticket as it is now against what was asked for.
func (x *making) wants(t desk.Ticket) bool {
	return allow.May(x.who, allow.Read, allow.OfTicket(t)) == allow.Yes && x.lists(t.Status) && (x.e.Team == "" || x.e.Team == t.Team)
}

func (x *making) lists(st desk.Status) bool {
	if x.e.Status == "" {
		return st != desk.StatusSpam
	}
	return st == x.e.Status
}

func (x *making) ticket(out *sheet, t desk.Ticket) {
	lang := x.e.Lang
	out.add(
		t.ID.Number(), t.Subject, t.Called(lang), journal.Channel(t.From.Channel, lang), t.From.ID,
		journal.Status(t.Status, lang), journal.Priority(t.Priority, lang), journal.Type(t.Type, lang),
		x.team(t.Team), x.agent(t.Assignee), strings.Join(t.Tags, ", "),
		out.at(t.Opened), out.at(t.FirstAnswered), out.at(t.Resolved), out.at(t.Closed), out.at(t.WaitingSince),
		strconv.Itoa(t.Answers), strconv.Itoa(t.Reopened), t.Into.Number(),
	)
}

func (x *making) team(id string) string {
	for _, t := range x.s.Teams {
		if t.ID == id {
			return t.Name.In(x.e.Lang)
		}
	}
	return id
}

func (x *making) agent(id string) string {
	if a, ok := x.s.Agent(id); ok {
		return a.Name
	}
	return id
}

// opened are the tickets opened in the time, list by list. The lists are walked twice:
// what changes its status on the way is in one of them at least once.
func (x *making) opened() ([]desk.TicketID, error) {
	found := map[desk.TicketID]int{}
	for range 2 {
		for _, team := range x.s.AllTeams() {
			if !x.who.Team(team) || x.e.Team != "" && x.e.Team != team {
				continue
			}
			for _, st := range desk.Statuses {
				if err := x.list(team, st, found); err != nil {
					return nil, err
				}
			}
		}
	}
	ids := slices.Collect(maps.Keys(found))
	slices.SortFunc(ids, func(a, b desk.TicketID) int { return found[a] - found[b] })
	return ids, nil
}

// list adds one list's tickets. A status that isn't asked for is looked at all the same:
// the index may lag behind the ticket.
func (x *making) list(team string, st desk.Status, found map[desk.TicketID]int) error {
	for cursor := ""; ; {
		p, err := x.store.TicketsOpened(x.ctx, team, st, x.e.From, x.e.To, cursor, page)
		if err != nil {
			return err
		}
		for _, id := range p.IDs {
			if _, ok := found[id]; !ok {
				found[id] = len(found)
			}
		}
		if len(found) > MaxRows {
			return ErrTooMany
		}
		if cursor = p.Cursor; cursor == "" {
			return nil
		}
	}
}

func (x *making) answers() ([]byte, int, error) {
	out := x.sheet(
		x.l("时间", "Given"), x.l("来源", "Source"), x.l("类型", "Type"), x.l("评分", "Score"), x.l("评论", "Comment"), x.l("其他回答", "Further answers"),
		x.l("工单号", "Ticket"), x.l("渠道", "Channel"), x.l("小组", "Team"), x.l("处理人", "Agent"),
	)
	for cursor := ""; ; {
		p, err := x.store.FindFeedback(x.ctx, store.FeedbackQuery{From: x.e.From, To: x.e.To}, cursor, atOnce)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range p.Rows {
			if x.wantsAnswer(r.Value) {
				x.answer(out, r.Value)
			}
		}
		if out.rows > MaxRows {
			return nil, 0, ErrTooMany
		}
		if cursor = p.Next; cursor == "" {
			return out.file(), out.rows, nil
		}
	}
}

// answer is a row; the latest come first.
func (x *making) answer(out *sheet, f desk.Feedback) {
	ticket, kind, score := "", strings.ToUpper(string(f.Kind)), ""
	if f.Ticket != "" {
		ticket = f.Ticket.Number()
	}
	if f.Type != "" {
		kind = journal.Type(f.Type, x.e.Lang)
	}
	counted, ok := f.Score()
	if ok {
		score = strconv.Itoa(*counted.Number)
	}
	out.add(
		out.at(f.At), string(f.Source), kind, score, f.Words(), further(f.Answers, counted.Question),
		ticket, journal.Channel(f.Channel, x.e.Lang), x.team(f.Team), x.agent(f.Agent),
	)
}

// further are the answers beside score and comment, a line each.
func further(all []desk.FeedbackAnswer, score string) string {
	var lines []string
	for _, a := range all {
		if a.Question == score || a.Question == desk.CommentQuestion {
			continue
		}
		name, value := a.Label, a.Text
		if name == "" {
			name = a.Question
		}
		if a.Number != nil {
			value = strconv.Itoa(*a.Number)
		}
		if len(a.Chosen) > 0 {
			value = strings.Join(a.Chosen, ", ")
		}
		lines = append(lines, fmt.Sprintf("%s: %s", name, value))
	}
	return strings.Join(lines, "\n")
}

func (x *making) wantsAnswer(f desk.Feedback) bool {
	return (x.e.Team == "" || x.e.Team == f.Team) &&
		allow.May(x.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: f.Team}) == allow.Yes
}
