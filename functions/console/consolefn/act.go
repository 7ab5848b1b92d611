package consolefn

import (
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// ticketID reads the number in the address.
func (v *visit) ticketID() (desk.TicketID, error) {
	id, ok := desk.ParseNumber(v.r.PathValue("number"))
	if !ok {
		return "", desk.Errorf(desk.NotFound, "no such ticket")
	}
	return id, nil
}

// act is who does what when.
func (v *visit) act() ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: v.agent.ID, Name: v.agent.Name}, At: v.now.Truncate(time.Millisecond)}
}

// writing is act for what would stand there twice if it were done twice. The form on
// the page carries a number of its own, so a double click, or a browser's second try,
// does it once. The text belongs to the key: who goes back to the same page and writes
// something else has written something else.
func (v *visit) writing(what, text string) ticketing.Act {
	a := v.act()
	if nonce := v.r.PostForm.Get("nonce"); nonce != "" {
		a.Key = "console:" + desk.DeriveID(what, v.agent.ID, nonce, text)
	}
	return a
}

// do acts on the ticket in the address and goes back to its page.
func (v *visit) do(fn func(desk.TicketID) error) error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	if err := fn(id); err != nil {
		return err
	}
	v.redirect("/console/tickets/" + id.Number())
	return nil
}

// send writes into the ticket in the address and goes back to its page, where that
// stands: the address tells the page's script which draft has become a message.
func (v *visit) send(fn func(desk.TicketID) (desk.MessageID, error)) error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	m, err := fn(id)
	if err != nil {
		return err
	}
	v.redirect("/console/tickets/" + id.Number() + "#" + url.PathEscape(string(m)))
	return nil
}

// text is what the agent wrote; browsers post line ends as CR LF.
func (v *visit) text() string {
	return strings.ToValidUTF8(strings.ReplaceAll(v.r.PostForm.Get("text"), "\r\n", "\n"), "\uFFFD")
}

func (v *visit) reply() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	rows, newest, err := v.answered(id)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return v.askAnswered(id, rows, newest)
	}
	return v.send(func(id desk.TicketID) (desk.MessageID, error) {
		then := desk.Status(v.r.PostForm.Get("then"))
		if then != "" && then != desk.StatusPending && then != desk.StatusOpen && then != desk.StatusResolved {
			return "", desk.FieldError("status", "must be one of open, pending, on_hold, snoozed, resolved, closed, spam")
		}
		copies, err := v.copies(id)
		if err != nil {
			return "", err
		}
		files, err := v.upload(id)
		if err != nil {
			return "", err
		}
		return v.Desk.Reply(v.r.Context(), v.writing("reply", v.text()+fingerprint(files)), id,
			ticketing.Reply{Text: v.text(), Then: then, Attachments: files, Cc: copies})
	})
}

// copies are whom the agent chose to copy. A form without the field (an old page, a
// ticket that isn't answered by mail) leaves it to the desk.
func (v *visit) copies(id desk.TicketID) ([]string, error) {
	given, ok := v.r.PostForm["cc"]
	if !ok {
		return nil, nil
	}
	out := []string{}
	for _, s := range given {
		for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;，；、\n", r) }) {
			if one = strings.TrimSpace(one); one != "" {
				out = append(out, one)
			}
		}
	}
	return v.unmasked(id, out)
}

func (v *visit) note() error {
	return v.send(func(id desk.TicketID) (desk.MessageID, error) {
		return v.Desk.Note(v.r.Context(), v.writing("note", v.text()), id, v.text())
	})
}

func (v *visit) forward() error {
	return v.send(func(id desk.TicketID) (desk.MessageID, error) {
		f := ticketing.Forward{To: v.r.PostForm.Get("to"), Text: v.text(), Last: v.r.PostForm.Get("last") != ""}
		return v.Desk.Forward(v.r.Context(), v.writing("forward", f.To+"\x00"+v.text()), id, f)
	})
}

func (v *visit) assign() error {
	return v.do(func(id desk.TicketID) error {
		return v.Desk.Assign(v.r.Context(), v.act(), id, v.r.PostForm.Get("assignee"))
	})
}

func (v *visit) priority() error {
	return v.do(func(id desk.TicketID) error {
		return v.Desk.SetPriority(v.r.Context(), v.act(), id, desk.Priority(v.r.PostForm.Get("priority")))
	})
}

func (v *visit) status() error {
	return v.do(func(id desk.TicketID) error {
		if until := v.preset(v.r.PostForm.Get("snooze")); !until.IsZero() {
			return v.Desk.SetStatus(v.r.Context(), v.act(), id, desk.StatusSnoozed, until)
		}
		until, err := v.localTime(v.r.PostForm.Get("until"))
		if err != nil {
			return err
		}
		return v.Desk.SetStatus(v.r.Context(), v.act(), id, desk.Status(v.r.PostForm.Get("status")), until)
	})
}

// preset is when a ticket comes back that a button snoozes, in the desk's zone: in two hours,
// or at nine tomorrow or on the next Monday. It is zero for anything else.
func (v *visit) preset(name string) time.Time {
	now := v.now.In(v.s.Desk.Location())
	nine := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, now.Location()).UTC()
	}
	switch name {
	case "2h":
		return v.now.Add(2 * time.Hour).Truncate(time.Minute)
	case "tomorrow":
		return nine(1)
	case "monday":
		return nine(7 - int(now.Weekday()+6)%7)
	}
	return time.Time{}
}

// again sends a message once more. The message's own id keeps a second click from
// sending a third time.
func (v *visit) again() error {
	return v.do(func(id desk.TicketID) error {
		msg := desk.MessageID(v.r.PathValue("id"))
		act := v.act()
		act.Key = "console:again:" + string(msg)
		return v.Desk.SendAgain(v.r.Context(), act, id, msg)
	})
}

// followUp sets a time to come back to the ticket, or drops it.
func (v *visit) followUp() error {
	return v.do(func(id desk.TicketID) error {
		form := v.r.PostForm
		if form.Get("drop") != "" {
			return v.Desk.DropFollowUp(v.r.Context(), v.act(), id)
		}
		at, err := v.localTime(form.Get("at"))
		if err != nil {
			return err
		}
		return v.Desk.FollowUp(v.r.Context(), v.act(), id, at, form.Get("note"))
	})
}
