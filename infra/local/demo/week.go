package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/shared/desk"
)

// WeekLength is how far back a week of life begins.
const WeekLength = 7 * 24 * time.Hour

// talk is something customers write about, and how it is answered.
type talk struct{ asks, answer string }

var talks = []talk{
	{"订单三天了还没有发货，什么时候能发？", "您好，今天下午已经发出，单号稍后短信通知您。"},
	{"收到的杯子有裂纹，可以换一个吗？", "非常抱歉，新的杯子明天寄出，旧的不用寄回。"},
	{"发票抬头写错了，能重开吗？", "可以的，请把正确的抬头发给我们，当天重开。"},
	{"会员积分为什么少了 200？", "您上周用积分兑换了优惠券，明细已发给您。"},
	{"How do I return a pair of shoes?", "Print the label we have just sent you and drop the parcel at any post office."},
	{"My discount code is not accepted.", "It had expired by a day. Here is a new one: WELCOME10."},
	{"The app signs me out every morning.", "Thank you, that is mended in version 4.2; please update."},
	{"Can I pay by invoice?", "Yes. Please tell us your company's address and tax number."},
}

// visitor is a customer of the week.
type visitor struct {
	channel desk.Channel
	id      string
	talk    talk
	number  string
}

// Week lets a seeded week pass: people write in the daytime, most are answered within
// the hour and resolved, some say how it went. Its clock must begin WeekLength ago.
func (d *Demo) Week(ctx context.Context, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 7))
	n := 0
	for day := range 7 {
		for range 4 + rng.IntN(5) {
			n++
			if err := d.visit(ctx, rng, n); err != nil {
				return fmt.Errorf("demo: day %d, visitor %d: %w", day+1, n, err)
			}
		}
		fmt.Fprintf(d.Out, "  day %d of 7: %d visitors so far\n", day+1, n)
		if err := d.night(ctx, WeekLength/7*time.Duration(6-day)); err != nil {
			return err
		}
	}
	if err := d.quiet(ctx); err != nil {
		return err
	}
	return d.atWork(ctx)
}

// atWork lets the agents be there at the end of the week: Amy takes no more.
func (d *Demo) atWork(ctx context.Context) error {
	for agent, state := range map[string]desk.PresenceState{"li": desk.Online, "amy": desk.Busy} {
		if err := d.api(ctx, http.MethodPut, "/v1/agents/"+agent+"/presence", fmt.Sprintf(`{"state":%q}`, state), "", nil); err != nil {
			return err
		}
	}
	return d.quiet(ctx)
}

// night passes until a day's length before what remains of the week.
func (d *Demo) night(ctx context.Context, remains time.Duration) error {
	if left := time.Until(d.Clock.Now()) * -1; left > remains {
		return d.pass(ctx, left-remains)
	}
	return nil
}

// pass lets time pass once nothing is at work: a lease would else run out under its
// holder, and what it was sending would be uncertain.
func (d *Demo) pass(ctx context.Context, t time.Duration) error {
	if err := d.quiet(ctx); err != nil {
		return err
	}
	d.Clock.Jump(t)
	d.Desk.Queue.ClockMoved()
	return nil
}

// visit is one customer from the first word to the score.
func (d *Demo) visit(ctx context.Context, rng *rand.Rand, n int) error {
	v := &visitor{talk: talks[rng.IntN(len(talks))], channel: []desk.Channel{desk.WeChat, desk.WeChat, desk.Email, desk.SMS, desk.WebForm}[rng.IntN(5)]}
	if err := d.enter(ctx, v, n); err != nil {
		return err
	}
	if rng.IntN(10) == 0 {
		return nil // nobody got round to it
	}
	if err := d.pass(ctx, time.Duration(2+rng.IntN(50))*time.Minute); err != nil {
		return err
	}
	return d.serve(ctx, rng, v, n)
}

func (d *Demo) enter(ctx context.Context, v *visitor, n int) error {
	before, err := d.tickets(ctx)
	if err != nil {
		return err
	}
	if err := d.speak(ctx, v, n, v.talk.asks); err != nil {
		return err
	}
	return until(ctx, "the visitor's ticket is there", func() (bool, error) {
		now, err := d.tickets(ctx)
		if err != nil || len(now) == 0 {
			return false, err
		}
		v.number = now[0].Number
		return len(before) == 0 || now[0].Number != before[0].Number, nil
	})
}

// as names a visitor at their first word.
func (v *visitor) as(id string) {
	if v.id == "" {
		v.id = id
	}
}

// speak writes as the visitor.
func (d *Demo) speak(ctx context.Context, v *visitor, n int, text string) error {
	at := d.Clock.Now()
	id := fmt.Sprintf("%d%03d", at.UnixMilli(), n)
	switch v.channel {
	case desk.WeChat:
		w, err := d.Desk.WeChat(d.Base)
		if err != nil {
			return err
		}
		v.as(fmt.Sprintf("oWeek%023d", n))
		req, err := w.Text(v.id, id, text, at)
		return d.provider(req, err, "success")
	case desk.SMS:
		t, err := d.Desk.Twilio(d.Base)
		if err != nil {
			return err
		}
		v.as(fmt.Sprintf("+1415555%04d", 200+n))
		req, err := t.Message(v.id, "SM"+id, text)
		return d.provider(req, err, "<Response")
	case desk.Email:
		v.id = fmt.Sprintf("visitor%d@customer.example", n)
		return d.Desk.Mail(ctx, "", provider.Mail{From: v.id, FromName: called(text, n), To: d.Desk.MailAddress(),
			Subject: text, Text: text, MessageID: id + "@customer.example", At: at}.Bytes())
	default:
		v.id = fmt.Sprintf("visitor%d@customer.example", n)
		req, err := provider.Form(d.Base, "contact", map[string]string{"name": called(text, n), "email": v.id, "message": text, "_id": "week-" + id})
		return d.provider(req, err, `"ok":true`)
	}
}

// serve answers, resolves and, for most, hears how it went.
func (d *Demo) serve(ctx context.Context, rng *rand.Rand, v *visitor, n int) error {
	g := &guest{channel: v.channel, name: v.id, address: v.id, answer: v.talk.answer, number: v.number}
	agent := []string{"li", "amy"}[rng.IntN(2)]
	if err := d.agent(ctx, agent); err != nil {
		return err
	}
	defer func() { d.as = "" }()
	if err := d.patch(ctx, v.number, fmt.Sprintf(`{"assignee_id":%q}`, agent)); err != nil {
		return err
	}
	if err := d.answerTicket(ctx, g); err != nil {
		return err
	}
	if err := d.arrives(ctx, g, g.answer, 1); err != nil {
		return err
	}
	if rng.IntN(6) == 0 {
		return nil // still waiting for the customer
	}
	if err := d.patch(ctx, v.number, `{"status":"resolved"}`); err != nil {
		return err
	}
	if err := d.pass(ctx, time.Hour+2*time.Minute); err != nil {
		return err
	}
	if err := d.arrives(ctx, g, "/s/", 1); err != nil {
		return err
	}
	if rng.IntN(3) == 0 {
		return nil // says nothing
	}
	g.score = []int{1, 2, 3, 4, 4, 5, 5, 5, 5}[rng.IntN(9)]
	if v.channel == desk.WeChat || v.channel == desk.SMS {
		return d.speak(ctx, v, n+500, fmt.Sprint(g.score))
	}
	page, err := d.page(ctx, "GET", d.link(g), nil)
	if err != nil {
		return err
	}
	if m := confirm.FindStringSubmatch(page); m != nil {
		_, err = d.page(ctx, "POST", d.link(g), url.Values{"confirm": {m[1]}, "score": {fmt.Sprint(g.score)}})
	}
	return err
}
