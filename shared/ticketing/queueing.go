package ticketing

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// safetyNet is how long after it could have gone a message waits for its nudge before
// the schedule nudges again.
const safetyNet = time.Minute

// enqueue adds a message to send to the transaction and to the ticket's line. Relay
// sees the new row and nudges delivery; the timer stands in should that be lost.
func enqueue(tx *store.Tx, t *desk.Ticket, m desk.Message) {
	m.Ticket, m.Kind, m.State = t.ID, desk.ToCustomer, desk.Queued
	t.Unsent = append(t.Unsent, m.ID)
	at := m.At
	if m.NotBefore.After(at) {
		at = m.NotBefore
	}
	t.Arm(desk.TimerSend, at.Add(safetyNet))
	tx.PutMessage(store.Row[desk.Message]{Value: m})
}
