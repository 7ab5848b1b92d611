package senders

import (
	"net/http"
	"time"
)

// callTime is how long a call to a provider may take in all. It is well under a
// message's lease in delivery, so that a slow call ends before somebody else may try.
const callTime = 15 * time.Second

// Client makes what providers are called with on a deployed desk. It follows no
// redirect: a message must reach the host it was made for, or nobody. It tries nothing
// again by itself but what was never written to a connection.
func Client() *http.Client { return Through(nil) }

// Through is Client over a transport of one's own; nil is the network's.
func Through(t http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     t,
		Timeout:       callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
