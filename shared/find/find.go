package find

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Finder finds. It is safe for concurrent use, and keeps what never changes.
type Finder struct {
	Store *store.Store
	Blob  Blob // nil: words are not looked for

	mu      sync.Mutex
	footers map[string]*search.Segment
}

// Ask is what somebody looks for. Shows says which tickets they may see; Mask, if any,
// hides what they may not from texts.
type Ask struct {
	Q        string
	From, To time.Time // messages from the one and before the other; zero: any
	Cursor   string    // Found.Next of the page before
	Limit    int       // hits of a page
	Settings *config.Settings
	Shows    func(desk.Ticket) bool
	Mask     func(string) string
}

func (a Ask) mask(s string) string {
	if a.Mask == nil {
		return s
	}
	return a.Mask(s)
}

// Found is a page of answers. All but the hits stand on the first page only.
type Found struct {
	Number    *store.Row[desk.Ticket]  // the ticket of that number
	Customers []Person                 // by address, or by name
	Tickets   []store.Row[desk.Ticket] // the newest of the first few customers
	Hits      []Hit                    // by words, the newest first
	Next      string                   // cursor of the page after; "" at the end
	Back      time.Time                // with Next: how far back this page has looked
	Partial   bool                     // a part of what was written can't be read
}

// Find answers. ErrInvalid (of package table) where the cursor is none.
func (f *Finder) Find(ctx context.Context, ask Ask) (Found, error) {
	var out Found
	ask.Q = strings.TrimSpace(ask.Q)
	after := search.Doc{Message: "~"} // newer than any
	if ask.Cursor != "" {
		message, ticket, ok := strings.Cut(ask.Cursor, "~")
		if !ok || message == "" {
			return out, fmt.Errorf("find: not a place in results: %w", table.ErrInvalid)
		}
		after = search.Doc{Ticket: desk.TicketID(ticket), Message: desk.MessageID(message)}
	} else if err := f.direct(ctx, ask, &out); err != nil {
		return out, err
	}
	if f.Blob == nil {
		return out, nil
	}
	err := f.words(ctx, ask, after, false, &out)
	if errors.Is(err, errMerged) {
		err = f.words(ctx, ask, after, true, &out)
	}
	return out, err
}
