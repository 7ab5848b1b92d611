package receive

import (
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// Timer is the channel name under which a ticket's own timers travel: through the same
// queue, in the group of the ticket's customer, so that none passes a message that is
// already waiting.
const Timer desk.Channel = "timer"

// TimerMessage makes the queue's message of a ticket whose timer is due.
func TimerMessage(t desk.TicketID, from desk.Address, at time.Time) (queue.Message, error) {
	e := channel.Envelope{Channel: Timer, Order: string(t), Dedup: string(t) + at.UTC().Format(time.RFC3339), At: at}
	body, err := Encode(e)
	group := Group(channel.Envelope{Channel: from.Channel, Account: from.Account, Order: from.ID})
	return queue.Message{Body: body, Group: group, Dedup: Dedup(e)}, err
}
