package find_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

var blobOptions = blob.Options{}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is a desk's rows and files, with what happened to them.
type world struct {
	t     require.TestingT
	db    *bolt.DB
	rows  *store.Store
	files *counted
	fault func() error // drawn before each write
	seen  string
	n     int
	now   time.Time
	reads float64 // units
}

type counted struct {
	blob.Store
	w    *world
	gets int
}

func (c *counted) GetRange(ctx context.Context, key string, at, n int64) ([]byte, error) {
	c.gets++
	return c.Store.GetRange(ctx, key, at, n)
}

func (c *counted) Put(ctx context.Context, key string, data []byte, o blob.Options) error {
	if err := c.w.fails(); err != nil {
		return err
	}
	return c.Store.Put(ctx, key, data, o)
}

func (c *counted) Delete(ctx context.Context, key string) error {
	if err := c.w.fails(); err != nil {
		return err
	}
	return c.Store.Delete(ctx, key)
}

// faulty is the table as the desk sees it.
type faulty struct{ w *world }

var errDown, errLost = errors.New("down"), errors.New("answer lost")

func (w *world) fails() error {
	if w.fault == nil {
		return nil
	}
	return w.fault()
}

func (f faulty) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	items, err := f.w.db.Get(ctx, keys...)
	for _, it := range items {
		f.w.reads += table.ReadUnits(it.Size(), true)
	}
	return items, err
}

func (f faulty) Query(ctx context.Context, q table.Query) (table.Page, error) {
	page, err := f.w.db.Query(ctx, q)
	bytes := 0
	for _, it := range page.Items {
		bytes += it.Size()
	}
	f.w.reads += table.ReadUnits(bytes, q.Index == table.Primary)
	return page, err
}

func (f faulty) Write(ctx context.Context, ops ...table.Op) error {
	err := f.w.fails()
	if err == nil || errors.Is(err, errLost) {
		if err := f.w.db.Write(ctx, ops...); err != nil {
			return err
		}
	}
	return err
}

func newWorld(t require.TestingT, dir string) *world {
	require.NoError(t, os.MkdirAll(dir, 0o700))
	w := &world{t: t, now: noon}
	db, err := bolt.Open(filepath.Join(dir, "table.db"), func() time.Time { return noon }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	files, err := folder.Open(filepath.Join(dir, "files"), "http://127.0.0.1", []byte("sixteen bytes or more"), time.Now)
	require.NoError(t, err)
	w.db, w.rows, w.files = db, store.New(faulty{w}), &counted{Store: files, w: w}
	return w
}

func (w *world) close() { require.NoError(w.t, w.db.Close()) }

func (w *world) commit(fill func(*store.Tx)) {
	var tx store.Tx
	fill(&tx)
	require.NoError(w.t, store.New(w.db).Commit(context.Background(), &tx))
}

// open opens a ticket of a team.
func (w *world) open(id desk.TicketID, team string) {
	w.commit(func(tx *store.Tx) {
		tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: id, Team: team, Status: desk.StatusOpen, Customer: "c1", Opened: w.now}})
	})
}

func (w *world) write(t desk.TicketID, text string) search.Doc {
	w.n++
	w.now = w.now.Add(time.Minute)
	m := desk.Message{ID: desk.NewMessageID(w.now, fmt.Sprint(w.n)), Ticket: t, Kind: desk.FromCustomer, Text: text, At: w.now}
	w.commit(func(tx *store.Tx) { tx.PutMessage(store.Row[desk.Message]{Value: m}) })
	return search.Doc{Ticket: t, Message: m.ID}
}

func (w *world) rewrite(d search.Doc, text string) {
	row, err := w.rows.Message(context.Background(), d.Ticket, d.Message)
	require.NoError(w.t, err)
	row.Value.Text = text
	w.commit(func(tx *store.Tx) { tx.PutMessage(row) })
}

// feed tells what happened since, as figures does.
func (w *world) feed() {
	changes, err := w.db.Changes(context.Background(), w.seen, 100_000)
	require.NoError(w.t, err)
	var r store.TouchedRow
	for _, c := range changes {
		w.seen = c.Seq
		if m, ok := store.TouchedOf(c); ok {
			r.At, r.Messages = w.now, append(r.Messages, m)
		}
	}
	if len(r.Messages) > 0 {
		w.commit(func(tx *store.Tx) { tx.PutTouched(store.TouchedID("plain", w.seen), r) })
		changes, err = w.db.Changes(context.Background(), w.seen, 10)
		require.NoError(w.t, err)
		w.seen = changes[len(changes)-1].Seq
	}
}

func (w *world) indexer() *find.Indexer { return &find.Indexer{Store: w.rows, Blob: w.files} }

// index runs until all is taken.
func (w *world) index() {
	for {
		more, err := w.indexer().Run(context.Background())
		require.NoError(w.t, err)
		if !more {
			return
		}
	}
}

func (w *world) ask(q string) find.Ask {
	return find.Ask{Q: q, Limit: 25, Settings: &config.Settings{}, Shows: func(desk.Ticket) bool { return true }}
}

// all follows the cursors.
func (w *world) all(ask find.Ask) (out []find.Hit) {
	f := &find.Finder{Store: w.rows, Blob: w.files}
	for {
		page, err := f.Find(context.Background(), ask)
		require.NoError(w.t, err)
		require.False(w.t, page.Partial)
		out = append(out, page.Hits...)
		if ask.Cursor = page.Next; ask.Cursor == "" {
			return out
		}
	}
}

// tickets are those found, each once.
func (w *world) tickets(ask find.Ask) (out []desk.TicketID) {
	for _, h := range w.all(ask) {
		out = append(out, h.Ticket.Value.ID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// However messages come, change and go, and wherever runs of the indexer fail or die, in
// the end what is found is what reading everything finds, and the store holds no segment
// that nobody lists, nor a word that was taken away.
func TestFindsWhatReadingFinds(t *testing.T) {
	word := rapid.SampledFrom([]string{"退款", "订单", "refund", "order", "款订", "A-17", "秘密"})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "words"), " ") })
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		w := newWorld(t, filepath.Join(dir, fmt.Sprint(runs)))
		defer w.close()
		for i := range 5 {
			w.open(desk.TicketID(fmt.Sprintf("TICKE%d", i)), "support")
		}
		texts := map[search.Doc]string{}
		var docs []search.Doc
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				d := w.write(desk.TicketID(fmt.Sprintf("TICKE%d", rapid.IntRange(0, 4).Draw(t, "ticket"))), text.Draw(t, "text"))
				row, err := w.rows.Message(context.Background(), d.Ticket, d.Message)
				require.NoError(t, err)
				docs, texts[d] = append(docs, d), row.Value.Text
			case 2:
				if len(docs) > 0 {
					d := rapid.SampledFrom(docs).Draw(t, "changed")
					texts[d] = rapid.OneOf(text, rapid.Just("")).Draw(t, "text")
					w.rewrite(d, texts[d])
				}
			case 3:
				w.feed()
			default:
				w.fault = func() error {
					return rapid.SampledFrom([]error{nil, nil, nil, errDown, errLost, table.ErrConflict}).Draw(t, "fault")
				}
				_, _ = w.indexer().Run(context.Background()) // whatever becomes of it
				w.fault = nil
			}
		}
		w.feed()
		w.index()
		q := word.Draw(t, "q")
		if rapid.Bool().Draw(t, "two") {
			q += " " + word.Draw(t, "q2")
		}
		var want []desk.TicketID
		for d, text := range texts {
			if search.Parse(q).Match(text) {
				want = append(want, d.Ticket)
			}
		}
		slices.Sort(want)
		require.Equal(t, slices.Compact(want), w.tickets(w.ask(q)))
		w.tidy(texts)
	})
}

// Where another run takes the same at the same moment, this one leaves it to that, and the
// next finds what is left.
func TestOneRunGivesWay(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	w.open("TICK00", "support")
	w.rewrite(w.write("TICK00", "parcel"), "order")
	w.feed()
	other := false
	w.fault = func() error {
		if !other {
			other = true // before the bytes of this one are written
			w.index()
		}
		return nil
	}
	more, err := w.indexer().Run(context.Background())
	require.NoError(t, err)
	require.False(t, more)
	require.Equal(t, []desk.TicketID{"TICK00"}, w.tickets(w.ask("order")))
}

// tidy holds the store against the list: no other bytes, and in them no old word.
func (w *world) tidy(texts map[search.Doc]string) {
	ctx := context.Background()
	require.NoError(w.t, w.indexer().Sweep(ctx, time.Now().Add(48*time.Hour)))
	rows, err := w.rows.Segments(ctx)
	require.NoError(w.t, err)
	objects, err := w.files.List(ctx, "search/", "", 1000)
	require.NoError(w.t, err)
	require.Len(w.t, objects, len(rows))
	for _, o := range objects {
		raw, err := w.files.Get(ctx, o.Key, 0)
		require.NoError(w.t, err)
		n, err := search.FooterBytes(raw)
		require.NoError(w.t, err)
		s, err := search.Open(len(raw), raw[len(raw)-n:])
		require.NoError(w.t, err)
		from := func(at, n int) ([]byte, error) { return raw[at : at+n], nil }
		numbers, err := s.Numbers(from, "秘密")
		require.NoError(w.t, err)
		for _, n := range numbers {
			docs, err := s.Read(from, search.Block(n))
			require.NoError(w.t, err)
			require.Contains(w.t, texts[docs[n%search.DocsBlock]], "秘密")
		}
	}
}
