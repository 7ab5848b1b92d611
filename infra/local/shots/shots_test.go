package main

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/functions/portal/portalfn"
	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// scene is a desk with some life in it, served over local HTTP.
type scene struct {
	t    *testing.T
	base string
	key  sign.Key
	s    *config.Settings
	desk *ticketing.Desk
	n    int
	at   time.Time
	last desk.SurveyID

	first desk.TicketID
}

func newScene(t *testing.T) *scene {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	c := &scene{t: t, s: settings(), at: time.Now().UTC().Add(-3 * time.Hour)}
	c.key, _ = sign.NewKey("0123456789abcdef0123456789abcdef")
	current := func(context.Context) (*config.Settings, error) { return c.s, nil }
	rows := store.New(db)
	c.desk = &ticketing.Desk{Store: rows, Settings: current, Key: c.key}
	mux := http.NewServeMux()
	mux.Handle("/", portalfn.New(portalfn.Deps{Desk: c.desk, Store: rows, Settings: current, Key: c.key, Now: time.Now}))
	console := consolefn.New(consolefn.Deps{Desk: c.desk, Store: rows, Settings: current, Key: c.key, Now: time.Now, Local: true, LocalPassword: "local"})
	mux.Handle("/console", console)
	mux.Handle("/console/", console)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.base, c.s.Desk.PublicURL = server.URL, server.URL
	return c
}

func settings() *config.Settings {
	s := config.Defaults()
	s.Desk = config.Desk{Name: config.Text{"zh-CN": "云杉商店", "en": "Spruce Store"}, Language: "zh-CN", TimeZone: "Asia/Shanghai", Team: "service"}
	s.Teams = []config.Team{{ID: "service", Name: config.Text{"zh-CN": "客服组", "en": "Service"}}, {ID: "repairs", Name: config.Text{"zh-CN": "维修组", "en": "Repairs"}}}
	s.Agents = []config.Agent{{ID: "lin", Name: "林小雨", Role: "lead"}, {ID: "amy", Name: "Amy", Role: "lead"}}
	s.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
	s.Surveys[0].Question = config.Text{"zh-CN": "这次的服务您满意吗？", "en": "How did we do?"}
	text := func(zh, en string) config.Text { return config.Text{"zh-CN": zh, "en": en} }
	s.Forms = []config.Form{{
		ID: "contact", Title: text("联系我们", "Contact us"), Intro: text("工作日 9:00–18:00，通常一小时内回复。", "Weekdays 9 to 18. We usually answer within an hour."),
		Honeypot: "_gotcha", Fields: []config.FormField{
			{Name: "name", Label: text("姓名", "Name"), Type: config.FieldText, Max: 60, Role: "name"},
			{Name: "mail", Label: text("邮箱", "E-mail"), Type: config.FieldMail, Required: true, Max: 254, Role: "mail"},
			{Name: "topic", Label: text("主题", "Topic"), Type: config.FieldChoice, Role: "subject", Choices: []config.Choice{{Value: "order", Label: text("订单与物流", "Orders and shipping")}}},
			{Name: "text", Label: text("想说的话", "Message"), Type: config.FieldTextarea, Required: true, Max: 5000, Role: "message"},
			{Name: "photo", Label: text("照片", "Photo"), Type: config.FieldFile, Max: 3 << 20},
		},
	}}
	s.Help = []config.Article{{ID: "returns", Title: text("如何退换货", "Returns"), Text: text("七天内可退。\n\n| 商品 | 期限 |\n|---|---|\n| 台灯 | 30 天 |\n", "Within seven days.\n\n- the receipt\n- the box\n")}}
	return s
}

func (c *scene) tick(d time.Duration) time.Time {
	c.at = c.at.Add(d)
	return c.at
}

// comes is one message of a customer.
func (c *scene) comes(in desk.Inbound) desk.TicketID {
	c.t.Helper()
	c.n++
	in.Kind, in.ID = desk.InMessage, in.ID+string(rune('a'+c.n))
	got, err := c.desk.Receive(c.t.Context(), channel.Envelope{At: c.tick(4 * time.Minute)}, in)
	require.NoError(c.t, err)
	return got.Ticket
}

func (c *scene) act(agent, name string) ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: agent, Name: name}, At: c.tick(3 * time.Minute)}
}

var (
	wechat = desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAbCdEfGhIjKlMn"}
	phone  = desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550123"}
	mail   = desk.Address{Channel: desk.Email, Account: "help", ID: "james@example.com"}
	form   = desk.Address{Channel: desk.WebForm, Account: "contact", ID: "chen@example.com"}
)

// fill brings customers, agents and what they do, and gives the pages worth a picture.
func (c *scene) fill() []string {
	ctx, t := c.t.Context(), c.t
	lin, amy := "林小雨", "Amy"
	first := c.comes(desk.Inbound{From: wechat, Name: "王芳", Text: "你好，我上周买的台灯今天突然不亮了，换过插座也没用，可以换一台吗？", Lang: "zh-CN"})
	c.first = first
	_, err := c.desk.Note(ctx, c.act("amy", amy), first, "同一批次已有三起，先安排换货，再请仓库查批号。")
	require.NoError(t, err)
	require.NoError(t, c.desk.SetPriority(ctx, c.act("amy", amy), first, desk.High))
	_, err = c.desk.Reply(ctx, c.act("lin", lin), first, ticketing.Reply{Text: "王女士您好，非常抱歉给您添麻烦了。我们今天就给您寄一台新的，旧的不用寄回。请确认一下收货地址好吗？"})
	require.NoError(t, err)
	c.comes(desk.Inbound{From: wechat, Name: "王芳", Text: "地址没变，还是上次那个。谢谢！", Lang: "zh-CN"})
	other := c.comes(desk.Inbound{From: mail, Name: "James Carter", Subject: "Invoice for order 20391", Text: "Hi,\n\ncould you send me the invoice for order 20391 with our VAT number on it?\n\nThanks,\nJames", Lang: "en", Mail: &desk.Mail{MessageID: "1@example.com", Trusted: true}})
	require.NoError(t, c.desk.Assign(ctx, c.act("lin", lin), other, "amy"))
	c.comes(desk.Inbound{From: phone, Name: "", Text: "Is the shop open on Sunday?", Lang: "en"})
	filed := c.comes(desk.Inbound{ID: "s", From: form, Form: "contact", Name: "陈晨", Subject: "订单与物流", Text: "订单 88213 三天没有物流更新了，麻烦帮忙看看。", Lang: "zh-CN",
		Fields: []desk.Field{{Name: "name", Label: "姓名", Value: "陈晨"}, {Name: "text", Label: "想说的话", Value: "订单 88213 三天没有物流更新了，麻烦帮忙看看。"}}})
	submission, err := c.desk.Store.Ticket(ctx, filed)
	require.NoError(t, err)
	_, err = c.desk.Reply(ctx, c.act("lin", lin), filed, ticketing.Reply{Text: "您好，包裹在中转站滞留，已联系快递加急，预计明天送达。", Then: desk.StatusResolved})
	require.NoError(t, err)
	survey := c.ask(filed)
	c.uncertain(first)
	return []string{
		"/forms/contact", c.path(portalfn.StatusURL(c.s, c.key, form, submission.Value.Submission)), c.path(portalfn.StatusURL(c.s, c.key, form, "not-yet")),
		c.path(survey), "/nowhere",
		"/console/login", "/console/nowhere", "/console", "/console?view=mine", "/console?view=spam", "/console/tickets/" + first.Number(), "/console/tickets/" + other.Number(),
		"/console/customers/" + string(submission.Value.Customer), "/console/feedback", "/console/quarantine", "/console/figures",
	}
}

func (c *scene) path(url string) string { return strings.TrimPrefix(url, c.base) }

// ask makes the ticket's survey one that has been asked, and answers it on the way.
func (c *scene) ask(id desk.TicketID) string {
	ctx := c.t.Context()
	t, err := c.desk.Store.Ticket(ctx, id)
	require.NoError(c.t, err)
	row, err := c.desk.Store.Survey(ctx, t.Value.Survey)
	require.NoError(c.t, err)
	v := &row.Value
	v.State, v.Asked, v.Expires, v.Due = desk.SurveyAsked, c.at, time.Now().Add(24*time.Hour), time.Time{}
	var tx store.Tx
	tx.PutSurvey(row)
	day := time.Now().In(c.s.Desk.Location()).Format(time.DateOnly)
	tx.Add(store.FigureKey("all", day), map[string]int64{"opened": 4, "resolved": 1, "first_answered": 2, "frt_h42": 2, "msg_in": 5, "msg_out": 2, "csat_5": 1, "answered": 1})
	tx.PutQuarantine(store.Quarantined{ID: "q", At: c.at, Channel: desk.Email, Account: "help", Reason: "the mail has no sender's address"})
	require.NoError(c.t, c.desk.Store.Commit(ctx, &tx))
	return links.Survey(c.s.Desk.PublicURL, c.key, v.ID, v.Expires)
}

// uncertain lets the ticket's answer be one that nobody knows the fate of.
func (c *scene) uncertain(id desk.TicketID) {
	rows, _, err := c.desk.Store.Messages(c.t.Context(), id, "", 50, false)
	require.NoError(c.t, err)
	for _, r := range rows {
		if r.Value.Kind == desk.ToCustomer {
			r.Value.State, r.Value.Why = desk.Uncertain, "send.interrupted"
			var tx store.Tx
			tx.PutMessage(r)
			require.NoError(c.t, c.desk.Store.Commit(c.t.Context(), &tx))
		}
	}
}

// The pages load in a real browser without a complaint: nothing that the strict content
// policy blocks, nothing missing, no script that throws. DESKHOOK_SHOTS keeps the pictures.
func TestPagesInABrowser(t *testing.T) {
	browsertest.Need(t)
	c := newScene(t)
	out := cmp.Or(os.Getenv("DESKHOOK_SHOTS"), t.TempDir())
	shots := shooting{base: c.base, out: out, agent: "lin", password: "local", dark: os.Getenv("DESKHOOK_DARK") == "1"}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	complaints, err := shots.take(ctx, c.fill())
	require.NoError(t, err)
	for _, text := range complaints {
		require.Contains(t, text, "/nowhere", "the only thing missing is the page asked for to see what is said of it")
	}
}

// What a customer sends is seen on an open list within about a second, by itself; the
// whole way through the browser: answer with Ctrl+Enter, rate on the survey page.
func TestThingsAppearByThemselves(t *testing.T) {
	b := browsertest.Open(t, browser.Wide)
	c := newScene(t)
	survey := c.fill()[3]
	require.NoError(t, b.SignIn(c.base, "lin", "local"))

	id := c.comes(desk.Inbound{From: desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550199"}, Text: "Just now", Lang: "en"})
	start := time.Now()
	b.Until(`document.querySelector('tr[data-id="` + id.Number() + `"].fresh')`)
	require.Less(t, time.Since(start), 5*time.Second, "a second, and room for a busy machine")

	b.Open(c.base + "/console/tickets/" + id.Number())
	b.Type("#reply", "Hello ✓")
	count := browsertest.Run(b, chromedp.Text(chromedp.CSS(".composer .count")))
	require.True(t, strings.HasPrefix(strings.TrimSpace(count), "7 · 1"), count)
	b.Say(`document.querySelector("#reply").dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true}))`)
	b.Until(`document.querySelector(".timeline .out")`)

	b.Open(c.base + survey)
	b.Click(".score.s5")
	b.Click("button[type=submit]")
	b.Until(`document.querySelector(".given.s5")`)
	require.Empty(t, b.Complaints())
}
