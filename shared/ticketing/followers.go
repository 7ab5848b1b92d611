package ticketing

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/mention"
)

// followersMost bounds how many follow a ticket: its header, which names them, is read
// and written with every message.
const followersMost = 20

// Follow has an agent told of what happens on a ticket and lets them see it whatever their
// teams are, or ends that. What is so already stays so and writes nothing.
func (d *Desk) Follow(ctx context.Context, act Act, id desk.TicketID, agent string, on bool) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		follows := slices.Contains(a.t.Followers, agent)
		switch {
		case follows == on:
			return nil
		case !on:
			a.t.Followers = without(a.t.Followers, []string{agent})
			a.said = append(a.said, said("watch.removed", "who", agent))
			return nil
		}
		if _, ok := a.s.Agent(agent); !ok {
			return desk.FieldError("follower", "there is no agent %q", agent)
		}
		if len(a.t.Followers) >= followersMost {
			return desk.FieldError("follower", "a ticket has at most %d followers", followersMost)
		}
		a.t.Followers = append(slices.Clone(a.t.Followers), agent)
		a.said = append(a.said, said("watch.added", "who", agent))
		return nil
	})
	return err
}

// mentions notes in a note whom it names with an @, and has them follow the ticket, so
// that they may read it and hear of the answer. Who is full up with followers still tells
// the one who was named.
func (a *acting) mentions(t *desk.Ticket, m *desk.Message) {
	people := make([]mention.Person, len(a.s.Agents))
	for i, x := range a.s.Agents {
		people[i] = mention.Person{ID: x.ID, Name: x.Name}
	}
	for _, who := range mention.Find(m.Text, people) {
		m.Decisions = append(m.Decisions, said("mention.named", "to", who))
		if who != t.Assignee && !slices.Contains(t.Followers, who) && len(t.Followers) < followersMost {
			t.Followers = append(slices.Clone(t.Followers), who)
		}
	}
}
