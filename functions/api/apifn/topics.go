package apifn

import (
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

type topicView struct {
	ID        string            `json:"id"`
	Title     string            `json:"title"`
	Team      string            `json:"team"`
	State     string            `json:"state"`
	Records   int               `json:"records"`
	Text      map[string]string `json:"text"`
	Told      int               `json:"told"`
	Skipped   int               `json:"skipped"`
	Telling   bool              `json:"telling"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
	DoneAt    *time.Time        `json:"done_at"`
}

func viewTopic(t desk.Topic) topicView {
	text := t.Text
	if text == nil {
		text = map[string]string{}
	}
	return topicView{
		ID: string(t.ID), Title: t.Title, Team: t.Team, State: string(t.State), Records: t.Records, Text: text, Told: t.Told, Skipped: t.Skipped,
		Telling: !t.Due.IsZero(), CreatedAt: t.Created, UpdatedAt: t.Updated, DoneAt: moment(t.Done),
	}
}

func (a *api) listTopics(c *call) error {
	p, err := c.list("state")
	if err != nil {
		return err
	}
	state, err := p.oneOf("state", string(desk.TopicOpen), string(desk.TopicDone))
	if err != nil {
		return err
	}
	if state == "" {
		state = string(desk.TopicOpen)
	}
	rows, next, err := a.Store.Topics(c.ctx, desk.TopicState(state), p.cursor, p.limit)
	if err != nil {
		return refusedCursor(err)
	}
	items := []topicView{}
	for _, r := range rows {
		if allow.May(c.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: r.Value.Team}) == allow.Yes {
			items = append(items, viewTopic(r.Value))
		}
	}
	return c.json(http.StatusOK, pageView[topicView]{items, p.next(next)})
}

// topic reads the one in the address, for whom its team's feedback is to see.
func (a *api) topic(c *call) (desk.Topic, error) {
	return a.topicOf(c, desk.TopicID(c.r.PathValue("id")))
}

func (a *api) topicOf(c *call, id desk.TopicID) (desk.Topic, error) {
	row, err := a.Store.Topic(c.ctx, id)
	if err != nil {
		return desk.Topic{}, notKeyed(err)
	}
	if allow.May(c.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: row.Value.Team}) != allow.Yes {
		return desk.Topic{}, desk.Errorf(desk.NotFound, "no such topic")
	}
	return row.Value, nil
}

func (a *api) getTopic(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	t, err := a.topic(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewTopic(t))
}

// listTopicFeedback lists what is tied to a topic; records of teams that aren't the
// caller's are left out.
func (a *api) listTopicFeedback(c *call) error {
	p, err := c.list()
	if err != nil {
		return err
	}
	t, err := a.topic(c)
	if err != nil {
		return err
	}
	rows, next, err := a.Store.FeedbackOn(c.ctx, t.ID, p.cursor, p.limit)
	if err != nil {
		return refusedCursor(err)
	}
	items := []feedbackView{}
	for _, r := range rows {
		if allow.May(c.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: r.Value.Team}) == allow.Yes {
			items = append(items, viewFeedback(r.Value))
		}
	}
	return c.json(http.StatusOK, pageView[feedbackView]{items, p.next(next)})
}

// topicDone is the body of POST /v1/topics/{id}/done.
type topicDone struct {
	Text map[string]string `json:"text"`
}

func (a *api) finishTopic(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var in topicDone
	if err := c.body(&in); err != nil {
		return err
	}
	t, err := a.topic(c)
	if err != nil {
		return err
	}
	if t, err = a.Desk.FinishTopic(c.ctx, c.plain(), t.ID, in.Text); err != nil {
		return err
	}
	return c.json(http.StatusAccepted, viewTopic(t))
}

// takeUp is the body of PUT /v1/feedback/{id}/topic: one of the two.
type takeUp struct {
	Title   string `json:"title"`
	TopicID string `json:"topic_id"`
}

func (a *api) putTopic(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var in takeUp
	if err := c.body(&in); err != nil {
		return err
	}
	row, err := a.changedFeedback(c)
	if err != nil {
		return err
	}
	if in.TopicID != "" {
		if _, err := a.topicOf(c, desk.TopicID(in.TopicID)); desk.KindOf(err) == desk.NotFound && err != nil {
			return badField("topic_id", "there is no such request")
		} else if err != nil {
			return err
		}
	}
	if _, err := a.Desk.TakeUp(c.ctx, c.plain(), row.Value.ID, desk.TopicID(in.TopicID), in.Title); err != nil {
		return err
	}
	return a.answerFeedback(c, row.Value.ID)
}

func (a *api) deleteTopic(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.changedFeedback(c)
	if err != nil {
		return err
	}
	if err := a.Desk.LetGo(c.ctx, c.plain(), row.Value.ID); err != nil {
		return err
	}
	return a.answerFeedback(c, row.Value.ID)
}

func (a *api) answerFeedback(c *call, id desk.FeedbackID) error {
	row, err := a.Store.Feedback(c.ctx, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewFeedback(row.Value))
}
