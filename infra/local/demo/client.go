package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

var client = &http.Client{Timeout: 20 * time.Second}

// provider makes a provider's call and looks for what it must be answered.
func (d *Demo) provider(req *http.Request, err error, want string) error {
	if err != nil {
		return err
	}
	body, err := do(req)
	if err == nil && !strings.Contains(body, want) {
		err = fmt.Errorf("answered %.60q, want %q in it", body, want)
	}
	return err
}

func do(req *http.Request) (string, error) {
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %d %.200s", req.Method, req.URL.Path, resp.StatusCode, body)
	}
	return string(body), err
}

// page opens a customer's page.
func (d *Demo) page(ctx context.Context, method, address string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return do(req)
}

type ticket struct {
	Number string `json:"number"`
	Via    struct {
		Channel desk.Channel `json:"channel"`
		Address string       `json:"address"`
	} `json:"via"`
}

type message struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Delivery struct {
		State string `json:"state"`
	} `json:"delivery"`
}

// api makes a call as an agent's program does.
func (d *Demo) api(ctx context.Context, method, path, body, key string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, d.Base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	token := d.Desk.World.APIToken
	if d.as != "" {
		token = d.keys[d.as]
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	text, err := do(req)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

// agent makes the calls that follow those of an agent's program, by a service key of their
// name; "" ends it. The journal then says who it was.
func (d *Demo) agent(ctx context.Context, id string) error {
	d.as = ""
	if _, ok := d.keys[id]; ok || id == "" {
		d.as = id
		return nil
	}
	var who struct{ Name, Role string }
	if err := d.api(ctx, http.MethodGet, "/v1/agents/"+id, "", "", &who); err != nil {
		return fmt.Errorf("demo: the shipped desk's agents answer: %w", err)
	}
	body, err := json.Marshal(map[string]string{"name": who.Name, "role": who.Role, "scope": "write"})
	if err != nil {
		return err
	}
	var made struct{ Key string }
	if err := d.api(ctx, http.MethodPost, "/v1/keys", string(body), "", &made); err != nil {
		return err
	}
	if d.keys == nil {
		d.keys = map[string]string{}
	}
	d.keys[id], d.as = made.Key, id
	return nil
}

func (d *Demo) tickets(ctx context.Context) ([]ticket, error) {
	var page struct{ Items []ticket }
	err := d.api(ctx, http.MethodGet, "/v1/tickets?limit=50", "", "", &page)
	return page.Items, err
}

func (d *Demo) messages(ctx context.Context, number string) ([]message, error) {
	var page struct{ Items []message }
	err := d.api(ctx, http.MethodGet, "/v1/tickets/"+number+"/messages", "", "", &page)
	return page.Items, err
}

func (d *Demo) answerTicket(ctx context.Context, g *guest) error {
	body, err := json.Marshal(map[string]string{"text": g.answer})
	if err != nil {
		return err
	}
	return d.api(ctx, http.MethodPost, "/v1/tickets/"+g.number+"/messages", string(body), "demo-"+g.number, nil)
}

func (d *Demo) patch(ctx context.Context, number, body string) error {
	return d.api(ctx, http.MethodPatch, "/v1/tickets/"+number, body, "", nil)
}

// feedback gives the scores of this month and, around its ends, of its neighbours.
func (d *Demo) feedback(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	for _, month := range []string{d.Clock.Now().UTC().Format("2006-01"), d.Clock.Now().UTC().Add(-24 * time.Hour).Format("2006-01")} {
		var page struct {
			Items []struct {
				Ticket string `json:"ticket"`
				Score  int    `json:"score"`
			}
		}
		if err := d.api(ctx, http.MethodGet, "/v1/feedback?month="+month, "", "", &page); err != nil {
			return nil, err
		}
		for _, f := range page.Items {
			out[f.Ticket] = f.Score
		}
	}
	return out, nil
}

// quiet waits until no queue has anything left to do.
func (d *Demo) quiet(ctx context.Context) error {
	calm := 0
	return until(ctx, "the queues are empty", func() (bool, error) {
		left := 0
		for _, spec := range d.Desk.Queue.Specs() {
			st := d.Desk.Queue.Depth(spec.Name)
			left += st.Visible + st.InFlight
		}
		if calm++; left > 0 {
			calm = 0
		}
		return calm > 10, nil
	})
}
