package consolefn

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// What several agents at one ticket need, and what it costs. A look at a ticket reads who
// is writing: one read unit. Who writes says so every ten seconds at most: a read and a
// write unit. An agent who has a ticket open for eight hours, and writes for four of them,
// pays 15,000 reads and 1,500 writes for it, less than half a cent. An answer reads the
// newest rows once more before it goes out.

// forwarded is the purpose of what was sent to a third party.
const forwarded = "forward"

// answersRead is how far back an answer looks for those of colleagues.
const answersRead = 30

// spentRow is the time that an agent has spent on a ticket.
type spentRow struct {
	Name string
	Took string
}

// together adds what colleagues do on the ticket just now.
func (v *visit) together(p *ticketPage) error {
	row, err := v.Store.Writing(v.r.Context(), p.T.ID)
	if err != nil {
		return err
	}
	for agent, until := range row.Value.Until {
		if agent != v.agent.ID && until.After(v.now) {
			p.Writing = append(p.Writing, v.agentName(agent))
		}
	}
	slices.Sort(p.Writing)
	return nil
}

// spent adds how long agents have worked on the ticket.
func (v *visit) spent(p *ticketPage) error {
	sums, err := v.Store.Spent(v.r.Context(), p.T.ID)
	if err != nil || len(sums) == 0 {
		return err
	}
	for _, a := range v.s.Agents {
		if n := sums[ticketing.SpentBy(a.ID)]; n > 0 {
			p.Spent = append(p.Spent, spentRow{a.Name, p.duration(time.Duration(n) * time.Second)})
		}
	}
	return nil
}

// writes tells colleagues that the agent is writing.
func (v *visit) writes() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	if err := v.Desk.Writing(v.r.Context(), v.act(), id); err != nil {
		return err
	}
	v.silent()
	return nil
}

// spends notes time spent. The page numbers what it tells, so that a second try of the
// browser's counts nothing.
func (v *visit) spends() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	f := v.r.PostForm
	seconds, err := strconv.Atoi(f.Get("seconds"))
	if err != nil {
		return desk.FieldError("seconds", "must be 1 to 900")
	}
	a := v.act()
	if nonce := f.Get("nonce"); nonce != "" {
		a.Key = "console:" + nonce + ":" + f.Get("n")
	}
	if err := v.Desk.Spent(v.r.Context(), a, id, time.Duration(seconds)*time.Second); err != nil {
		return err
	}
	v.silent()
	return nil
}

// answeredPage asks whether an answer is still meant that a colleague has come before.
type answeredPage struct {
	frame
	URL   string
	Rows  []item
	Seen  desk.MessageID
	Text  template.HTML
	Then  string
	Cc    string
	HasCc bool
	Nonce string
	Files bool

	Preview *preview // it was asked how the answer would go, and nothing else
}

// answered gives what colleagues have answered since the agent's page was read. A form
// that doesn't say what it has seen is an old one, and asks nothing.
func (v *visit) answered(id desk.TicketID) (rows []item, newest desk.MessageID, err error) {
	seen := desk.MessageID(v.r.PostForm.Get("seen"))
	if seen == "" {
		return nil, "", nil
	}
	read, _, err := v.Store.Messages(v.r.Context(), id, "", answersRead, true)
	if err != nil {
		return nil, "", err
	}
	for i, r := range read {
		if i == 0 {
			newest = r.Value.ID
		}
		if r.Value.ID == seen {
			break
		}
		if v.others(r.Value) {
			rows = append(rows, v.item(r.Value, ""))
		}
	}
	slices.Reverse(rows)
	return rows, newest, nil
}

// others says whether a message is another agent's answer to the customer.
func (v *visit) others(m desk.Message) bool {
	return m.Kind == desk.ToCustomer && m.Purpose != forwarded && m.By.Kind == desk.ByAgent && m.By.ID != v.agent.ID
}

// askAnswered shows what colleagues have answered, and the agent's own text beside it.
func (v *visit) askAnswered(id desk.TicketID, rows []item, newest desk.MessageID) error {
	p := v.answerAgain(id, "已有人回复", "Answered meanwhile")
	p.Rows, p.Seen = rows, newest
	return v.write("answered", p)
}

// answerAgain has the answer's form once more, as it was sent.
func (v *visit) answerAgain(id desk.TicketID, zh, en string) answeredPage {
	f := v.r.PostForm
	return answeredPage{
		frame: v.frame("list", zh, en), URL: "/console/tickets/" + id.Number(),
		Text: typed(v.text()), Then: f.Get("then"), Cc: strings.Join(f["cc"], ", "), HasCc: f.Has("cc"), Nonce: f.Get("nonce"),
		Files: v.r.MultipartForm != nil && len(v.r.MultipartForm.File["files"]) > 0,
	}
}
