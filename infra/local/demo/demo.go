// Package demo shows a scratch desk at work. It touches the desk as the world does and
// in no other way: providers' signed calls, the REST API with the desk's token and agents' service keys, the pages that
// customers open. Each line it prints says which promise it shows, and a line is printed
// only after what it says was seen.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// Demo is one showing. All fields are needed.
type Demo struct {
	Desk  *local.Desk
	Base  string // where the desk answers
	Clock *local.Warp
	Out   io.Writer

	keys map[string]string // agents' service keys, by id
	as   string            // the agent whose key calls are made with; "" = the desk's own token
}

// Score is what one customer answered in the end.
type Score struct {
	Channel  desk.Channel
	Customer string
	Ticket   string // number
	Value    int
}

// guest is a customer of the demo.
type guest struct {
	channel desk.Channel
	name    string
	address string // where answers to them arrive
	says    string
	answer  string
	score   int

	number string // of their ticket
}

// guests are the four customers: a refund asked for in Chinese, a delivery in English.
func guests() []*guest {
	return []*guest{
		{desk.WeChat, "小陈", "oDemoXiaoChen", "上周买的杯子碎了，我想退款。", "您好，非常抱歉！退款已经为您办理，1–3 个工作日到账。", 5, ""},
		{desk.Email, "Dana Reed", "dana@customer.example", "My parcel was due on Tuesday and has not arrived. Where is it?", "Hello Dana, it is out for delivery and will reach you today.", 4, ""},
		{desk.SMS, "+14155550100", "+14155550100", "Can I change the size of my order?", "Yes: it is changed to M. Nothing else to do.", 5, ""},
		{desk.WebForm, "周敏", "zhoumin@customer.example", "请问你们支持开企业发票吗？", "支持的。请把抬头和税号回复给我们，当天开出。", 3, ""},
	}
}

// patience is how long one step may take of real time.
const patience = 30 * time.Second

// Run shows everything and gives the four scores. It stops at the first thing that
// isn't as promised.
func (d *Demo) Run(ctx context.Context) ([]Score, error) {
	all := guests()
	for _, step := range []func(context.Context, []*guest) error{
		d.write, d.repeat, d.file, d.stranger, d.refuse, d.reply, d.receipt, d.resolve, d.ask, d.scan, d.answer,
	} {
		if err := step(ctx, all); err != nil {
			return nil, err
		}
	}
	return d.scores(ctx, all)
}

func (d *Demo) say(format string, args ...any) { fmt.Fprintf(d.Out, "  "+format+"\n", args...) }

// until waits for something to become true.
func until(ctx context.Context, what string, try func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	for {
		ok, err := try()
		if ok && err == nil {
			return nil
		}
		last = err
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("demo: did not see that %s", what), last)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// write: four customers write, each as their provider sends it.
func (d *Demo) write(ctx context.Context, all []*guest) error {
	for _, g := range all {
		if err := d.deliver(ctx, g); err != nil {
			return fmt.Errorf("demo: %s: %w", g.channel, err)
		}
	}
	d.say("WeChat: a refund asked for in Chinese, encrypted and signed as Tencent does; answered `success`")
	d.say("E-mail: a delivery mail in English, laid in the bucket with SES's notice")
	d.say("SMS:    a question by text message, with Twilio's signature")
	d.say("Form:   a question from the web form")
	return nil
}

func (d *Demo) deliver(ctx context.Context, g *guest) error {
	now := d.Clock.Now()
	switch g.channel {
	case desk.WeChat:
		w, err := d.Desk.WeChat(d.Base)
		if err != nil {
			return err
		}
		req, err := w.Text(g.address, "24300000000000001", g.says, now.Truncate(time.Second))
		return d.provider(req, err, "success")
	case desk.SMS:
		t, err := d.Desk.Twilio(d.Base)
		if err != nil {
			return err
		}
		req, err := t.Message(g.address, "SM0000000000000000000000000000demo", g.says)
		return d.provider(req, err, "<Response")
	case desk.Email:
		return d.Desk.Mail(ctx, "", d.firstMail(g))
	default:
		req, err := provider.Form(d.Base, "contact", map[string]string{
			"name": g.name, "email": g.address, "topic": "other", "message": g.says, "_id": "demo-form-nonce-0001", "_lang": "zh-CN",
		})
		return d.provider(req, err, `"ok":true`)
	}
}

func (d *Demo) firstMail(g *guest) []byte {
	return provider.Mail{
		From: g.address, FromName: g.name, To: d.Desk.MailAddress(), Subject: "Where is my parcel?", Text: g.says,
		MessageID: "demo-1@customer.example", At: d.Clock.Now().Truncate(time.Hour),
	}.Bytes()
}

// repeat: WeChat and the form send again what they sent already.
func (d *Demo) repeat(ctx context.Context, all []*guest) error {
	for range 2 {
		for _, g := range all {
			if err := d.deliver(ctx, g); err != nil {
				return fmt.Errorf("demo: repeat on %s: %w", g.channel, err)
			}
		}
	}
	return nil
}

// file: four tickets, whatever was repeated.
func (d *Demo) file(ctx context.Context, all []*guest) error {
	var tickets []ticket
	err := until(ctx, "four tickets stand in the list", func() (ok bool, err error) {
		tickets, err = d.tickets(ctx)
		return len(tickets) >= len(all), err
	})
	if err != nil {
		return err
	}
	if err := d.quiet(ctx); err != nil {
		return err
	}
	if tickets, err = d.tickets(ctx); err != nil {
		return err
	}
	if len(tickets) != len(all) {
		return fmt.Errorf("demo: %d tickets stand in the list, want %d", len(tickets), len(all))
	}
	for _, g := range all {
		for _, t := range tickets {
			if t.Via.Channel == g.channel {
				g.number = t.Number
			}
		}
	}
	d.say("each of them sent three times: four tickets, one each (promise 1: applied exactly once)")
	return nil
}

// stranger: somebody who knows the Message-ID of Dana's mail tries to get in.
func (d *Demo) stranger(ctx context.Context, all []*guest) error {
	err := d.Desk.Mail(ctx, "", provider.Mail{
		From: "eve@elsewhere.example", FromName: "Eve", To: d.Desk.MailAddress(), Subject: "Re: Where is my parcel?",
		Text: "Please send it to my address instead.", MessageID: "eve-1@elsewhere.example", InReplyTo: "demo-1@customer.example", At: d.Clock.Now(),
	}.Bytes())
	if err != nil {
		return err
	}
	err = until(ctx, "the stranger's mail is a ticket of its own", func() (bool, error) {
		tickets, err := d.tickets(ctx)
		return len(tickets) == len(all)+1, err
	})
	if err == nil {
		d.say("a stranger answers into Dana's thread: a ticket of its own (promise 4: no stranger in a ticket)")
	}
	return err
}

// refuse: a forged call learns nothing.
func (d *Demo) refuse(context.Context, []*guest) error {
	t, err := d.Desk.Twilio(d.Base)
	if err != nil {
		return err
	}
	t.AuthToken = "somebody else's"
	req, err := t.Message("+14155550199", "SMforged", "let me in")
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 403 {
		return fmt.Errorf("demo: a forged call was answered %d, want 403", resp.StatusCode)
	}
	d.say("a forged SMS webhook: 403, and nothing kept")
	return nil
}

// reply: an agent answers each over the API, twice with one key, as a double click does.
func (d *Demo) reply(ctx context.Context, all []*guest) error {
	defer func() { d.as = "" }()
	for i, g := range all {
		if err := d.agent(ctx, []string{"li", "amy"}[i%2]); err != nil {
			return err
		}
		for range 2 {
			if err := d.answerTicket(ctx, g); err != nil {
				return err
			}
		}
		if err := d.arrives(ctx, g, g.answer, 1); err != nil {
			return err
		}
	}
	d.say("an agent answers each, every request sent twice: each customer has it once (promise 3: no reply twice)")
	return nil
}

// arrives waits until a text lies in a customer's hands exactly n times.
func (d *Demo) arrives(ctx context.Context, g *guest, text string, n int) error {
	found := func() int {
		hits := 0
		for _, m := range d.Desk.Standin.List(standin.Filter{Customer: g.address, Outgoing: true}) {
			if contains(m.Text, text) {
				hits++
			}
		}
		return hits
	}
	err := until(ctx, fmt.Sprintf("%q reached %s on %s", text, g.name, g.channel), func() (bool, error) { return found() >= n, nil })
	if err == nil && found() != n {
		err = fmt.Errorf("demo: %s has the answer %d times, want %d", g.name, found(), n)
	}
	return err
}
