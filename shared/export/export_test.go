package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/export"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) // in Shanghai

type world struct {
	t    *testing.T
	rows *store.Store
	s    *config.Settings
}

func newWorld(t *testing.T) *world {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table"), func() time.Time { return noon }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &world{t, store.New(db), &config.Settings{
		Desk:   config.Desk{TimeZone: "Asia/Shanghai", Team: "support"},
		Teams:  []config.Team{{ID: "support", Name: config.Text{"zh-CN": "客服组", "en": "Service"}}, {ID: "sales", Name: config.Text{"en": "Sales"}}},
		Agents: []config.Agent{{ID: "amy", Name: "Amy"}},
	}}
}

func (w *world) put(fill func(*store.Tx)) {
	var tx store.Tx
	fill(&tx)
	require.NoError(w.t, w.rows.Commit(w.t.Context(), &tx))
}

func (w *world) ticket(id desk.TicketID, team string, st desk.Status, opened time.Time, subject string) {
	w.put(func(tx *store.Tx) {
		tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{
			ID: id, Team: team, Status: st, Opened: opened, Subject: subject, Name: "Mei", Assignee: "amy", Priority: desk.Normal, Type: desk.Inquiry,
			From: desk.Address{Channel: desk.SMS, Account: "main", ID: "+8613800138000"}, Customer: "c1",
		}})
	})
}

func (w *world) asked(kind desk.ExportKind) desk.Export {
	from := time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
	return desk.Export{Kind: kind, From: from, To: from.AddDate(0, 0, 1), Lang: "en", Role: "lead", By: desk.Actor{Kind: desk.ByAgent, ID: "li"}}
}

func (w *world) made(e desk.Export) [][]string {
	w.t.Helper()
	require.NoError(w.t, export.Check(w.s, e))
	file, n, err := export.Make(w.t.Context(), w.rows, w.s, e)
	require.NoError(w.t, err)
	rest, ok := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
	require.True(w.t, ok, "Excel needs the mark")
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	require.NoError(w.t, err)
	require.Len(w.t, rows, n+1)
	return rows
}

func column(rows [][]string, head string) (out []string) {
	for i, h := range rows[0] {
		if h == head {
			for _, r := range rows[1:] {
				out = append(out, r[i])
			}
		}
	}
	return out
}

// A row for each ticket opened in the days asked for, the oldest first, in the words of
// the pages and the desk's time; of the asker's teams alone, and no spam.
func TestTickets(t *testing.T) {
	w := newWorld(t)
	w.ticket("AAAAAA", "support", desk.StatusOpen, noon, "=HYPERLINK(\"http://x\")")
	w.ticket("BBBBBB", "sales", desk.StatusClosed, noon.Add(-time.Hour), "二号")
	w.ticket("CCCCCC", "support", desk.StatusSpam, noon, "spam")
	w.ticket("DDDDDD", "support", desk.StatusNew, noon.AddDate(0, 0, 1), "tomorrow")
	w.ticket("EEEEEE", "support", desk.StatusNew, noon.Add(-13*time.Hour), "yesterday, in Shanghai")

	rows := w.made(w.asked(desk.ExportTickets))
	require.Equal(t, []string{"DH-BBBB-BB", "DH-AAAA-AA"}, column(rows, "Number"))
	require.Equal(t, []string{"二号", "'=HYPERLINK(\"http://x\")"}, column(rows, "Subject"))
	require.Equal(t, []string{"Closed", "Open"}, column(rows, "Status"))
	require.Equal(t, []string{"Sales", "Service"}, column(rows, "Team"))
	require.Equal(t, []string{"Amy", "Amy"}, column(rows, "Assignee"))
	require.Equal(t, []string{"2026-03-02 11:00:00", "2026-03-02 12:00:00"}, column(rows, "Opened"))
	require.Equal(t, []string{"'+8613800138000", "'+8613800138000"}, column(rows, "Address"))

	e := w.asked(desk.ExportTickets)
	e.Lang, e.Status = "zh-CN", desk.StatusSpam
	require.Equal(t, []string{"DH-CCCC-CC"}, column(w.made(e), "工单号"))
	e = w.asked(desk.ExportTickets)
	e.Team = "sales"
	require.Equal(t, []string{"DH-BBBB-BB"}, column(w.made(e), "Number"))

	e = w.asked(desk.ExportTickets)
	e.Role, e.Teams = "agent", []string{"support"}
	require.Equal(t, []string{"DH-AAAA-AA"}, column(w.made(e), "Number"))
	w.s.Access.MaskContacts = true
	require.Equal(t, []string{"***00"}, column(w.made(e), "Address"))
	e.Role = "lead"
	require.Equal(t, []string{"'+8613800138000"}, column(w.made(e), "Address"))
}

// A row for each answer, with all that the customer said; an agent has those of their
// teams.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	three := 3
	for i, team := range []string{"support", "sales"} {
		w.put(func(tx *store.Tx) {
			at := noon.Add(time.Duration(i) * time.Minute)
			four, words := 4, strings.Repeat("很好，", 40)+"call 13800138000"
			tx.PutFeedback(store.Row[desk.Feedback]{Value: desk.Feedback{
				ID: desk.FeedbackID(fmt.Sprint("f", i)), Source: desk.FromSurvey, Kind: desk.CSAT, Ticket: "AAAAAA", Team: team, Agent: "amy", At: at, Changed: at, Channel: desk.WeChat,
				Answers: []desk.FeedbackAnswer{{Question: "score", Number: &four, Min: 1, Max: 5}, {Question: desk.CommentQuestion, Text: words}, {Question: "effort", Number: &three}},
			}})
		})
	}
	rows := w.made(w.asked(desk.ExportAnswers))
	require.Equal(t, []string{"Sales", "Service"}, column(rows, "Team"))
	require.Equal(t, []string{"4", "4"}, column(rows, "Score"))
	require.Equal(t, []string{"effort: 3", "effort: 3"}, column(rows, "Further answers"))
	require.Contains(t, column(rows, "Comment")[0], "13800138000", "the whole of it")
	e := w.asked(desk.ExportAnswers)
	e.Role, e.Teams = "agent", []string{"support"}
	w.s.Access.MaskContacts = true
	rows = w.made(e)
	require.Equal(t, []string{"Service"}, column(rows, "Team"))
	require.NotContains(t, column(rows, "Comment")[0], "138001")
	e.From, e.To = e.To, e.To.AddDate(0, 0, 1)
	require.Len(t, w.made(e), 1)
}

func TestCheck(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*desk.Export){
		"kind":   func(e *desk.Export) { e.Kind = "customers" },
		"from":   func(e *desk.Export) { e.From = e.To },
		"to":     func(e *desk.Export) { e.To = e.From.AddDate(0, 0, 120) },
		"team":   func(e *desk.Export) { e.Team = "nobody" },
		"status": func(e *desk.Export) { e.Status = "done" },
	} {
		e := w.asked(desk.ExportTickets)
		change(&e)
		var fault *desk.Error
		require.ErrorAs(t, export.Check(w.s, e), &fault)
		require.Equal(t, field, fault.Field)
	}
}

// No cell begins as a formula does, and none loses what it says.
func TestCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("=+-@\t ＝a1\r\n'\u3000"))).Draw(t, "cell")
		c := export.Cell(s)
		require.Contains(t, c, s)
		require.NotContains(t, "=+-@\t\r\n＝＋－＠", strings.TrimLeft(c+"x", " \u00a0\u3000")[:1])
	})
	require.Equal(t, "plain", export.Cell("plain"))
	require.Equal(t, "a = b", export.Cell("a = b"))
}

// More rows than a spreadsheet is good for are refused, and not cut off unseen.
func TestTooMany(t *testing.T) {
	w := newWorld(t)
	for i := 0; i <= export.MaxRows; i += 100 {
		w.put(func(tx *store.Tx) {
			for k := i; k < i+100; k++ {
				tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: desk.TicketID(fmt.Sprintf("%06d", k)), Team: "support", Status: desk.StatusOpen, Opened: noon}})
			}
		})
	}
	_, _, err := export.Make(context.Background(), w.rows, w.s, w.asked(desk.ExportTickets))
	require.ErrorIs(t, err, export.ErrTooMany)
}
