package find_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
)

// The newest message comes first, page by page, each ticket once on a page, over many
// segments; dates, spam and what the asker may not see are left out.
func TestNewestFirst(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	var want []desk.TicketID
	for i := range 60 {
		id := desk.TicketID(fmt.Sprintf("TICK%02d", i))
		w.open(id, []string{"support", "sales"}[i%2])
		w.write(id, fmt.Sprintf("parcel number %d", i))
		if i%2 == 0 {
			want = append([]desk.TicketID{id}, want...)
		}
		w.feed()
		if i%7 == 0 {
			w.index()
		}
	}
	w.index()
	w.write("TICK00", "the parcel again")
	w.feed()
	w.index()
	ask := w.ask("parcel")
	ask.Limit = 4
	ask.Shows = func(t desk.Ticket) bool { return t.Team == "support" }
	var got []desk.TicketID
	for _, h := range w.all(ask) {
		got = append(got, h.Ticket.Value.ID)
	}
	require.Equal(t, append([]desk.TicketID{"TICK00"}, want...), got, "once more where an older page has it again")

	ask.From, ask.To = noon.Add(10*time.Minute), noon.Add(21*time.Minute)
	require.Equal(t, []desk.TicketID{"TICK10", "TICK12", "TICK14", "TICK16", "TICK18"}, w.tickets(ask))
	ask = w.ask("parcel")
	ask.Cursor = "nowhere"
	_, err := (&find.Finder{Store: w.rows, Blob: w.files}).Find(context.Background(), ask)
	require.Error(t, err)
}

// filled is a desk of so many tickets, each of another customer, all made findable. One in
// a hundred has the word "rare", each the word "common".
func filled(t *testing.T, tickets int) *world {
	w := newWorld(t, t.TempDir())
	t.Cleanup(w.close)
	for i := 0; i < tickets; i += 25 {
		w.commit(func(tx *store.Tx) {
			for k := i; k < i+25; k++ {
				w.now = w.now.Add(time.Second)
				id, c := desk.NewTicketID(0, fmt.Sprint(k)), desk.CustomerID(fmt.Sprintf("c%d", k))
				mail := desk.Address{Channel: desk.Email, Account: "support", ID: fmt.Sprintf("ann%d@x.test", k)}
				text := fmt.Sprintf("common words of number n%d 订单%d号 还没到", k, k)
				if k%100 == 0 {
					text += " rare"
				}
				tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: id, Team: "support", Status: desk.StatusOpen, Customer: c, Opened: w.now, From: mail}})
				tx.PutMessage(store.Row[desk.Message]{Value: desk.Message{ID: desk.NewMessageID(w.now, fmt.Sprint(k)), Ticket: id, Kind: desk.FromCustomer, Text: text, At: w.now}})
				tx.PutCustomer(store.Row[desk.Customer]{Value: desk.Customer{ID: c, Name: fmt.Sprintf("Ann %d", k), Created: w.now, Addresses: []desk.Address{mail}}})
				tx.PutIdentity(store.Row[desk.Identity]{Value: desk.Identity{Address: mail, Customer: c}})
			}
		})
		w.feed()
		if i%500 == 0 {
			w.index()
		}
	}
	w.index()
	return w
}

// What is looked up by key costs the same among ten times as many tickets; a name that many
// share costs its twenty customers at most. What is looked
// for in segments grows with their number alone, a footer once and a read for each word:
// three of 1,000 messages and seven of 10,000 here; beyond, one more for each 32,000 or so.
func TestUnitsDoNotGrow(t *testing.T) {
	small, large := filled(t, 1000), filled(t, 10_000)
	number := desk.NewTicketID(0, "7").Number()
	for _, c := range []struct {
		q     string
		reads float64 // units at most
		gets  int     // of the blob store, at most
	}{
		{number, 12, 35}, {"ann7@x.test", 14, 90}, {"Ann 700", 40, 90}, {"n7", 8, 60}, {"订单7号 还没到", 30, 200}, {"common", 60, 70}, {"rare", 60, 90}, {"absent", 4, 45},
	} {
		for _, w := range []*world{small, large} {
			ask := w.ask(c.q)
			ask.Settings = &config.Settings{Accounts: []config.Account{{Channel: desk.Email, Name: "support"}}}
			f := &find.Finder{Store: w.rows, Blob: w.files}
			w.reads, w.files.gets = 0, 0
			out, err := f.Find(context.Background(), ask)
			require.NoError(t, err)
			require.Equal(t, c.q == "absent", out.Number == nil && len(out.Customers)+len(out.Hits) == 0, c.q)
			require.LessOrEqual(t, w.reads, c.reads, c.q)
			require.LessOrEqual(t, w.files.gets, c.gets, c.q)
			t.Logf("%q: %.1f units, %d reads of segments", c.q, w.reads, w.files.gets)
		}
	}
}

// A page never opens more than its bound of segments, nor reads more messages; what is
// older is found by the pages after.
func TestPageIsBounded(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	var tx store.Tx
	for i := range 90 { // as large as merges make them, so that none are merged
		w.open(desk.TicketID(fmt.Sprintf("TICK%02d", i)), "support")
		d := w.write(desk.TicketID(fmt.Sprintf("TICK%02d", i)), []string{"needle", "hay"}[min(i, 1)])
		raw := search.Build([]search.Entry{{Doc: d, Terms: []string{"needle"}}})
		s, err := search.Stand(fmt.Sprintf("s%02d", i), raw)
		require.NoError(t, err)
		require.NoError(t, w.files.Store.Put(context.Background(), "search/"+s.ID, raw, blobOptions))
		tx.PutSegment(s)
	}
	require.NoError(t, w.rows.Commit(context.Background(), &tx))
	f := &find.Finder{Store: w.rows, Blob: w.files}
	out, err := f.Find(context.Background(), w.ask("needle"))
	require.NoError(t, err)
	require.Empty(t, out.Hits, "the needle is older than a page looks")
	require.NotEmpty(t, out.Next)
	require.Equal(t, noon.Add(time.Minute*(90-64)), out.Back.UTC())
	require.Equal(t, 3*64, w.files.gets)
	require.Equal(t, []desk.TicketID{"TICK00"}, w.tickets(w.ask("needle")))
}

// A segment whose bytes are broken is left out, and that is told.
func TestBrokenSegment(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	w.open("TICK00", "support")
	w.write("TICK00", "parcel")
	w.feed()
	w.index()
	rows, err := w.rows.Segments(context.Background())
	require.NoError(t, err)
	raw, err := w.files.Get(context.Background(), "search/"+rows[0].Value.ID, 0)
	require.NoError(t, err)
	raw[len(raw)-20] ^= 1
	require.NoError(t, w.files.Store.Put(context.Background(), "search/"+rows[0].Value.ID, raw, blobOptions))
	out, err := (&find.Finder{Store: w.rows, Blob: w.files}).Find(context.Background(), w.ask("parcel"))
	require.NoError(t, err)
	require.True(t, out.Partial)
	require.Empty(t, out.Hits)
}

// A segment whose bytes are lost or broken is left out of the answers, stops neither what
// comes after it nor merges, and what it held is found again after a rebuild.
func TestLostSegment(t *testing.T) {
	for name, spoil := range map[string]func(*world, string){
		"lost": func(w *world, key string) { require.NoError(w.t, w.files.Store.Delete(context.Background(), key)) },
		"broken": func(w *world, key string) {
			require.NoError(w.t, w.files.Store.Put(context.Background(), key, []byte("broken"), blobOptions))
		},
		"broken inside": func(w *world, key string) {
			raw, err := w.files.Get(context.Background(), key, 0)
			require.NoError(w.t, err)
			raw[len(raw)*3/4] ^= 1
			require.NoError(w.t, w.files.Store.Put(context.Background(), key, raw, blobOptions))
		},
	} {
		for _, change := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " changed ", change), func(t *testing.T) {
				w := newWorld(t, t.TempDir())
				defer w.close()
				w.open("TICK00", "support")
				first := w.write("TICK00", strings.Repeat("parcel and many other words ", 20))
				w.feed()
				w.index()
				rows, err := w.rows.Segments(context.Background())
				require.NoError(t, err)
				spoil(w, "search/"+rows[0].Value.ID)
				found, err := (&find.Finder{Store: w.rows, Blob: w.files}).Find(context.Background(), w.ask("parcel"))
				require.NoError(t, err)
				require.True(t, found.Partial)
				if change {
					w.rewrite(first, "parcel once more")
				}
				for i := range 20 { // merges come, too
					id := desk.TicketID(fmt.Sprintf("TICK%02d", i+1))
					w.open(id, "support")
					w.write(id, "order")
					w.feed()
					w.index()
				}
				require.Len(t, w.tickets(w.ask("order")), 20)
				s := &config.Settings{Desk: config.Desk{Team: "support"}}
				_, err = find.Rebuild(context.Background(), w.rows, s, noon.Add(-time.Hour), w.now.Add(time.Hour))
				require.NoError(t, err)
				w.index()
				require.Equal(t, []desk.TicketID{"TICK00"}, w.tickets(w.ask("parcel")))
			})
		}
	}
}

func TestAddresses(t *testing.T) {
	s := &config.Settings{
		Desk:     config.Desk{Country: "US"},
		Accounts: []config.Account{{Channel: desk.WeChat, Name: "main"}, {Channel: desk.Email, Name: "support"}, {Channel: desk.SMS, Name: "main"}},
		Forms:    []config.Form{{ID: "contact"}},
	}
	at := func(q string) (out []string) {
		as, _ := find.Addresses(s, q)
		for _, a := range as {
			out = append(out, string(a.Channel)+" "+a.ID)
		}
		return out
	}
	require.Equal(t, []string{"email ann@x.test", "webform ann@x.test"}, at("Ann <ANN@x.test>"))
	require.Equal(t, []string{"sms +14155550100", "webform +14155550100"}, at("+1 (415) 555-0100"))
	require.Contains(t, at("(415) 555-0100"), "sms +14155550100")
	require.Equal(t, []string{"wechat oABC1"}, at("oABC1"))
	require.Empty(t, at("hello"))
	require.Empty(t, at("hello world 1"))
}
