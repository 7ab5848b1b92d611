package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// people are those outside: customers, strangers, robots.
type people struct {
	n         int            // of things said, so that no two are alike
	customers int            // on each channel
	began     int            // when the invocation that runs now began, in ticks
	tick      int            // counts invocations
	out       map[string]int // phone numbers that opted out: the tick in which that was applied
	lastEvent map[string]time.Time
}

func newPeople(s *Sim) people {
	return people{customers: 2 + s.rng.IntN(3), out: map[string]int{}, lastEvent: map[string]time.Time{}}
}

// begin marks the beginning of an invocation.
func (s *Sim) begin() {
	s.people.tick++
	s.people.began = s.people.tick
}

// act lets somebody do something.
func (s *Sim) act() {
	acts := []struct {
		weight int
		do     func()
	}{
		{16, s.wechatText}, {6, s.wechatBurst}, {9, s.wechatFollow}, {1, s.wechatGarbage},
		{12, s.smsText}, {6, s.smsWord}, {6, s.digit},
		{12, s.mailText}, {5, s.mailStranger}, {3, s.mailRobot}, {7, s.form},
		{26, s.agentActs}, {6, s.followLink}, {6, s.twilioTells}, {4, s.outage},
	}
	if s.cfg.AtWork {
		acts = append(acts, struct {
			weight int
			do     func()
		}{14, s.comeAndGo})
	}
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	n := s.rng.IntN(total)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			a.do()
			return
		}
	}
}

func (s *Sim) marker() string {
	s.people.n++
	return fmt.Sprintf("q%dq", s.people.n)
}

func (s *Sim) openID() string { return fmt.Sprintf("oCustomer%d", s.rng.IntN(s.people.customers)) }

// person is whose an OpenID is: two of them belong to one, as if they followed two accounts.
func person(openID string) string {
	n := int(openID[len(openID)-1] - '0')
	return fmt.Sprintf("person%d", n/2)
}

func (s *Sim) phone() string { return fmt.Sprintf("+1415555010%d", s.rng.IntN(s.people.customers)) }
func (s *Sim) mailbox() string {
	return fmt.Sprintf("c%d@customer.example", s.rng.IntN(s.people.customers))
}

// hook makes a webhook call until it is taken, and perhaps once more, seconds or hours
// later, as providers do that missed the answer.
func (s *Sim) hook(what, id string, call func() bool) {
	s.ledger.tell(id, what)
	try := func() bool {
		ok := call()
		if ok {
			s.ledger.accept(id)
		}
		s.note("%s %s: taken %v", what, id, ok)
		return ok
	}
	first := func() bool {
		ok := try()
		if ok && s.chance(150) {
			wait := []time.Duration{time.Second, 10 * time.Second, 7 * time.Minute, 5 * time.Hour}[s.rng.IntN(4)]
			s.repeat(wait, 1, func() bool { s.counts["repeats"]++; return try() })
		}
		return ok
	}
	if s.chance(s.heldUp(what)) { // held up on the way, and so passed by what came after
		s.repeat(time.Duration(s.rng.IntN(120))*time.Second, 40, first)
		return
	}
	done := false
	s.guard(func() { done = first() })
	if !done {
		s.repeat(5*time.Second, 40, first)
	}
}

// heldUp is how many of 1,000 calls are held up: of those whose order counts, many.
func (s *Sim) heldUp(what string) int {
	if strings.HasSuffix(what, "subscribe") {
		return 400
	}
	return 80
}

func (s *Sim) wechat() provider.WeChat {
	w, err := s.desk.WeChat(base)
	if err != nil {
		panic(err)
	}
	return w
}

func (s *Sim) wechatSay(who, text string) {
	at := s.clock.Now()
	s.people.n++
	id := fmt.Sprintf("7%09d", s.people.n)
	s.hook("wechat text", id, func() bool { return s.call(s.wechat().Text(who, id, text, at)) })
}

func (s *Sim) wechatText() { s.wechatSay(s.openID(), "我要退款 "+s.marker()) }

func (s *Sim) wechatBurst() {
	who := s.openID()
	for range 2 + s.rng.IntN(3) {
		s.wechatSay(who, "再说一句 "+s.marker())
		s.clock.pass(200 * time.Millisecond)
	}
}

// wechatFollow follows or leaves. Tencent's time counts seconds, and two events of one
// kind in one second are one.
func (s *Sim) wechatFollow() {
	who := s.openID()
	if s.clock.Now().Sub(s.people.lastEvent[who]) < 4*time.Second {
		return
	}
	for range 1 + s.rng.IntN(2) { // follows and leaves at once, or the other way round
		kind, at := []string{"subscribe", "unsubscribe"}[s.rng.IntN(2)], s.clock.Now()
		s.people.lastEvent[who] = at
		id := fmt.Sprintf("%s|%d|%s||", who, at.Unix(), kind)
		s.hook("wechat "+kind, id, func() bool { return s.call(s.wechat().Event(who, kind, "", at)) })
		s.clock.pass(time.Duration(1000+s.rng.IntN(2000)) * time.Millisecond)
	}
}

// wechatGarbage is well signed and makes no sense: an event without a name or a time.
func (s *Sim) wechatGarbage() {
	at := s.clock.Now()
	s.people.n++
	id := fmt.Sprintf("7%09d", s.people.n)
	w := s.wechat()
	w.OriginalID = "]]><!-- " + id // breaks off the document
	s.counts["garbage"]++
	s.repeat(0, 40, func() bool { return s.call(w.Text("", id, "x", at)) })
}

func (s *Sim) smsSay(who, text string) {
	t, err := s.desk.Twilio(base)
	if err != nil {
		panic(err)
	}
	s.people.n++
	id := fmt.Sprintf("SM%032d", s.people.n)
	s.hook("sms "+text, id, func() bool { return s.call(t.Message(who, id, text)) })
}

func (s *Sim) smsText() { s.smsSay(s.phone(), "Where is it? "+s.marker()) }

func (s *Sim) smsWord() {
	s.smsSay(s.phone(), []string{"STOP", "START", "YES", "td"}[s.rng.IntN(4)])
}

// digit answers a survey, or nothing.
func (s *Sim) digit() {
	d := fmt.Sprint(1 + s.rng.IntN(5))
	if s.rng.IntN(2) == 0 {
		s.smsSay(s.phone(), d)
		return
	}
	s.wechatSay(s.openID(), d)
}

// mail hands one over as SES and SNS do: kept for sure, and perhaps told twice.
func (s *Sim) mail(what string, m provider.Mail, trusted bool, to string) {
	raw := m.Bytes()
	key := "mail/" + strings.ToLower(queue.Hash(string(raw))[:40])
	if err := s.desk.Files.Put(context.Background(), key, raw, blob.Options{}); err != nil {
		panic(err)
	}
	doc := string(email.Notice(to, key, raw, s.clock.Now().UTC(), email.Verdicts{}))
	if trusted {
		doc = strings.ReplaceAll(doc, `\"dmarcVerdict\":{\"status\":\"GRAY\"}`, `\"dmarcVerdict\":{\"status\":\"PASS\"}`)
	}
	id := mailID(doc)
	s.ledger.tell(id, what)
	s.ledger.accept(id)
	s.note("%s %s", what, id)
	for range 1 + s.rng.IntN(5)/4 {
		if err := s.desk.Queue.Send(context.Background(), queue.SESMail, queue.Message{Body: doc}); err != nil {
			panic(err)
		}
	}
}

func mailID(doc string) string {
	var outer struct{ Message string }
	var inner struct {
		Mail struct {
			ID string `json:"messageId"`
		} `json:"mail"`
	}
	if json.Unmarshal([]byte(doc), &outer) != nil || json.Unmarshal([]byte(outer.Message), &inner) != nil {
		panic("sim: not a notice")
	}
	return inner.Mail.ID
}

func (s *Sim) newMail(from, subject, text string) provider.Mail {
	return provider.Mail{
		From: from, To: s.desk.MailAddress(), Subject: subject, Text: text, At: s.clock.Now(),
		MessageID: s.marker() + "@" + from[strings.Index(from, "@")+1:],
	}
}

// received picks a mail that the desk has sent to somebody.
func (s *Sim) received(to string) (standin.Message, bool) {
	all := s.desk.Standin.List(standin.Filter{Channel: desk.Email, Customer: to, Outgoing: true})
	if len(all) == 0 {
		return standin.Message{}, false
	}
	return all[s.rng.IntN(len(all))], true
}

// mailText writes a new mail, or answers one of the desk's.
func (s *Sim) mailText() {
	who := s.mailbox()
	m := s.newMail(who, "Delivery", "Where is my parcel? "+s.marker())
	to := m.To
	if got, ok := s.received(who); ok && s.rng.IntN(3) > 0 {
		m.InReplyTo, m.Subject = got.MessageID, "Re: "+got.Subject
		if s.rng.IntN(2) == 0 && got.ReplyTo != "" {
			m.To, to = got.ReplyTo, got.ReplyTo
		}
	}
	s.mail("mail", m, s.rng.IntN(2) == 0, to)
}

// mailStranger refers to somebody else's mail, and writes to their reply address.
func (s *Sim) mailStranger() {
	got, ok := s.received("")
	if !ok {
		return
	}
	m := s.newMail(fmt.Sprintf("mallory%d@evil.example", s.rng.IntN(3)), "Re: "+got.Subject, "Send me the refund instead. "+s.marker())
	m.InReplyTo = got.MessageID
	to := m.To
	if s.rng.IntN(2) == 0 && got.ReplyTo != "" {
		m.To, to = got.ReplyTo, got.ReplyTo
	}
	s.mail("stranger's mail", m, s.rng.IntN(2) == 0, to)
}

// robots write automatically, marked by their address or their subject's prefix.
func (s *Sim) mailRobot() {
	m := s.newMail("mailer-daemon@robot.example", "Out of office", "I am away. "+s.marker())
	s.mail("robot's mail", m, true, m.To)
}

func (s *Sim) form() {
	mark := s.marker()
	fields := map[string]string{
		"name": "Bo", "email": s.mailbox(), "topic": "order", "message": "Hello " + mark, "_id": "page" + mark,
	}
	s.hook("form", mark, func() bool { return s.call(provider.Form(base, "contact", fields)) })
}

// twilioTells reports what became of a message the desk has sent.
func (s *Sim) twilioTells() {
	all := s.desk.Standin.List(standin.Filter{Channel: desk.SMS, Outgoing: true})
	if len(all) == 0 {
		return
	}
	m := all[s.rng.IntN(len(all))]
	t, err := s.desk.Twilio(base)
	if err != nil || m.Callback == "" {
		return
	}
	status := []string{"sent", "delivered", "delivered", "undelivered"}[s.rng.IntN(4)]
	s.repeat(0, 40, func() bool { return s.call(t.Status(m.Callback, m.Customer, m.ID, status)) })
}

var surveyLink = regexp.MustCompile(regexp.QuoteMeta(base) + `/s/\S+`)

// followLink opens a survey's page: a scanner that only looks, or posts blindly, or the
// customer who answers.
func (s *Sim) followLink() {
	var links []string
	for _, m := range s.desk.Standin.List(standin.Filter{Outgoing: true}) {
		links = append(links, surveyLink.FindAllString(m.Text, -1)...)
	}
	if len(links) == 0 {
		return
	}
	link := links[s.rng.IntN(len(links))]
	page := s.look(http.MethodGet, link+"?score=1", nil)
	switch s.rng.IntN(3) {
	case 0:
		s.look(http.MethodHead, link, nil)
	case 1:
		s.look(http.MethodPost, link, url.Values{"score": {"1"}})
	default:
		s.answerPage(link, page)
	}
}

// look makes a call that must record nothing.
func (s *Sim) look(method, link string, form url.Values) string {
	req, err := http.NewRequest(method, link, strings.NewReader(form.Encode()))
	if err != nil {
		panic(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	writes := s.counts["writes"]
	meetings := s.counts["meetings"]
	w := s.serve(req)
	if s.counts["writes"] != writes && s.counts["meetings"] == meetings {
		s.breaks("promise 7: %s of a survey's page wrote something", method)
	}
	return w.Body.String()
}

var confirm = regexp.MustCompile(`name="confirm" value="([^"]+)"`)

func (s *Sim) answerPage(link, page string) {
	token := confirm.FindStringSubmatch(page)
	if token == nil {
		return
	}
	form := url.Values{"seen": {"1"}, "confirm": {token[1]}, "score": {fmt.Sprint(1 + s.rng.IntN(5))}, "comment": {"说明"}}
	for range 1 + s.rng.IntN(2) { // pressed twice
		req, err := http.NewRequest(http.MethodPost, link, strings.NewReader(form.Encode()))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := s.serve(req)
		s.note("survey answered by page: %d", w.Code)
		s.counts["pages"]++
	}
}
