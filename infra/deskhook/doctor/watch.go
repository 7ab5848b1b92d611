package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrNotLocal: only the local desk tells of each call; of a deployed one the
// receivers' logs do.
var ErrNotLocal = errors.New("doctor: --watch is for a desk on this machine; of a deployed one, the receivers' logs tell why a call was refused (metric, channel, why)")

// pollEvery is how often the desk is asked for new calls.
const pollEvery = time.Second

// call is one line of GET /local/calls.
type call struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	Account string    `json:"account"`
	Method  string    `json:"method"`
	Status  int       `json:"status"`
	Reason  string    `json:"reason"`
}

// Watch tells of each webhook call that comes from now on and why any was refused,
// until the context ends.
func (d *Doctor) Watch(ctx context.Context, out io.Writer) error {
	if !d.Local() {
		return ErrNotLocal
	}
	seen, err := d.last(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Waiting for calls; Ctrl+C ends it.")
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollEvery):
		}
		if seen, err = d.tell(ctx, out, seen); err != nil {
			return err
		}
	}
}

// last is the number of the newest call.
func (d *Doctor) last(ctx context.Context) (int64, error) { return d.tell(ctx, io.Discard, 0) }

func (d *Doctor) tell(ctx context.Context, out io.Writer, after int64) (int64, error) {
	var answer struct{ Calls []call }
	if _, err := d.get(ctx, fmt.Sprintf("/local/calls?after=%d", after), &answer); err != nil {
		if ctx.Err() != nil {
			return after, nil
		}
		return after, errors.New("doctor: the desk at " + d.Desk + " doesn't tell of its calls: has it stopped?")
	}
	for _, c := range answer.Calls {
		fmt.Fprintln(out, c)
		after = c.N
	}
	return after, nil
}

// String tells of a call on a line, with what to do where it was refused.
func (c call) String() string {
	who := strings.TrimSuffix(c.Channel+"/"+c.Account, "/")
	head := fmt.Sprintf("%s  %-14s", c.At.Local().Format(time.TimeOnly), who)
	switch {
	case c.Reason == "received":
		return head + " taken"
	case c.Reason == "" && c.Status/100 == 2:
		return fmt.Sprintf("%s %s answered %d: the address check is good", head, c.Method, c.Status)
	case strings.HasPrefix(c.Reason, "shadow: "):
		return head + " taken in shadow mode; it would be refused: " + strings.TrimPrefix(c.Reason, "shadow: ")
	}
	text := fmt.Sprintf("%s REFUSED with %d (%s)", head, c.Status, c.Reason)
	if hint := hints[c.Reason]; hint != "" {
		text += ": " + hint
	}
	if more := unauthentic[c.Channel]; c.Reason == "unauthentic" && more != "" {
		text += more
	}
	return text
}

// hints tell what a receiver's code means to an operator.
var hints = map[string]string{
	"unauthentic":     "nothing proves that it comes from the provider; record it and ask `deskhook verify` for the exact reason. ",
	"unknown_account": "the settings have no account of this name; compare the address with what doctor prints",
	"method":          "the channel doesn't take this method",
	"too_large":       "the body is larger than the receiver takes",
	"invalid":         "a field that the sender can mend",
	"settings":        "the account's settings or secrets can't be used; doctor tells which",
	"verify":          "the desk's own fault; its log tells",
	"enqueue":         "it could not be kept, and the provider will come again; the log tells why",
}

// unauthentic tells what it mostly is, by channel.
var unauthentic = map[string]string{
	"wechat":  "Mostly the Token or the EncodingAESKey differs from the console's, or the mode does (settings: mode)",
	"sms":     "Mostly Twilio called another address than the desk knows (desk.public_url, or the account's url), or the auth token differs",
	"generic": "Mostly the secret differs, the clock is more than 5 minutes off, or the body was changed after signing",
}
