package store

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// timeKey is how times stand in keys: fixed width, so that byte order is time order.
const timeKey = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(timeKey) }

var escaper = strings.NewReplacer("%", "%25", "#", "%23", "|", "%7C")

// part makes any text safe between the separators of a key, and never empty.
func part(s string) string {
	if s == "" {
		return "-"
	}
	return escaper.Replace(s)
}

func ticketPK(id desk.TicketID) string { return "T#" + part(string(id)) }

// TicketKey is where a ticket's header lies.
func TicketKey(id desk.TicketID) table.Key { return table.Key{PK: ticketPK(id), SK: "T"} }

// MessageKey is where a message lies; its id begins with its time.
func MessageKey(t desk.TicketID, m desk.MessageID) table.Key {
	return table.Key{PK: ticketPK(t), SK: "M#" + part(string(m))}
}

// lateKey is the row that lists a ticket as late; it is never changed, only put and
// deleted.
func lateKey(t desk.TicketID, team string, deadline time.Time) table.Key {
	return table.Key{PK: ticketPK(t), SK: "L#" + part(team) + "#" + stamp(deadline)}
}

// onceKey marks a request of an agent or a program as done (idempotency key).
func onceKey(t desk.TicketID, key string) table.Key {
	return table.Key{PK: ticketPK(t), SK: "S#" + queue.Hash(key)}
}

// actKey is onceKey for a request that is on no ticket.
func actKey(key string) table.Key { return table.Key{PK: "RQ#" + queue.Hash(key), SK: "S"} }

func identityPK(a desk.Address) string {
	return "I#" + part(string(a.Channel)) + "#" + part(a.Account) + "#" + part(a.ID)
}

func identityKey(a desk.Address) table.Key { return table.Key{PK: identityPK(a), SK: "I"} }

// seenKey is where it is noted that a provider's message was applied.
func seenKey(a desk.Address, id string) table.Key {
	return table.Key{PK: identityPK(a), SK: "S#" + queue.Hash(id)}
}

func customerKey(id desk.CustomerID) table.Key {
	return table.Key{PK: "C#" + part(string(id)), SK: "C"}
}

// attestedKey is where it lies whose a proven address is, over all channels.
func attestedKey(a desk.Attested) table.Key {
	return table.Key{PK: "V#" + part(string(a.Kind)) + "#" + part(a.ID), SK: "V"}
}

// customerEventKey is where something that happened to a customer outside any ticket
// is kept.
func customerEventKey(id desk.CustomerID, m desk.MessageID) table.Key {
	return table.Key{PK: "C#" + part(string(id)), SK: "M#" + part(string(m))}
}

// refKey finds what a Message-ID belongs to. SES replaces the domain part of the ids
// it is given, so ids of its domain count by their local part alone.
func refKey(messageID string) table.Key {
	id := strings.ToLower(strings.Trim(strings.TrimSpace(messageID), "<>"))
	if local, domain, ok := strings.Cut(id, "@"); ok && strings.HasSuffix(domain, "amazonses.com") {
		id = local + "@ses"
	}
	return table.Key{PK: "R#" + queue.Hash(id), SK: "R"}
}

// presenceKey is where it lies whether an agent takes tickets, and how many they have.
func presenceKey(agent string) table.Key { return table.Key{PK: "U#" + part(agent), SK: "P"} }

// filtersKey is where the filters lie that an agent has saved.
func filtersKey(agent string) table.Key { return table.Key{PK: "U#" + part(agent), SK: "F"} }

// noticePK holds what an agent was told; ids sort by time. How far they have read lies
// with the agent.
func noticePK(agent string) string { return "N#" + part(agent) }

func noticeKey(agent, id string) table.Key { return table.Key{PK: noticePK(agent), SK: part(id)} }

func noticesReadKey(agent string) table.Key { return table.Key{PK: "U#" + part(agent), SK: "N"} }

// digestKey is where it waits for an agent's quiet hours to end what they were told in
// them.
func digestKey(agent string) table.Key { return table.Key{PK: "U#" + part(agent), SK: "D"} }

func surveyKey(id desk.SurveyID) table.Key { return table.Key{PK: "Q#" + part(string(id)), SK: "Q"} }

func answerKey(id desk.SurveyID, n int) table.Key {
	return table.Key{PK: "Q#" + part(string(id)), SK: fmt.Sprintf("A#%04d", n)}
}

// recoveryKey is where the follow-up of a bad answer lies: with the ticket it is about.
func recoveryKey(t desk.TicketID, id desk.SurveyID) table.Key {
	return table.Key{PK: ticketPK(t), SK: "V#" + part(string(id))}
}

// feedbackKey is where a record of feedback lies, its earlier versions beside it.
func feedbackKey(id desk.FeedbackID) table.Key {
	return table.Key{PK: "FB#" + part(string(id)), SK: "F"}
}

func feedbackEarlierKey(id desk.FeedbackID, n int) table.Key {
	return table.Key{PK: "FB#" + part(string(id)), SK: fmt.Sprintf("H#%04d", n)}
}

// topicKey is where it lies what several records ask for.
func topicKey(id desk.TopicID) table.Key {
	return table.Key{PK: "TP#" + part(string(id)), SK: "T"}
}

// outreachKey is where a message that the desk sends of itself lies.
func outreachKey(id string) table.Key { return table.Key{PK: "O#" + part(id), SK: "O"} }

// waveKey is where a scheduled survey's calendar lies.
func waveKey(survey string) table.Key { return table.Key{PK: "QW#" + part(survey), SK: "W"} }

// questionsKey is where it is kept what a survey asked in one version.
func questionsKey(survey, version string) table.Key {
	return table.Key{PK: "QD#" + part(survey), SK: part(version)}
}

// factShards spreads a day's facts: one partition takes 1,000 writes a second.
const factShards = 8

func shard(of string, n uint32) uint32 {
	h := fnv.New32a()
	h.Write([]byte(of))
	return h.Sum32() % n
}

func factPK(day string, shard uint32) string { return fmt.Sprintf("F#%s#%02d", day, shard) }

func factKey(day, id string) table.Key {
	return table.Key{PK: factPK(day, shard(id, factShards)), SK: part(id)}
}

// FigureKey is where a day's sums for one cut lie: "all", "channel#wechat", "team#…".
func FigureKey(cut, day string) table.Key { return table.Key{PK: "K#" + part(cut), SK: part(day)} }

// PositionKey is where figures notes how far it has counted in a shard of the feed.
func PositionKey(shard string) table.Key { return table.Key{PK: "P#" + part(shard), SK: "P"} }

func quarantinePK(day string) string { return "X#" + part(day) }

func quarantineKey(at time.Time, id string) table.Key {
	return table.Key{PK: quarantinePK(at.UTC().Format(time.DateOnly)), SK: stamp(at) + "#" + part(id)}
}

const settingsPK = "CFG"

func settingsKey(v int64) table.Key {
	return table.Key{PK: settingsPK, SK: fmt.Sprintf("V#%09d", v)}
}

// settingsTextKey is where it lies what a version was written as, by whom and when.
func settingsTextKey(v int64) table.Key {
	return table.Key{PK: settingsPK, SK: fmt.Sprintf("T#%09d", v)}
}

// settingsIndex lists the versions that have a text.
const settingsIndexPK = "settings"

// hookKey is where a subscription's standing lies, hookPK where one day's deliveries to
// it do: an event's id begins with its day, so a delivery is found from the id alone.
func hookKey(hook string) table.Key { return table.Key{PK: "E#" + part(hook), SK: "E"} }

func hookPK(hook, day string) string { return "E#" + part(hook) + "#" + part(day) }

func hookDeliveryKey(hook, day, id string) table.Key {
	return table.Key{PK: hookPK(hook, day), SK: part(id)}
}

func tokenKey(c desk.Channel, account string) table.Key {
	return table.Key{PK: "W#" + part(string(c)) + "#" + part(account), SK: "W"}
}

// touchedPK holds what is to be made findable; segmentsPK the segments there are.
const (
	touchedPK  = "Z#new"
	segmentsPK = "Z#seg"
)

// touchedKey sorts by when the first of it happened, so that nothing is taken before what
// it changes.
func touchedKey(at time.Time, id string) table.Key {
	return table.Key{PK: touchedPK, SK: stamp(at) + "#" + part(id)}
}

// exportPK holds what somebody asked to take away; ids sort by time.
func exportPK(by string) string { return "Y#" + part(by) }

func exportKey(by, id string) table.Key { return table.Key{PK: exportPK(by), SK: part(id)} }

func segmentKey(id string) table.Key { return table.Key{PK: segmentsPK, SK: part(id)} }

// serviceKeysPK holds the keys of programs: few, and listed whole.
const serviceKeysPK = "KEYS"

func serviceKey(id string) table.Key { return table.Key{PK: serviceKeysPK, SK: part(id)} }

// auditShards spreads a day's audit: one partition takes 1,000 writes a second.
const auditShards = 4

func auditPK(day string, shard uint32) string { return fmt.Sprintf("A#%s#%02d", day, shard) }

// auditKey is where it is noted what somebody saw or did at a time; id tells apart what
// falls into one millisecond.
func auditKey(at time.Time, id string) table.Key {
	return table.Key{PK: auditPK(at.UTC().Format(time.DateOnly), shard(id, auditShards)), SK: stamp(at) + "#" + part(id)}
}

// Partitions and sort keys of the indexes.

// dueShards spreads the timers: see QUERIES.md.
const dueShards = 16

func duePK(shard uint32) string { return fmt.Sprintf("due#%02d", shard) }

func dueIndex(key table.Key, at time.Time) table.IndexKey {
	return table.IndexKey{PK: duePK(shard(key.PK, dueShards)), SK: stamp(at) + "#" + key.PK + "|" + key.SK}
}

func viewPK(team string, s desk.Status) string { return "v#" + part(team) + "#" + string(s) }
func minePK(agent string, active bool) string {
	if active {
		return "m#" + part(agent) + "#active"
	}
	return "m#" + part(agent) + "#done"
}

// waitingPK holds a team's active tickets that nobody has; they have no assignee, so
// their place in the index is free.
func waitingPK(team string) string { return "u#" + part(team) }

func whoPK(c desk.CustomerID) string { return "w#" + part(string(c)) }

func recoveryPK(team string, s desk.RecoveryState) string {
	return "recovery#" + part(team) + "#" + string(s)
}

func recoveryIndex(r desk.Recovery) table.IndexKey {
	return table.IndexKey{PK: recoveryPK(r.Team, r.State), SK: stamp(r.Deadline) + "#" + part(string(r.Survey))}
}

const feedbackMonth = "2006-01"

func feedbackPK(month string) string { return "feedback#" + part(month) }

func feedbackWhoPK(c desk.CustomerID) string { return "f#" + part(string(c)) }

func topicRecordsPK(t desk.TopicID) string { return "topic#" + part(string(t)) }

func topicsPK(s desk.TopicState) string { return "topics#" + string(s) }

func feedbackSK(f desk.Feedback) string { return stamp(f.At) + "#" + part(string(f.ID)) }

// recoveredPK holds the follow-ups of a month after which a customer was better content.
func recoveredPK(team, month string) string {
	return "recovered#" + part(team) + "#" + part(month)
}

func customersPK(month string) string { return "customers#" + part(month) }

// namePK holds customers by the first character of their name, as search.Fold makes it.
func namePK(folded string) string {
	r, _ := utf8.DecodeRuneInString(folded)
	return "name#" + part(string(r))
}

func contactPK(to string) string { return "at#" + part(to) }

func latePK(team string) string { return "late#" + part(team) }

func lateIndex(t desk.TicketID, team string, deadline time.Time) table.IndexKey {
	return table.IndexKey{PK: latePK(team), SK: stamp(deadline) + "#" + part(string(t))}
}

func openedSK(t desk.Ticket) string { return stamp(t.Opened) + "#" + part(string(t.ID)) }
