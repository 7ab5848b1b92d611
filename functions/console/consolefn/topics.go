package consolefn

import (
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

type topicsPage struct {
	frame
	States []choice
	Rows   []topicRow
	More   string
	Langs  []choice // Chosen: the desk's own, which is needed
}

type topicRow struct {
	desk.Topic
	URL  string
	Post string
	Team string
	Said []feedbackRow // the first few records
}

// Told without those who could not be.
func (r topicRow) Reached() int { return max(0, r.Topic.Told-r.Skipped) }

const (
	topicsShown  = 20
	recordsShown = 5
)

// topics lists what customers ask for, with the first few of their words.
func (v *visit) topics() error {
	q := v.r.URL.Query()
	page := topicsPage{frame: v.frame("feedback", "客户需求", "What customers ask for", "state")}
	state := desk.TopicState(q.Get("state"))
	if state != desk.TopicDone {
		state = desk.TopicOpen
	}
	page.States = []choice{
		{Name: page.L("处理中", "Taken up"), URL: "?state=open", Chosen: state == desk.TopicOpen},
		{Name: page.L("已办好", "Done"), URL: "?state=done", Chosen: state == desk.TopicDone},
	}
	for _, l := range config.Languages {
		page.Langs = append(page.Langs, choice{ID: l, Name: map[string]string{"zh-CN": page.L("中文", "in Chinese"), "en": page.L("英文", "in English")}[l], Chosen: l == v.s.Desk.Language})
	}
	rows, next, err := v.Store.Topics(v.r.Context(), state, q.Get("cursor"), topicsShown)
	if err != nil {
		return err
	}
	if next != "" {
		page.More = "?" + url.Values{"state": {string(state)}, "cursor": {next}}.Encode()
	}
	for _, r := range rows {
		if !v.mayRead(allow.Feedback, r.Value.Team) {
			continue
		}
		row, err := v.topicRow(page.frame, r.Value)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	return v.write("topics", page)
}

func (v *visit) topicRow(f frame, t desk.Topic) (topicRow, error) {
	row := topicRow{Topic: t, Team: v.teamName(t.Team), Post: "/console/topics/" + url.PathEscape(string(t.ID))}
	records, _, err := v.Store.FeedbackOn(v.r.Context(), t.ID, "", recordsShown)
	if err != nil {
		return row, err
	}
	for _, r := range records {
		if v.mayRead(allow.Feedback, r.Value.Team) {
			row.Said = append(row.Said, v.feedbackRow(f, r.Value))
		}
	}
	return row, nil
}

// openTopics are those that a record can be tied to, for the list of feedback.
func (v *visit) openTopics() ([]choice, error) {
	rows, _, err := v.Store.Topics(v.r.Context(), desk.TopicOpen, "", 50)
	var out []choice
	for _, r := range rows {
		if v.mayRead(allow.Feedback, r.Value.Team) {
			out = append(out, choice{ID: string(r.Value.ID), Name: r.Value.Title})
		}
	}
	return out, err
}

// finishTopic says that it is done, in the words that those who asked will read.
func (v *visit) finishTopic() error {
	row, err := v.Store.Topic(v.r.Context(), desk.TopicID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	if !v.mayRead(allow.Feedback, row.Value.Team) {
		return desk.Errorf(desk.NotFound, "no such topic")
	}
	text := map[string]string{}
	for _, l := range config.Languages {
		text[l] = strings.ToValidUTF8(strings.ReplaceAll(v.r.PostForm.Get("text-"+l), "\r\n", "\n"), "\uFFFD")
	}
	if _, err := v.Desk.FinishTopic(v.r.Context(), v.act(), row.Value.ID, text); err != nil {
		return err
	}
	v.redirect("/console/topics?state=done")
	return nil
}

// takeUp ties a record to a topic, or lets it go, and goes back to the list.
func (v *visit) takeUp() error {
	id, f := desk.FeedbackID(v.r.PathValue("id")), v.r.PostForm
	row, err := v.Store.Feedback(v.r.Context(), id)
	if err != nil {
		return err
	}
	if !row.Exists() || !v.mayRead(allow.Feedback, row.Value.Team) {
		return desk.Errorf(desk.NotFound, "no such feedback")
	}
	if row.Value.Ticket != "" {
		if _, err := v.readTicket(row.Value.Ticket); err != nil {
			return err
		}
	}
	topic, title := f.Get("topic"), strings.TrimSpace(f.Get("title"))
	switch {
	case f.Get("let_go") != "":
		err = v.Desk.LetGo(v.r.Context(), v.act(), id)
	case title != "":
		_, err = v.Desk.TakeUp(v.r.Context(), v.act(), id, "", title)
	case topic != "" && !v.seesTopic(desk.TopicID(topic)):
		err = desk.FieldError("topic_id", "there is no such request")
	default:
		_, err = v.Desk.TakeUp(v.r.Context(), v.act(), id, desk.TopicID(topic), "")
	}
	if err != nil {
		return err
	}
	back := f.Get("back")
	if !strings.HasPrefix(back, "?") {
		back = ""
	}
	v.redirect("/console/feedback" + back)
	return nil
}

// seesTopic says whether a topic may be chosen; one that can't be read is no choice either.
func (v *visit) seesTopic(id desk.TopicID) bool {
	row, err := v.Store.Topic(v.r.Context(), id)
	return err == nil && v.mayRead(allow.Feedback, row.Value.Team)
}
