package jobsfn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/hook"
	"github.com/deskhook/deskhook/shared/robots"
)

// robotText is the body of what goes to a robot, before it takes the robot's form.
type robotText struct {
	Text string `json:"text"`
}

// callRobot makes one attempt to tell a group. The address is a secret, so errors that
// may hold it go nowhere.
func (o *hooking) callRobot(ctx context.Context, r config.Robot) hook.Answer {
	address, err := o.h.Secrets.Values(config.RobotSecret(r.Name, config.RobotURL))
	switch {
	case errors.Is(err, config.ErrNoSecret):
		return hook.Answer{Why: "hook.no_address"}
	case err != nil:
		return hook.Answer{Why: "hook.secret_unread"}
	}
	secret, _, err := o.h.Secrets(config.RobotSecret(r.Name, config.RobotKey)) // some robots have none
	if err != nil {
		return hook.Answer{Why: "hook.secret_unread"}
	}
	start := o.h.Now()
	made, err := robots.Make(r.Kind, address[0], secret, o.text(), start)
	if err != nil {
		return hook.Answer{Why: "hook.bad_url"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, made.URL, bytes.NewReader(made.Body))
	if err != nil {
		return hook.Answer{Why: "hook.bad_url"}
	}
	req.GetBody = nil // one attempt is one request
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := o.h.Callbacks(false).Do(req)
	took := o.h.Now().Sub(start)
	switch {
	case errors.Is(err, generic.ErrNotPublic):
		return hook.Answer{Why: "hook.not_public", Took: took}
	case err != nil:
		return hook.Answer{Why: "hook.no_answer", Took: took}
	}
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	if err != nil {
		return hook.Answer{Why: "hook.no_answer", Took: took}
	}
	got := robots.Read(r.Kind, resp.StatusCode, said)
	a := hook.Answer{Status: got.Code, Took: took, Refused: !got.Taken, Slow: got.Slow, Final: !got.Slow && !got.Again}
	if v := resp.Header.Get("Retry-After"); v != "" {
		a.RetryAfter = generic.RetryAfter(v, o.h.Now())
	}
	return a
}

// text is what the group reads; a test says that it is one.
func (o *hooking) text() string {
	e := o.row.Delivery.Value.Event
	if e.Name == desk.EventTest {
		return journal.Words(desk.Decision{Code: "notice.test"}, o.lang)
	}
	var t robotText
	_ = json.Unmarshal([]byte(e.Body), &t) // written by this very package
	return t.Text
}
