package apifn

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// nobody stands for no assignee in a query.
const nobody = "none"

// myself stands for the caller in a query.
const myself = "me"

type teamView struct {
	ID     string      `json:"id"`
	Name   config.Text `json:"name"`
	Assign string      `json:"assign"`
	Agents []string    `json:"agents"`
}

// agentView is an agent as the settings have them, and at work.
type agentView struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Role      string       `json:"role"`
	Teams     []string     `json:"teams"`
	Skills    []string     `json:"skills"`
	Languages []string     `json:"languages"`
	Capacity  int          `json:"capacity"`
	Load      int          `json:"load"`
	Presence  presenceView `json:"presence"`
}

type presenceView struct {
	State string     `json:"state"`
	Since *time.Time `json:"since"` // null: they never said anything
}

func viewAgent(a config.Agent, p desk.Presence) agentView {
	return agentView{
		ID: a.ID, Name: a.Name, Role: a.Role, Teams: orEmpty(a.Teams), Skills: orEmpty(a.Skills), Languages: orEmpty(a.Languages),
		Capacity: a.Capacity, Load: p.Load, Presence: presenceView{string(p.State), moment(p.Since)},
	}
}

func (a *api) listTeams(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	out := []teamView{}
	for _, t := range s.Teams {
		v := teamView{ID: t.ID, Name: t.Name, Assign: string(s.Strategy(t.ID)), Agents: []string{}}
		for _, m := range s.AgentsOf(t.ID) {
			v.Agents = append(v.Agents, m.ID)
		}
		out = append(out, v)
	}
	return answerAll(c, out)
}

// listAgents gives all agents, or a team's: one read unit for each.
func (a *api) listAgents(c *call) error {
	p, err := c.params("team")
	if err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	list := s.Agents
	if team := p.get("team"); team != "" {
		list = s.AgentsOf(team)
	}
	out := []agentView{}
	for chunk := range slices.Chunk(list, maxLimit) {
		ids := make([]string, len(chunk))
		for i, x := range chunk {
			ids[i] = x.ID
		}
		rows, err := a.Store.Presences(c.ctx, ids...)
		if err != nil {
			return err
		}
		for i, x := range chunk {
			out = append(out, viewAgent(x, rows[i].Value))
		}
	}
	return answerAll(c, out)
}

func (a *api) getAgent(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	return a.answerAgent(c)
}

// answerAgent gives the agent in the address as they are now.
func (a *api) answerAgent(c *call) error {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	agent, ok := s.Agent(c.r.PathValue("id"))
	if !ok {
		return desk.Errorf(desk.NotFound, "no such agent")
	}
	rows, err := a.Store.Presences(c.ctx, agent.ID)
	if err != nil {
		return err
	}
	c.w.Header().Set("ETag", agentTag(s)(rows[0].Version))
	return c.json(http.StatusOK, viewAgent(agent, rows[0].Value))
}

// agentTag is the entity tag of an agent, who is told by the settings and by a row.
func agentTag(s *config.Settings) func(int64) string {
	return func(version int64) string { return fmt.Sprintf(`"%d-%d"`, s.Version, version) }
}

// presenceDesk is the desk to change an agent's presence with.
func (a *api) presenceDesk(c *call, agent string) (*ticketing.Desk, error) {
	if c.r.Header.Get("If-Match") == "" {
		return a.Desk, nil
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return nil, err
	}
	rows, err := a.Store.Presences(c.ctx, agent)
	if err != nil {
		return nil, notKeyed(err)
	}
	return a.matching(c, store.PresenceKey(agent), rows[0].Version, agentTag(s))
}

// putPresence says whether an agent takes tickets: each for themselves, leads and
// admins for others, too.
func (a *api) putPresence(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var in struct {
		State string `json:"state"`
	}
	if err := c.body(&in); err != nil {
		return err
	}
	agent := c.r.PathValue("id")
	oneself := c.by.Kind == desk.ByAgent && c.by.ID == agent
	if !oneself && !c.who.Role.AtLeast(allow.Lead) {
		return desk.Errorf(desk.Forbidden, "only leads and admins say so for others")
	}
	d, err := a.presenceDesk(c, agent)
	if err != nil {
		return err
	}
	if err := d.SetPresence(c.ctx, ticketing.Act{By: c.by, At: c.at}, agent, desk.PresenceState(in.State)); err != nil {
		return err
	}
	return a.answerAgent(c)
}

// listWaiting lists the active tickets that nobody has, oldest first unless asked
// otherwise.
func (a *api) listWaiting(c *call, p params, q ticketQuery) error {
	q.newestFirst = p.get("sort") == "newest"
	if q.team != "" {
		page, err := a.Store.TicketsWaiting(c.ctx, q.team, q.cursor, q.limit, q.newestFirst)
		return a.ticketPage(c, p, page, err, q)
	}
	teams, err := a.teams(c)
	if err != nil {
		return err
	}
	lists := make([]store.List, len(teams))
	for i, t := range teams {
		lists[i] = store.List{Team: t, Waiting: true}
	}
	return a.answerMerged(c, p, q, lists)
}
