package demo

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// receipt: Twilio says that its message arrived.
func (d *Demo) receipt(ctx context.Context, all []*guest) error {
	g := all[2]
	t, err := d.Desk.Twilio(d.Base)
	if err != nil {
		return err
	}
	for _, m := range d.Desk.Standin.List(standin.Filter{Customer: g.address, Outgoing: true}) {
		for _, status := range []string{"delivered", "sent"} { // out of order, as it happens
			req, err := t.Status(m.Callback, g.address, m.ID, status)
			if err := d.provider(req, err, "<Response"); err != nil {
				return err
			}
		}
	}
	err = until(ctx, "the reply by SMS is marked as delivered", func() (bool, error) {
		ms, err := d.messages(ctx, g.number)
		for _, m := range ms {
			if m.Type == "outgoing" && m.Text == g.answer && m.Delivery.State == string(desk.Delivered) {
				return true, err
			}
		}
		return false, err
	})
	if err == nil {
		d.say("Twilio's receipts come out of order: delivered stays delivered")
	}
	return err
}

// resolve: the agent is done; asking is promised in the same transaction.
func (d *Demo) resolve(ctx context.Context, all []*guest) error {
	for _, g := range all {
		if err := d.patch(ctx, g.number, `{"status":"resolved"}`); err != nil {
			return err
		}
	}
	d.say("all four are resolved; the question how it went is planned in the same transaction")
	return nil
}

// ask: the delay passes, and each is asked once on their channel.
func (d *Demo) ask(ctx context.Context, all []*guest) error {
	for range 2 { // twice the delay: asking again would show
		if err := d.pass(ctx, time.Hour+time.Minute); err != nil {
			return err
		}
	}
	if err := d.quiet(ctx); err != nil {
		return err
	}
	for _, g := range all {
		if err := d.arrives(ctx, g, "/s/", 1); err != nil {
			return err
		}
	}
	d.say("two hours pass: each is asked once, on their own channel, the form by mail (promise 6)")
	return nil
}

var surveyLink = regexp.MustCompile(`/s/([A-Za-z0-9_-]+)`)

func (d *Demo) link(g *guest) string {
	for _, m := range d.Desk.Standin.List(standin.Filter{Customer: g.address, Outgoing: true}) {
		if p := surveyLink.FindString(m.Text); p != "" {
			return d.Base + p
		}
	}
	return ""
}

// scan: a mail scanner opens the links, and posts to one.
func (d *Demo) scan(ctx context.Context, all []*guest) error {
	for _, g := range all {
		if _, err := d.page(ctx, "GET", d.link(g)+"?score=1", nil); err != nil {
			return err
		}
	}
	_, _ = d.page(ctx, "POST", d.link(all[1]), url.Values{"score": {"1"}}) // refused, whatever the answer looks like
	scores, err := d.feedback(ctx)
	if err != nil {
		return err
	}
	if len(scores) != 0 {
		return fmt.Errorf("demo: a scanner's visit recorded %d scores", len(scores))
	}
	d.say("a mail scanner opens every link and posts to one: no vote (promise 7)")
	return nil
}

var confirm = regexp.MustCompile(`name="confirm" value="([^"]+)"`)

// answer: a digit on WeChat and SMS, the page for mail and form.
func (d *Demo) answer(ctx context.Context, all []*guest) error {
	for _, g := range all {
		var err error
		switch g.channel {
		case desk.WeChat:
			err = d.digitOnWeChat(g)
		case desk.SMS:
			err = d.digitBySMS(g)
		default:
			err = d.onPage(ctx, g)
		}
		if err != nil {
			return err
		}
	}
	d.say("two answer by a digit, two on the page")
	return nil
}

func (d *Demo) digitOnWeChat(g *guest) error {
	w, err := d.Desk.WeChat(d.Base)
	if err != nil {
		return err
	}
	req, err := w.Text(g.address, "24300000000000002", fmt.Sprint(g.score), d.Clock.Now())
	return d.provider(req, err, "success")
}

func (d *Demo) digitBySMS(g *guest) error {
	t, err := d.Desk.Twilio(d.Base)
	if err != nil {
		return err
	}
	req, err := t.Message(g.address, "SM000000000000000000000000000demo2", fmt.Sprint(g.score))
	return d.provider(req, err, "<Response")
}

func (d *Demo) onPage(ctx context.Context, g *guest) error {
	page, err := d.page(ctx, "GET", d.link(g), nil)
	if err != nil {
		return err
	}
	m := confirm.FindStringSubmatch(page)
	if m == nil {
		return fmt.Errorf("demo: the survey page of %s has nothing to confirm with", g.name)
	}
	_, err = d.page(ctx, "POST", d.link(g), url.Values{"seen": {"1"}, "confirm": {m[1]}, "score": {fmt.Sprint(g.score)}, "comment": {"demo"}})
	return err
}

// scores waits for all four and checks them against what was answered.
func (d *Demo) scores(ctx context.Context, all []*guest) ([]Score, error) {
	var got map[string]int
	err := until(ctx, "all four scores are there", func() (ok bool, err error) {
		got, err = d.feedback(ctx)
		return len(got) == len(all), err
	})
	if err != nil {
		return nil, err
	}
	var out []Score
	for _, g := range all {
		if got[g.number] != g.score {
			return nil, fmt.Errorf("demo: %s answered %d, the desk has %d", g.name, g.score, got[g.number])
		}
		out = append(out, Score{g.channel, g.name, g.number, g.score})
	}
	return out, nil
}

func contains(text, part string) bool { return strings.Contains(text, part) }
