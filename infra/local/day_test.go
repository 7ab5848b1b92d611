package local_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// day is an agent's work in a browser, in one language on one screen, with customers of
// its own.
type day struct {
	*life
	b      *browsertest.Tab
	lang   string
	screen browser.Screen
	n      int // tells this day's customers and messages from another's
}

// An agent's day, as it is worked: sign in, a WeChat ticket to resolved, a mail answered
// with a file, a merge and its undoing, the board that changes by itself. In both
// languages, on a desk's screen and on a phone, one desk for all.
func TestAgentsDay(t *testing.T) {
	b := browsertest.Open(t, browser.Wide)
	l := begin(t)
	n := 0
	for _, screen := range []browser.Screen{browser.Wide, browser.Phone} {
		for _, lang := range browser.Languages {
			n++
			t.Run(screen.Name+"/"+lang, func(t *testing.T) {
				d := &day{l, b.In(t), lang, screen, n}
				d.b.Show(screen)
				d.signIn(t)
				walk(t, []step{
					{"a WeChat ticket to resolved", d.in(d.wechat)},
					{"a mail is answered with a file", d.in(d.mail)},
					{"merged and unmerged", d.in(d.merge)},
					{"the board changes by itself", d.in(d.board)},
				})
				d.b.Click("form[action='/console/logout'] button")
				d.b.Until(`location.pathname === "/console/login"`)
			})
		}
	}
	require.Empty(t, b.Complaints())
}

// in lets a step's failures be its own.
func (d *day) in(do func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		whole := d.b
		d.b = whole.In(t)
		defer func() { d.b = whole }()
		do(t)
	}
}

func (d *day) signIn(t *testing.T) {
	d.b.Open(browser.In(d.base+"/console/login", d.lang))
	require.NoError(t, d.b.SignIn(d.base, "li", d.World.LocalPassword))
	require.Equal(t, d.lang, browsertest.JS[string](d.b, "document.documentElement.lang"))
}

func (d *day) open(page string) {
	d.b.Open(d.base + page)
	d.b.Fits(d.screen, page)
}

// page opens a ticket's page.
func (d *day) page(t desk.Ticket) { d.open("/console/tickets/" + t.ID.Number()) }

// badge is a status as the page says it.
func badge(s desk.Status) string { return fmt.Sprintf(`document.querySelector(".head .badge.%s")`, s) }

// got waits for what the customer has got.
func (d *day) got(t *testing.T, f standin.Filter, n int) []standin.Message {
	f.Outgoing = true
	var got []standin.Message
	soon(t, func() bool {
		got = d.Standin.List(f)
		return len(got) >= n
	})
	return got
}

func (d *day) wechat(t *testing.T) {
	w, err := d.WeChat(d.base)
	require.NoError(t, err)
	who := fmt.Sprintf("oDay%d", d.n)
	d.open("/console?view=unassigned")
	req, err := w.Text(who, fmt.Sprint(9000+d.n), "杯子碎了，可以退款吗？", d.clock.Now())
	call(t, req, err)
	tk := d.find(t, who, 1)
	d.b.Until(fmt.Sprintf(`document.querySelector('tr[data-id="%s"].fresh')`, tk.ID.Number()))
	d.b.Say(fmt.Sprintf(`document.querySelector('tr[data-id="%s"] a').click()`, tk.ID.Number()))
	d.b.Until(`document.querySelector(".timeline .in")`)
	d.b.Fits(d.screen, "the ticket")

	d.b.Type("#reply", "您好，已经为您退款。")
	d.b.Do(chromedp.SetValue(chromedp.CSS("#then"), "resolved"))
	d.b.Click("form.reply button[type=submit]")
	d.b.Until(`document.querySelector(".timeline .out")`)
	d.b.Until(badge(desk.StatusResolved))
	require.Contains(t, d.got(t, standin.Filter{Channel: desk.WeChat, Customer: who}, 1)[0].Text, "已经为您退款")
	d.b.Until(`document.querySelector(".timeline .out .badge.sent")`) // by itself
	require.Equal(t, desk.StatusResolved, d.ticket(t, tk.ID).Status)
	d.b.Keep(fmt.Sprintf("day-wechat-%s-%s", d.lang, d.screen.Name))
}

// writes is a mail from a customer of this day, and its ticket.
func (d *day) writes(t *testing.T, who, subject string, nth int) desk.Ticket {
	d.life.mail(t, provider.Mail{From: who, FromName: "Ann", Subject: subject, Text: "Could you send me the invoice?", MessageID: fmt.Sprintf("%d-%s", nth, who)})
	return d.find(t, who, nth)
}

func (d *day) mail(t *testing.T) {
	who := fmt.Sprintf("ann%d@customer.example", d.n)
	tk := d.writes(t, who, "Invoice", 1)
	file := filepath.Join(t.TempDir(), "invoice.pdf")
	require.NoError(t, os.WriteFile(file, []byte("%PDF-1.4 invoice"), 0o600))
	d.page(tk)
	d.b.Type("#reply", "Here it is.")
	d.b.Do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{file}))
	d.b.Click("form.reply button[type=submit]")
	d.b.Until(`[...document.querySelectorAll(".timeline .out .files a")].some((a) => a.textContent.includes("invoice.pdf"))`)
	m := d.got(t, standin.Filter{Channel: desk.Email, Customer: who}, 1)[0]
	require.Contains(t, m.Text, "Here it is.")
	require.Equal(t, []string{"invoice.pdf"}, m.Files)
	d.b.Until(badge(desk.StatusPending))
}

func (d *day) merge(t *testing.T) {
	who := fmt.Sprintf("bo%d@customer.example", d.n)
	first, second := d.writes(t, who, "Parcel", 1), d.writes(t, who, "Once more", 2)
	d.page(second)
	d.b.Say(`document.querySelector("#into").closest("details").open = true`)
	d.b.Type("#into", strings.ToLower(first.ID.Number()))
	d.b.Click("form.merge button")
	d.b.Until(fmt.Sprintf(`location.pathname.endsWith("%s") && document.querySelector(".head").textContent.includes("%s")`, first.ID.Number(), second.ID.Number()))
	require.Equal(t, first.ID, d.ticket(t, second.ID).Into)
	d.page(second)
	d.b.Click(".banner form button")
	d.b.Until(`!document.querySelector(".banner") && document.querySelector("#reply")`)
	require.Empty(t, d.ticket(t, second.ID).Into)
}

func (d *day) board(t *testing.T) {
	d.open("/console/board")
	waiting := func() int {
		return browsertest.JS[int](d.b, `Number(document.querySelector(".board tbody td a").textContent)`)
	}
	before := waiting()
	tw, err := d.Twilio(d.base)
	require.NoError(t, err)
	req, err := tw.Message(fmt.Sprintf("+1415555%04d", 900+d.n), fmt.Sprintf("SMday%027d", d.n), "Is the shop open?")
	call(t, req, err)
	d.find(t, fmt.Sprintf("+1415555%04d", 900+d.n), 1)
	d.clock.Jump(11 * time.Second) // what the console keeps of the counts
	d.b.Until(fmt.Sprintf(`Number(document.querySelector(".board tbody td a").textContent) === %d`, before+1))
}
