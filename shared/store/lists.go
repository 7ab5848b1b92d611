package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// TicketPage is a page of a list of tickets.
type TicketPage struct {
	IDs    []desk.TicketID
	Cursor string
}

// TicketsOfTeam lists a team's tickets of one status by the time opened.
func (s *Store) TicketsOfTeam(ctx context.Context, team string, st desk.Status, cursor string, limit int, newestFirst bool) (TicketPage, error) {
	return s.ticketIDs(ctx, table.Query{Index: table.View, PK: viewPK(team, st), Cursor: cursor, Limit: limit, Reverse: newestFirst})
}

// TicketsOfAgent lists an agent's tickets, active or done, by the time opened.
func (s *Store) TicketsOfAgent(ctx context.Context, agent string, active bool, cursor string, limit int, newestFirst bool) (TicketPage, error) {
	return s.ticketIDs(ctx, table.Query{Index: table.Mine, PK: minePK(agent, active), Cursor: cursor, Limit: limit, Reverse: newestFirst})
}

// TicketsWaiting lists a team's active tickets that nobody has, by the time opened.
func (s *Store) TicketsWaiting(ctx context.Context, team, cursor string, limit int, newestFirst bool) (TicketPage, error) {
	return s.ticketIDs(ctx, table.Query{Index: table.Mine, PK: waitingPK(team), Cursor: cursor, Limit: limit, Reverse: newestFirst})
}

// TicketsOfCustomer lists a customer's tickets, newest first.
func (s *Store) TicketsOfCustomer(ctx context.Context, c desk.CustomerID, cursor string, limit int) (TicketPage, error) {
	return s.ticketIDs(ctx, table.Query{Index: table.Who, PK: whoPK(c), Cursor: cursor, Limit: limit, Reverse: true})
}

func (s *Store) ticketIDs(ctx context.Context, q table.Query) (TicketPage, error) {
	page, err := s.T.Query(ctx, q)
	if err != nil {
		return TicketPage{}, err
	}
	out := TicketPage{Cursor: page.Cursor}
	for _, it := range page.Items {
		if id, ok := strings.CutPrefix(it.PK, "T#"); ok {
			out.IDs = append(out.IDs, desk.TicketID(id))
		}
	}
	return out, nil
}

// List names one list of tickets: a customer's, an agent's, or a team's of one status or
// of those that nobody has.
type List struct {
	Customer desk.CustomerID // set: this customer's tickets, the newest, not its aliases'

	Team   string
	Status desk.Status
	Agent  string // set: this agent's tickets, active or done
	Done   bool

	Waiting bool // the team's active tickets that nobody has, whatever their status

	Late lateSpan // set: the team's tickets past a deadline or warned of one, by the deadline: see LateLists
}

// query is where a list lies.
func (l List) query() table.Query {
	switch {
	case l.Customer != "":
		return table.Query{Index: table.Who, PK: whoPK(l.Customer)}
	case l.Agent != "":
		return table.Query{Index: table.Mine, PK: minePK(l.Agent, !l.Done)}
	case l.Late != lateSpan{}:
		return l.Late.query(l.Team)
	case l.Waiting:
		return table.Query{Index: table.Mine, PK: waitingPK(l.Team)}
	}
	return table.Query{Index: table.View, PK: viewPK(l.Team, l.Status)}
}

// MergeTickets is MergePage from the beginning; more says that there is another page.
func (s *Store) MergeTickets(ctx context.Context, lists []List, limit int, newestFirst bool) (rows []Row[desk.Ticket], more bool, err error) {
	rows, next, err := s.MergePage(ctx, lists, "", limit, newestFirst)
	return rows, next != "", err
}

// MergePage reads the newest (or oldest) tickets over several lists as one, after the
// cursor that the page before gave, "" being the beginning. An index may lag behind, so
// one may be there whose header says otherwise. Units: 0.5 per list and 4 kB, and 1 per
// header, of which there are at most limit. Of late tickets the deadline orders them.
func (s *Store) MergePage(ctx context.Context, lists []List, after string, limit int, newestFirst bool) (rows []Row[desk.Ticket], next string, err error) {
	queries := make([]table.Query, len(lists))
	for i, l := range lists {
		queries[i] = l.query()
	}
	all, next, err := s.merge(ctx, queries, after, limit, newestFirst)
	if err != nil {
		return nil, "", err
	}
	for chunk := range slices.Chunk(all, 100) {
		ids := make([]desk.TicketID, len(chunk))
		for i, p := range chunk {
			ids[i] = desk.TicketID(strings.TrimPrefix(p.key.PK, "T#"))
		}
		part, err := s.Tickets(ctx, ids...)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, part...)
	}
	return rows, next, nil
}

// PersonLists are the lists of all tickets of a customer, its aliases' too.
func PersonLists(c desk.Customer) []List {
	lists := []List{{Customer: c.ID}}
	for _, id := range c.Aliases() {
		lists = append(lists, List{Customer: id})
	}
	return lists
}

// Customers lists the customers first seen in a month (2006-01), newest first.
func (s *Store) Customers(ctx context.Context, month, cursor string, limit int) ([]CustomerSummary, string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: customersPK(month), Cursor: cursor, Limit: limit, Reverse: true})
	if err != nil {
		return nil, "", err
	}
	return summariesOf(page), page.Cursor, nil
}

// DueKind says whose timer is due.
type DueKind string

// Whose timer.
const (
	DueTicket DueKind = "ticket"
	DueSurvey DueKind = "survey"
	DueWave   DueKind = "wave" // a scheduled survey's calendar
	DueShift  DueKind = "shift"
	DueHook   DueKind = "hook"

	DueRecovery DueKind = "recovery" // the follow-up of a bad answer
	DueTopic    DueKind = "topic"    // those who asked for something are to be told
	DueOutreach DueKind = "outreach" // a message that the desk sends of itself
	DueDigest   DueKind = "digest"   // the end of an agent's quiet hours
	DueRisk     DueKind = "risk"     // time alone may have moved how likely a customer is to leave
)

// Due is a row whose timer has passed, claimed: for Hold nobody else is given it.
type Due struct {
	Kind     DueKind
	Ticket   desk.Ticket     // DueTicket; of DueRecovery its id alone
	Identity desk.Address    // DueTicket: whose order the timer must keep
	Survey   desk.SurveyID   // DueSurvey, DueRecovery
	Wave     string          // DueWave: the survey's id in the settings
	Agent    string          // DueShift: whose shift ends; DueDigest
	Topic    desk.TopicID    // DueTopic
	Customer desk.CustomerID // DueRisk
	Outreach string          // DueOutreach
	Gen      int
	Hook     desk.HookDelivery // DueHook
}

// DueShards is how many shards the timers are spread over.
const DueShards = dueShards

// ClaimDue takes up to limit rows of one shard whose time has come, moving each ahead
// by hold so that a second sweep passes it by. A row that another sweep or writer took
// first is left to it. Index reads may be stale: a row is read again before it is taken.
func (s *Store) ClaimDue(ctx context.Context, shardNo uint32, now time.Time, hold time.Duration, limit int) ([]Due, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.Due, PK: duePK(shardNo), To: stamp(now.Add(time.Millisecond)), Limit: limit})
	if err != nil {
		return nil, err
	}
	var out []Due
	for _, it := range page.Items {
		d, ok, err := s.claimOne(ctx, it.Key, now, hold)
		if err != nil {
			return out, err
		}
		if ok {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Store) claimOne(ctx context.Context, key table.Key, now time.Time, hold time.Duration) (Due, bool, error) {
	items, err := s.T.Get(ctx, key)
	if err != nil {
		return Due{}, false, err
	}
	it := items[0]
	due, ok := it.Index[table.Due]
	if it.Version == 0 || !ok || due.SK > stamp(now)+"~" {
		return Due{}, false, nil // gone, or moved ahead since the index was written
	}
	d, err := dueOf(it)
	if err != nil {
		return Due{}, false, err
	}
	it.Index[table.Due] = dueIndex(key, now.Add(hold))
	switch err := s.T.Write(ctx, table.Put(it)); {
	case err == nil:
		return d, true, nil
	case isConflict(err):
		return Due{}, false, nil
	default:
		return Due{}, false, err
	}
}

func dueOf(it table.Item) (Due, error) {
	if strings.HasPrefix(it.PK, "Q#") {
		r, err := decode[desk.Survey](it)
		return Due{Kind: DueSurvey, Survey: r.Value.ID, Gen: r.Value.Gen}, err
	}
	if strings.HasPrefix(it.PK, "QW#") {
		r, err := decode[desk.Wave](it)
		return Due{Kind: DueWave, Wave: r.Value.Survey, Gen: r.Value.Gen}, err
	}
	if strings.HasPrefix(it.PK, "TP#") {
		r, err := decode[desk.Topic](it)
		return Due{Kind: DueTopic, Topic: r.Value.ID, Gen: r.Value.Gen}, err
	}
	if strings.HasPrefix(it.PK, "O#") {
		r, err := decode[desk.Outreach](it)
		return Due{Kind: DueOutreach, Outreach: r.Value.ID, Gen: r.Value.Gen}, err
	}
	if isRecovery(it.Key) {
		r, err := decode[desk.Recovery](it)
		return Due{Kind: DueRecovery, Ticket: desk.Ticket{ID: r.Value.Ticket}, Survey: r.Value.Survey, Gen: r.Value.Gen}, err
	}
	if strings.HasPrefix(it.PK, "U#") && it.SK == "D" {
		r, err := decode[desk.Digest](it)
		return Due{Kind: DueDigest, Agent: r.Value.Agent}, err
	}
	if strings.HasPrefix(it.PK, "U#") {
		r, err := decode[desk.Presence](it)
		return Due{Kind: DueShift, Agent: r.Value.Agent}, err
	}
	if strings.HasPrefix(it.PK, "C#") {
		r, err := decode[desk.Customer](it)
		return Due{Kind: DueRisk, Customer: r.Value.ID}, err
	}
	if strings.HasPrefix(it.PK, "E#") {
		r, err := decode[desk.HookDelivery](it)
		return Due{Kind: DueHook, Hook: r.Value}, err
	}
	r, err := decode[desk.Ticket](it)
	return Due{Kind: DueTicket, Ticket: r.Value, Identity: r.Value.From}, err
}
