package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Keys are frozen: a row written by one version must be found by the next. Changing one
// of these lines needs a migration.
func TestKeysGolden(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)
	a := desk.Address{Channel: desk.Email, Account: "support", ID: "a#b%c|d@x.test"}
	for want, got := range map[string]table.Key{
		"T#7K3Q9W / T": TicketKey("7K3Q9W"),
		"T#7K3Q9W / M#20260302T093000123-0123456789":                        MessageKey("7K3Q9W", "20260302T093000123-0123456789"),
		"T#7K3Q9W / S#LEKMLPBOWFI735NUFGBWPKMCJMTTD3O666SW6UIKDYDPJSN6SMZQ": onceKey("7K3Q9W", "nonce"),
		"RQ#LEKMLPBOWFI735NUFGBWPKMCJMTTD3O666SW6UIKDYDPJSN6SMZQ / S":       actKey("nonce"),
		"I#email#support#a%23b%25c%7Cd@x.test / I":                          identityKey(a),
		"T#7K3Q9W / L#support#2026-03-02T09:30:00.123Z":                     lateKey("7K3Q9W", "support", at),
		"T#7K3Q9W / W":         writingKey("7K3Q9W"),
		"T#7K3Q9W / H":         spentKey("7K3Q9W"),
		"C#c1 / C":             customerKey("c1"),
		"C#c1 / M#m1":          customerEventKey("c1", "m1"),
		"Q#s1 / Q":             surveyKey("s1"),
		"QW#nps / W":           waveKey("nps"),
		"QD#nps / 0a1b":        questionsKey("nps", "0a1b"),
		"Q#s1 / A#0002":        answerKey("s1", 2),
		"T#7K3Q9W / V#s1":      recoveryKey("7K3Q9W", "s1"),
		"FB#f1 / F":            feedbackKey("f1"),
		"FB#f1 / H#0002":       feedbackEarlierKey("f1", 2),
		"TP#t1 / T":            topicKey("t1"),
		"O#o1 / O":             outreachKey("o1"),
		"U#amy / P":            presenceKey("amy"),
		"N#amy / evt_1":        noticeKey("amy", "evt_1"),
		"U#amy / F":            filtersKey("amy"),
		"U#amy / N":            noticesReadKey("amy"),
		"U#amy / D":            digestKey("amy"),
		"F#2026-03-02#00 / f1": factKey("2026-03-02", "f1"),
		"K#all / 2026-03-02":   FigureKey("all", "2026-03-02"),
		"P#shardId-1 / P":      PositionKey("shardId-1"),
		"X#2026-03-02 / 2026-03-02T09:30:00.123Z#q1": quarantineKey(at, "q1"),
		"CFG / V#000000012":                          settingsKey(12),
		"CFG / T#000000012":                          settingsTextKey(12),
		"E#erp / E":                                  hookKey("erp"),
		"E#erp#2026-03-02 / evt_1":                   hookDeliveryKey("erp", "2026-03-02", "evt_1"),
		"W#wechat#main / W":                          tokenKey(desk.WeChat, "main"),
		"V#mail#ann%23@x.test / V":                   attestedKey(desk.Attested{Kind: desk.AttestedMail, ID: "ann#@x.test"}),
		"Z#new / 2026-03-02T09:30:00.123Z#a1":        touchedKey(at, "a1"),
		"Y#amy / x1":                                 exportKey("amy", "x1"),
		"Z#seg / 9f3a":                               segmentKey("9f3a"),
		"V#phone#+8613800138000 / V":                 attestedKey(desk.Attested{Kind: desk.AttestedPhone, ID: "+8613800138000"}),
	} {
		require.Equal(t, want, got.PK+" / "+got.SK)
	}
	require.Equal(t, table.IndexKey{PK: "due#06", SK: "2026-03-02T09:30:00.123Z#T#7K3Q9W|T"}, dueIndex(TicketKey("7K3Q9W"), at))
	require.Equal(t, "v#support#open", viewPK("support", desk.StatusOpen))
	require.Equal(t, "m#amy#active", minePK("amy", true))
	require.Equal(t, "u#support", waitingPK("support"))
	require.Equal(t, table.IndexKey{PK: "recovery#support#due", SK: "2026-03-02T09:30:00.123Z#s1"},
		recoveryIndex(desk.Recovery{Team: "support", State: desk.RecoveryDue, Deadline: at, Survey: "s1"}))
	index := map[table.Index]table.IndexKey{}
	named(desk.Customer{ID: "c1", Name: "Ｗang　Fáng", Contact: desk.Contact{Mail: "a@x.test", Phone: "+8613800138000"}}, index)
	require.Equal(t, map[table.Index]table.IndexKey{
		table.Who: {PK: "name#w", SK: "wang fang#c1"}, table.Mine: {PK: "at#+8613800138000", SK: "c1"},
	}, index)
	require.Equal(t, "w#c1", whoPK("c1"))
	require.Equal(t, "f#c1", feedbackWhoPK("c1"))
	require.Equal(t, "topic#t1", topicRecordsPK("t1"))
	require.Equal(t, "topics#done", topicsPK(desk.TopicDone))
	require.Equal(t, "recovered#support#2026-03", recoveredPK("support", "2026-03"))
	require.Equal(t, "2026-03-02T09:30:00.123Z#f1", feedbackSK(desk.Feedback{ID: "f1", At: at}))
	id := DeadLetterID("inbound.fifo", "g", at, "18850", "0a1b-2c")
	dead, ok := deadLetterKey("inbound.fifo", id)
	require.True(t, ok)
	require.Equal(t, table.Key{PK: "D#inbound.fifo#HJ2JPBHDDPJV52RF", SK: "1772443800123.000000000000000000000000000000000018850.0a1b-2c"}, dead)
	require.Equal(t, table.IndexKey{PK: "dead#inbound.fifo", SK: id}, deadIndex(DeadLetter{Queue: "inbound.fifo", ID: id}))
	require.Equal(t, table.IndexKey{PK: "dead#inbound.fifo#done", SK: "2026-03-02T09:30:00.123Z#" + id}, deadIndex(DeadLetter{Queue: "inbound.fifo", ID: id, Dropped: at}))
	require.Equal(t, table.IndexKey{PK: "late#support", SK: "2026-03-02T09:30:00.123Z#7K3Q9W"}, lateIndex("7K3Q9W", "support", at))
}

// A mail's ids are found whatever their case and brackets; SES's by the local part.
func TestRefKey(t *testing.T) {
	require.Equal(t, refKey("A@x.test"), refKey(" <a@X.test> "))
	require.NotEqual(t, refKey("a@x.test"), refKey("a@y.test"))
	require.Equal(t, refKey("0100-1@email.amazonses.com"), refKey("<0100-1@eu-west-1.amazonses.com>"))
	require.True(t, SameRef("0100-1@email.amazonses.com", "0100-1@us-west-2.amazonses.com"))
}

// No two addresses share a key, whatever stands in them, and no part of a key is empty.
func TestKeysKeepApart(t *testing.T) {
	text := rapid.StringMatching(`[a#%|\-]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a := desk.Address{Channel: desk.Channel(text.Draw(t, "c")), Account: text.Draw(t, "a"), ID: text.Draw(t, "i")}
		b := desk.Address{Channel: desk.Channel(text.Draw(t, "c2")), Account: text.Draw(t, "a2"), ID: text.Draw(t, "i2")}
		norm := func(s string) string {
			if s == "" {
				return "-" // the one thing that empty is written as
			}
			return s
		}
		same := norm(string(a.Channel)) == norm(string(b.Channel)) && norm(a.Account) == norm(b.Account) && norm(a.ID) == norm(b.ID)
		require.Equal(t, same, identityKey(a) == identityKey(b))
	})
}

// The hot header stays about 1 kB and its summary within the index's limit, with
// everything in it at its longest.
func TestHeaderStaysSmall(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)
	tk := desk.Ticket{
		ID: "7K3Q9W", Subject: "关于上周在你们网店购买的陶瓷杯在运输途中破损并希望尽快办理退款的问题", Status: desk.StatusPending, Priority: desk.Normal,
		Type: desk.Inquiry, Team: "support", Assignee: "li", Customer: "0123456789abcdef0123", Name: "Dana Reed",
		From: desk.Address{Channel: desk.Email, Account: "support", ID: "dana.reed@customer.example"}, Lang: "zh-CN",
		Opened: now, FirstAnswered: now, Updated: now, Answers: 2,
		Unsent: []desk.MessageID{"20260302T093000123-0123456789"},
		Timers: []desk.Timer{{Kind: desk.TimerSend, At: now, Gen: 3}},
		By:     desk.Actor{Kind: desk.ByAgent, ID: "li", Name: "李明"}, V: 3,
	}
	doc, err := json.Marshal(tk)
	require.NoError(t, err)
	require.Less(t, len(doc), 1024)
	require.NotEmpty(t, summarize(tk))
	require.LessOrEqual(t, len(summarize(tk)), table.MaxSummary)
}
