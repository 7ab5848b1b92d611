package consolefn

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/takes"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// timelineShown is how many rows of a timeline a page shows; older ones are a link away.
// A look at a ticket costs one read unit and one for each 4 kB of the rows shown: some
// five for an ordinary ticket, every second or two while an agent has it open.
const timelineShown = 100

type ticketPage struct {
	frame
	listRow
	Team      string
	Items     []item
	Older     string // where older rows are
	Newer     bool   // this page shows older rows only
	Source    string // where the script looks for news
	Nonce     string
	AnswerVia string
	AnswerTo  string
	SMS       bool
	Files     bool // the channel takes files
	Mail      bool // it is answered by mail
	Cc        any

	CanForward bool
	Statuses   []choice
	Prios      []choice
	Agents     []choice
	Types      []choice
	Teams      []choice
	Tags       string   // as one edits them
	Canned     []choice // ID is the text, filled in
	Macros     []choice
	Draft      any         // what the answer begins with
	Then       desk.Status // what the answer makes of the ticket; "" is pending
	Left       []string    // files of an answer taken back, to be chosen again
	Person     person
	Seen       desk.MessageID // the newest row that the page shows
	Writing    []string       // colleagues who are writing just now
	Spent      []spentRow
	Recoveries []recoveryRow
	Tasks      []taskRow
	Panel      *panel
	Snoozed    time.Time
	Splitting  bool         // messages are chosen to be split off
	Blocked    bool         // whose messages are kept as spam
	Window     *replyWindow // nil where answers are always taken
}

// replyWindow is until when, and how many more, answers are taken.
type replyWindow struct {
	Until time.Time
	Left  int
	Open  bool
	Warn  string // where it isn't open: what becomes of an answer
}

// Kind names the ticket's type where it isn't the usual inquiry.
func (p ticketPage) Kind() string {
	if p.T.Type == "" || p.T.Type == desk.Inquiry {
		return ""
	}
	return journal.Type(p.T.Type, p.Lang)
}

// item is one row of the timeline.
type item struct {
	M        desk.Message
	At       time.Time
	Side     string // in, out, note, event
	Who      string
	Said     []string // decisions in words
	Warn     string   // what an agent must know before answering
	State    string
	Why      string
	Purpose  string
	Again    string // where to send it once more
	Undo     string // where it is taken back
	Undone   bool   // it was
	HTML     string // where its formatted text is
	Mark     string // where it is marked as feedback; "" = it can't be
	Marked   string // what it is marked as, in words
	Files    []fileLink
	Provider string // the provider's own type, where it isn't text
	Others   bool   // another agent's answer
	From     choice // the ticket merged into this one that has it; zero: this one
}

// SentAs names the field that a row was written in.
func (it item) SentAs() string {
	switch {
	case it.M.Kind == desk.ToCustomer && it.M.Purpose == forwarded:
		return "forward"
	case it.M.Kind == desk.Note:
		return "note"
	case it.M.Kind == desk.ToCustomer:
		return "reply"
	}
	return ""
}

func (v *visit) ticket() error {
	page, err := v.ticketPage()
	if err != nil {
		return err
	}
	p, err := v.personOf(page.T)
	if err != nil {
		return err
	}
	page.Person = p
	if page.Recoveries, err = v.recoveriesOf(page.T); err != nil {
		return err
	}
	if err := v.spent(&page); err != nil {
		return err
	}
	if page.Tasks, err = v.tasksOf(page.T); err != nil {
		return err
	}
	page.Panel = v.panel(page.Person.C, page.T.ID.Number())
	page.Nonce = rand.Text()
	v.controls(&page)
	page.Splitting = v.r.URL.Query().Get("split") != "" && page.Splittable()
	v.shortcuts(&page)
	v.undone(&page)
	sender, err := v.Store.Identity(v.r.Context(), page.T.From)
	if err != nil {
		return err
	}
	page.Blocked = !sender.Value.Blocked.IsZero()
	if to := page.T.AnswerTo(); to.Channel == desk.WeChat && to == page.T.From {
		if page.Window, err = v.window(page.T, sender.Value); err != nil {
			return err
		}
	}
	return v.write("ticket", page)
}

// window says whether WeChat takes an answer now; where it doesn't, what becomes of one, by
// up to ten reads.
func (v *visit) window(t desk.Ticket, who desk.Identity) (*replyWindow, error) {
	hours := windows.Hours(v.s, who, v.now)
	m := desk.Message{From: t.AnswerTo(), Kind: desk.ToCustomer, Purpose: "reply", At: v.now}
	way, err := ticketing.Foresee(v.r.Context(), v.Store, v.s, t, m, who, hours)
	return &replyWindow{Until: hours.Until, Left: hours.Left, Open: way.Why == "", Warn: v.foreseen(way)}, err
}

// ticketPart gives only the head and the timeline, for the page's script. The reply
// being written stands outside, and is never touched.
func (v *visit) ticketPart() error { return news(v, "timeline", v.ticketPage) }

func (v *visit) ticketPage() (ticketPage, error) {
	id, err := v.ticketID()
	if err != nil {
		return ticketPage{}, err
	}
	ctx := v.r.Context()
	t, err := v.readTicket(id)
	if err != nil {
		return ticketPage{}, err
	}
	p := ticketPage{frame: v.frame("list", "工单 "+id.Number(), id.Number(), "older", "at"), listRow: v.listRow(t.Value)}
	p.Draft, p.Cc = "", ""
	p.Team, p.Source, p.Snoozed = p.listRow.Team, p.URL+"/fragment?lang="+v.lang, t.Value.SnoozedUntil
	return p, errors.Join(v.timeline(ctx, &p), v.together(&p))
}

func (v *visit) timeline(ctx context.Context, p *ticketPage) error {
	cursor, at := v.r.URL.Query().Get("older"), desk.MessageID(v.r.URL.Query().Get("at"))
	rows, next, err := v.Store.Messages(ctx, p.T.ID, cursor, timelineShown, true)
	if at != "" && cursor == "" && next != "" && err == nil && !slices.ContainsFunc(rows, func(r store.Row[desk.Message]) bool { return r.Value.ID == at }) {
		cursor = store.MessagesFrom(p.T.ID, at)
		rows, next, err = v.Store.Messages(ctx, p.T.ID, cursor, timelineShown, true)
	}
	if err != nil {
		return err
	}
	p.Newer = cursor != ""
	if len(rows) > 0 {
		p.Seen = rows[0].Value.ID
	}
	if next != "" {
		p.Older = p.URL + "?" + url.Values{"older": {next}}.Encode()
	}
	for _, r := range slices.Backward(rows) {
		p.Items = append(p.Items, v.item(r.Value, p.URL))
	}
	if !p.Newer {
		err = v.mergedItems(p)
	}
	slices.SortStableFunc(p.Items, func(a, b item) int { return a.At.Compare(b.At) })
	return err
}

// messageURL leads to a message on its ticket's page, or on the older one that has it.
func messageURL(t desk.TicketID, m desk.MessageID) string {
	return "/console/tickets/" + t.Number() + "?" + url.Values{"at": {string(m)}}.Encode() + "#" + url.PathEscape(string(m))
}

func (v *visit) item(m desk.Message, ticketURL string) item {
	it := item{M: m, At: m.ShownAt(), Side: string(m.Kind), Who: v.who(m.By), Provider: m.Type, Others: v.others(m)}
	for _, d := range m.Decisions {
		if d.Code == "mail.unproven" {
			it.Warn = journal.Words(d, v.lang)
			continue
		}
		it.Said = append(it.Said, journal.Words(v.named(d), v.lang))
	}
	if m.Kind == desk.ToCustomer {
		it.State, it.Why = journal.SendState(m.State, v.lang), journal.Why(m.Why, v.lang)
		it.Purpose = journal.Purpose(m.Purpose, v.lang)
		switch {
		case m.Why == desk.Undone: // by who wrote it, and back in their box: it didn't fail
			it.Undone, it.State, it.Why = true, v.words().L("已撤回", "Taken back"), ""
		case (m.State == desk.Uncertain || m.State == desk.Failed) && m.Why != "send.sent_again":
			it.Again = ticketURL + "/messages/" + url.PathEscape(string(m.ID)) + "/again"
		}
	}
	if v.undoable(m) {
		it.Undo = ticketURL + "/messages/" + url.PathEscape(string(m.ID)) + "/undo"
	}
	if m.Gone != "" {
		it.Side = string(desk.Journal) // nothing but where it went
	}
	if m.Kind == desk.FromCustomer && m.Gone == "" && !m.Recorded() {
		it.Mark = ticketURL + "/messages/" + url.PathEscape(string(m.ID)) + "/mark"
		if m.Marked != "" {
			it.Marked = journal.Type(m.Marked, v.lang)
		}
	}
	if m.HTML != "" {
		it.HTML = ticketURL + "/messages/" + url.PathEscape(string(m.ID)) + "/html"
	}
	for i, a := range m.Attachments {
		f := fileLink{choice: choice{Name: v.fileName(a.Name), Chosen: a.Blob != ""}}
		if f.Name == "" {
			f.Name = a.Type
		}
		f.Why = journal.Why(a.Fault, v.lang)
		if a.Waiting() && m.From.Channel == desk.Generic {
			f.Why = a.Ref // never fetched: the agent decides whether to open it
		}
		f.URL = ticketURL + "/files/" + url.PathEscape(string(m.ID)) + "/" + strconv.Itoa(i)
		it.Files = append(it.Files, f)
	}
	return it
}

// fileLink leads to an attachment once it is there.
type fileLink struct {
	choice
	Why string // it never will be: in words
}

// Rest is what a mail quotes, where it has more than what is shown.
func (it item) Rest() string {
	if it.M.Full == it.M.Text {
		return ""
	}
	return it.M.Full
}

func (v *visit) who(a desk.Actor) string {
	say := v.words().L
	switch {
	case a.Name != "":
		return a.Name
	case a.Kind == desk.ByCustomer:
		return say("客户", "Customer")
	case a.Kind == desk.ByAgent:
		return v.agentName(a.ID)
	}
	return say("系统", "The desk")
}

// named puts the names of agents and teams for their ids, and times in the desk's zone.
func (v *visit) named(d desk.Decision) desk.Decision {
	return journal.Names{Agent: v.agentName, Team: v.teamName, Time: v.words().When}.Named(d)
}

// controls are the choices beside the timeline.
func (v *visit) controls(p *ticketPage) {
	to := p.T.AnswerTo()
	p.SMS = to.Channel == desk.SMS && to.ID != ""
	p.Mail = to.Channel == desk.Email && to.ID != ""
	p.CanForward = len(ticketing.MailAddresses(v.s)) > 0 && p.T.Status != desk.StatusSpam && p.T.Status != desk.StatusClosed
	p.Cc = strings.Join(v.shown(ticketing.Copies(p.T)), ", ")
	p.Files = v.Blob != nil && takes.Files(to, v.s.Takes(to)).Count > 0
	if to.ID != "" {
		p.AnswerTo = to.Label(v.lang)
		p.AnswerVia = journal.Channel(to.Channel, v.lang)
	}
	for _, s := range desk.Statuses {
		if s != desk.StatusNew {
			p.Statuses = append(p.Statuses, choice{ID: string(s), Name: journal.Status(s, v.lang), Chosen: s == p.T.Status})
		}
	}
	for _, x := range desk.Priorities {
		p.Prios = append(p.Prios, choice{ID: string(x), Name: journal.Priority(x, v.lang), Chosen: x == p.T.Priority})
	}
	p.Agents = append(p.Agents, choice{Name: p.L("未分配", "Nobody"), Chosen: p.T.Assignee == ""})
	for _, a := range v.s.Agents {
		p.Agents = append(p.Agents, choice{ID: a.ID, Name: a.Name, Chosen: a.ID == p.T.Assignee})
	}
}
