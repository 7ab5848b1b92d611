package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// callers is how many providers' connections call at a time.
const callers = 6

// storm is who calls, and what came of it.
type storm struct {
	child    *child
	seed     uint64
	messages int
	wechat   provider.WeChat
	twilio   provider.Twilio
	mailbox  string
	client   *http.Client
	began    time.Time

	mu       sync.Mutex
	accepted map[string]bool // by marker
	repeats  int
	replies  map[string]bool // by marker: the API said 201
	answered map[string]bool // tickets
}

func newStorm(c *child, seed uint64, messages int) (*storm, error) {
	st := &storm{
		child: c, seed: seed, messages: messages, began: time.Now(), client: &http.Client{Timeout: 10 * time.Second},
		accepted: map[string]bool{}, replies: map[string]bool{}, answered: map[string]bool{},
	}
	src, err := os.ReadFile("infra/desk.yaml")
	if err != nil {
		return nil, err
	}
	s, _, err := config.Load(src, "infra/desk.yaml")
	if err != nil {
		return nil, err
	}
	return st, st.accounts(s)
}

// accounts makes the providers' side of the settings' accounts, with the local secrets.
func (st *storm) accounts(s *config.Settings) error {
	lookup := config.FromEnv(func(string) string { return "" }).Or(config.LocalDefaults)
	for _, a := range s.Accounts {
		var f struct {
			AppID      string `json:"app_id"`
			OriginalID string `json:"original_id"`
			SID        string `json:"account_sid"`
			Number     string `json:"number"`
			Address    string `json:"address"`
		}
		if err := json.Unmarshal(a.Settings, &f); err != nil {
			return err
		}
		secret := func(field string) string {
			values, err := lookup.Account(a.Channel, a.Name)(field)
			if err != nil || len(values) == 0 {
				return ""
			}
			return values[0]
		}
		switch a.Channel {
		case desk.WeChat:
			st.wechat = provider.WeChat{Base: st.child.base, Account: a.Name, AppID: f.AppID, OriginalID: f.OriginalID, Token: secret("token"), AESKey: secret("encoding_aes_key")}
		case desk.SMS:
			st.twilio = provider.Twilio{Base: st.child.base, Account: a.Name, AccountSID: f.SID, Number: f.Number, AuthToken: secret("auth_token")}
		case desk.Email:
			st.mailbox = f.Address
		}
	}
	return nil
}

// blow makes the calls, and kills the desk while they are under way.
func (st *storm) blow(ctx context.Context, kills int) error {
	calls := make(chan int)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for n := range calls {
				st.deliver(ctx, n)
			}
		})
	}
	agents, stop := context.WithCancel(ctx)
	wg.Go(func() { st.answer(agents) })
	err := st.feed(ctx, calls, kills)
	close(calls)
	stop()
	wg.Wait()
	return err
}

// feed hands out the calls, and kills between two of them, at places the seed gives:
// those handed out before are then under way.
func (st *storm) feed(ctx context.Context, calls chan<- int, kills int) error {
	rng := rand.New(rand.NewPCG(st.seed, 1))
	at := map[int]bool{}
	for len(at) < min(kills, st.messages/2) {
		at[1+rng.IntN(st.messages-1)] = true
	}
	for n := range st.messages {
		if at[n] {
			time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond)
			st.child.kill()
			if err := st.child.start(ctx); err != nil {
				return err
			}
		}
		select {
		case calls <- n:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// deliver makes one call until it is taken, as providers do; one of five is made again
// although it was.
func (st *storm) deliver(ctx context.Context, n int) {
	rng := rand.New(rand.NewPCG(st.seed, uint64(1000+n)))
	mark := fmt.Sprintf("q%dq", n)
	again := rng.IntN(5) == 0
	for ctx.Err() == nil {
		if !st.call(n, mark) {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		st.mu.Lock()
		st.accepted[mark] = true
		if again {
			st.repeats++
		}
		st.mu.Unlock()
		if !again {
			return
		}
		again = false
	}
}

// call makes call n: the same each time.
func (st *storm) call(n int, mark string) bool {
	who, at := n/4%40, st.began.Add(time.Duration(n)*time.Millisecond)
	var req *http.Request
	var err error
	switch n % 4 {
	case 0:
		req, err = st.wechat.Text(fmt.Sprintf("oCustomer%d", who), fmt.Sprintf("70000%06d", n), "我要退款 "+mark, at)
	case 1:
		req, err = st.twilio.Message(fmt.Sprintf("+141555501%02d", who), fmt.Sprintf("SM%032d", n), "Where is it? "+mark)
	case 2:
		req, err = provider.Form(st.child.base, "contact", map[string]string{
			"name": "Bo", "email": fmt.Sprintf("bo%d@customer.example", who), "topic": "order", "message": "Hello " + mark, "_id": "page" + mark,
		})
	default:
		raw := provider.Mail{
			From: fmt.Sprintf("cy%d@customer.example", who), To: st.mailbox, Subject: "Delivery", Text: "Where is it? " + mark,
			MessageID: mark + "@customer.example", At: at,
		}.Bytes()
		req, err = http.NewRequest(http.MethodPost, st.child.base+"/local/mail", bytes.NewReader(raw))
	}
	if err != nil {
		return false
	}
	status, _ := st.do(req)
	return status/100 == 2
}

// do makes a call; 0 where no answer came.
func (st *storm) do(req *http.Request) (int, []byte) {
	resp, err := st.client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil
	}
	return resp.StatusCode, body
}

// answer lets an agent reply to new tickets while it goes on: each reply until the API
// has taken it, under one key.
func (st *storm) answer(ctx context.Context) {
	for ctx.Err() == nil {
		for _, number := range st.newTickets() {
			if ctx.Err() != nil {
				return
			}
			st.reply(ctx, number)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (st *storm) newTickets() []string {
	req, err := http.NewRequest(http.MethodGet, st.child.base+"/v1/tickets?"+url.Values{"team": {"support"}, "status": {"new"}, "limit": {"10"}}.Encode(), nil)
	if err != nil {
		return nil
	}
	_, body := st.api(req)
	var page struct {
		Items []struct {
			Number string `json:"number"`
		} `json:"items"`
	}
	_ = json.Unmarshal(body, &page) // none until the desk answers again
	var fresh []string
	for _, t := range page.Items {
		if !st.answered[t.Number] {
			fresh = append(fresh, t.Number)
		}
	}
	return fresh
}

func (st *storm) api(req *http.Request) (int, []byte) {
	req.Header.Set("Authorization", "Bearer local-api-token")
	return st.do(req)
}

func (st *storm) reply(ctx context.Context, number string) {
	st.answered[number] = true
	mark := "reply " + number + " end"
	body := fmt.Sprintf(`{"text":%q}`, mark)
	for ctx.Err() == nil {
		req, err := http.NewRequest(http.MethodPost, st.child.base+"/v1/tickets/"+number+"/messages", bytes.NewReader([]byte(body)))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "crash-"+number)
		status, _ := st.api(req)
		if status/100 == 2 {
			st.replies[mark] = true
			return
		}
		if status/100 == 4 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
