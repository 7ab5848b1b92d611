package channel

import (
	"encoding/json"
	"net/http"
	"time"
)

// Account is what a channel's constructors are given: one account's part of desk.yaml
// and the few things of the outside world it may use.
type Account struct {
	Name     string          // as in the webhook's path and in desk.yaml
	Settings json.RawMessage // the account's entry in desk.yaml, as JSON; each channel decodes its own
	// Secret gives the values valid now for one of the account's secrets, such as
	// "token": the current one first, the previous one while it is being rotated.
	Secret    func(field string) ([]string, error)
	PublicURL string           // base of the desk's public URL, no slash at the end
	Now       func() time.Time // the clock
	HTTP      Doer             // for senders and fetchers: has its own time limit, never retries
}

// Doer makes one HTTP call.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}
