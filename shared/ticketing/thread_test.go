package ticketing_test

import (
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func aMail(from, id, parent string, refs []string, trusted bool, to ...string) desk.Inbound {
	return desk.Inbound{
		Kind: desk.InMessage, ID: "ses-" + id, From: desk.Address{Channel: desk.Email, Account: "support", ID: from},
		Subject: "Parcel", Text: "words that want something",
		Mail: &desk.Mail{MessageID: id, InReplyTo: parent, References: refs, To: append([]string{"help@desk.test"}, to...), Trusted: trusted},
	}
}

// post is a mail of the graph and what the oracle knows of it: the thread it belongs
// to, or "" for one that must stay alone.
type post struct {
	in     desk.Inbound
	thread string
}

// graph draws threads of participants who answer to all, each mail naming its whole
// chain; and strangers, forgers and a newsletter's readers who name their mails too.
func graph(t *rapid.T) []post {
	var all []post
	for k := range rapid.IntRange(1, 3).Draw(t, "threads") {
		name := fmt.Sprint("t", k)
		people := []string{fmt.Sprintf("ann%d@x.test", k), fmt.Sprintf("bob%d@x.test", k)}
		var chains [][]string
		for i := range rapid.IntRange(1, 5).Draw(t, "mails") {
			id, parent := fmt.Sprintf("%s-%d@x", name, i), ""
			var refs []string
			if i > 0 {
				refs = chains[rapid.IntRange(0, i-1).Draw(t, "answers")]
				parent = refs[len(refs)-1]
			}
			chains = append(chains, append(slices.Clone(refs), id))
			all = append(all, post{aMail(rapid.SampledFrom(people).Draw(t, "who"), id, parent, refs, true, people...), name})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "others") {
			refs := rapid.SampledFrom(chains).Draw(t, "named")
			in := aMail(fmt.Sprintf("eve%d%d@evil.test", k, i), fmt.Sprintf("%s-eve%d@evil", name, i), refs[0], refs, true)
			if rapid.Bool().Draw(t, "forged") {
				in = aMail(people[0], fmt.Sprintf("%s-forged%d@evil", name, i), refs[0], refs, false, "evil@evil.test")
			}
			all = append(all, post{in: in})
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "readers") {
		all = append(all, post{in: aMail(fmt.Sprintf("reader%d@x.test", i), fmt.Sprintf("r%d@x", i), "newsletter@desk", []string{"newsletter@desk"}, true)})
	}
	return all
}

// Promise 4, over any graph of mails in any order with repeats: nobody joins a ticket
// they take no part in, and no thread of participants is split.
func TestMailGraphs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		posts := graph(rt)
		order := rapid.Permutation(posts).Draw(rt, "order")
		for range rapid.IntRange(0, 3).Draw(rt, "repeats") {
			order = append(order, rapid.SampledFrom(posts).Draw(rt, "repeated"))
		}
		threads, holds, placed := map[string]desk.TicketID{}, map[desk.TicketID]string{}, map[string]desk.TicketID{}
		for _, p := range order {
			b.pass(time.Second)
			got := b.receive(p.in)
			if was, again := placed[p.in.ID]; again {
				require.Equal(rt, was, got.Ticket, "a repeat")
				continue
			}
			placed[p.in.ID] = got.Ticket
			name := p.thread
			if name == "" {
				name = p.in.ID // alone
			} else if id, ok := threads[name]; ok {
				require.Equal(rt, id, got.Ticket, "a thread is split")
			}
			threads[name] = got.Ticket
			if other, ok := holds[got.Ticket]; ok {
				require.Equal(rt, other, name, "somebody joined who takes no part")
			}
			holds[got.Ticket] = name
		}
	})
}

// Fifty messages of one customer within a second, taken by workers at once in no order,
// are one ticket with fifty messages.
func TestFiftyInASecond(t *testing.T) {
	b := newBench(t)
	var mu sync.Mutex
	tickets := map[desk.TicketID]int{}
	var wg sync.WaitGroup
	jobs := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range jobs {
				env := channel.Envelope{Channel: desk.WeChat, At: t0.Add(time.Duration(i) * 20 * time.Millisecond)}
				for {
					got, err := b.Receive(b.ctx, env, text(fmt.Sprint(i), "hi"))
					if err != nil {
						continue // as the queue hands it out again
					}
					mu.Lock()
					tickets[got.Ticket]++
					mu.Unlock()
					break
				}
			}
		})
	}
	for _, i := range rand.Perm(50) {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	require.Len(t, tickets, 1)
	for id, n := range tickets {
		require.Equal(t, 50, n)
		require.Len(t, b.messages(id), 50)
	}
}

// A number in the subject helps a participant whose program drops the headers, and
// nobody else.
func TestSubjectTag(t *testing.T) {
	b := newBench(t)
	first := b.receive(aMail("ann@x.test", "a1@x", "", nil, true))
	for i, form := range []string{"Re: Parcel [%s]", "AW: [#%s] Parcel"} {
		for from, joins := range map[string]bool{"ann@x.test": true, "eve@x.test": false} {
			in := aMail(from, fmt.Sprint(from, i), "", nil, true)
			in.Subject = fmt.Sprintf(form, first.Ticket.Number())
			require.Equal(t, joins, b.receive(in).Ticket == first.Ticket, "%s: %s", from, in.Subject)
			forged := aMail(from, fmt.Sprint("forged", from, i), "", nil, false)
			forged.Subject = in.Subject
			require.NotEqual(t, first.Ticket, b.receive(forged).Ticket)
		}
	}
}

// Thanks move nothing; what comes soon after a close opens the ticket again, what comes
// late opens one that follows.
func TestThanksAndReopening(t *testing.T) {
	b := newBench(t)
	got := b.receive(text("1", "where is it?"))
	_, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "Is blue fine?"})
	require.NoError(t, err)
	b.pass(time.Minute)
	require.Equal(t, got.Ticket, b.receive(text("2", "谢谢🙏")).Ticket)
	require.Equal(t, desk.StatusPending, b.ticket(got.Ticket).Status)
	require.True(t, b.ticket(got.Ticket).WaitingSince.IsZero())
	require.Contains(t, codes(b.messages(got.Ticket)), "thread.thanks")
	b.pass(time.Minute)
	b.receive(text("3", "ok, thanks"))
	require.Equal(t, desk.StatusOpen, b.ticket(got.Ticket).Status, "it may answer our question")

	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusClosed, time.Time{}))
	b.pass(time.Hour)
	require.Equal(t, got.Ticket, b.receive(text("4", "ok, thanks")).Ticket)
	require.Equal(t, desk.StatusClosed, b.ticket(got.Ticket).Status)
	require.Equal(t, got.Ticket, b.receive(text("5", "it is broken")).Ticket)
	tk := b.ticket(got.Ticket)
	require.Equal(t, desk.StatusOpen, tk.Status)
	require.True(t, tk.Closed.IsZero())
	require.Equal(t, 1, tk.Reopened)

	require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, desk.StatusClosed, time.Time{}))
	b.pass(8 * 24 * time.Hour)
	require.NotEqual(t, got.Ticket, b.receive(text("6", "again")).Ticket)
}
