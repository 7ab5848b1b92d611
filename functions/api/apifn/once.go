package apifn

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// maxKey bounds an idempotency key, in characters.
const maxKey = 200

// act reads who does something, and the Idempotency-Key under which it is done once.
// Keys of different callers don't meet.
func (c *call) act() (ticketing.Act, error) {
	act := ticketing.Act{By: c.by, At: c.at}
	key := c.r.Header.Get("Idempotency-Key")
	if utf8.RuneCountInString(key) > maxKey {
		return act, badParameter("Idempotency-Key", "is longer than 200 characters")
	}
	if key == "" {
		return act, nil
	}
	body, err := c.read()
	if err != nil {
		return act, err
	}
	act.Key, act.Print = "api|"+c.by.ID+"|"+key, print(c.r.Method+" "+c.r.URL.Path, body)
	act.Again = c.replayed
	return act, nil
}

// plain is act for what is itself the same when it is done twice: no key is asked for.
func (c *call) plain() ticketing.Act { return ticketing.Act{By: c.by, At: c.at} }

// replayed tells that what was asked for had been done before.
func (c *call) replayed() { c.w.Header().Set("Idempotency-Replayed", "true") }

// keyed is act for what would be there twice if it were done twice: it needs a key.
func (c *call) keyed(why string) (ticketing.Act, error) {
	act, err := c.act()
	if err == nil && act.Key == "" {
		err = badParameter("Idempotency-Key", "is needed: "+why)
	}
	return act, err
}

// print is one for requests that mean the same: white space and the order of fields don't
// count.
func print(what string, body []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) == nil {
		if plain, err := json.Marshal(v); err == nil {
			body = plain
		}
	}
	return queue.Hash(what + "\x00" + string(body))
}
