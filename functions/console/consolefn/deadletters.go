package consolefn

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
)

type deadPage struct {
	frame
	Queues []deadQueue
	Queue  queue.Name // the one shown
	What   string     // is in it
	Done   bool
	Rows   []deadRow
	More   string
	Some   bool // something can be tried again
}

type deadQueue struct {
	ID          queue.Name
	Name, Count string
}

type deadRow struct {
	store.DeadLetter
	Kind, Via, Number, Function, URL string
	First                            bool   // of its sender: may be tried again alone
	Refused                          string // why it can't be tried again
}

// queueWords name the queues and what is in them.
var queueWords = map[queue.Name][4]string{
	"inbound.fifo": {"收件", "Received", "客户发来的消息，以及工单的定时事项", "What customers wrote, and tickets’ timers"},
	"outbound":     {"发送", "Sending", "发送提醒：有消息等着发给客户。丢失或重复都无妨，系统会定时补查", "Nudges: something waits to be sent. Losing or repeating one does no harm, since a sweep looks again"},
	"jobs":         {"后台任务", "Jobs", "取附件、推送事件、通知、清除数据等", "Fetching files, webhooks, notices, erasing"},
	"surveys":      {"调查", "Surveys", "调查和回访的定时事项", "Timers of surveys and recoveries"},
	"sesmail":      {"来信通知", "Mail notices", "新邮件的通知，邮件本身保存在存储桶里", "Notices of mail that came; the mail itself lies in the bucket"},
	store.Feed:     {"数据变更", "Change feed", "多次处理失败的数据变更批次", "Batches of the table’s changes that a reader was given up on"},
}

// deadKinds are what letters can be; a job's kind stands as it is.
var deadKinds = map[string][2]string{
	"message": {"客户消息", "message"}, "timer": {"工单定时", "ticket’s timer"}, "nudge": {"发送提醒", "nudge"}, "survey": {"调查定时", "survey’s timer"},
	"mail": {"来信通知", "mail notice"}, "feed": {"数据变更批次", "batch of changes"}, "unknown": {"无法识别", "not recognised"},
	"media": {"取附件", "fetch a file"}, "hook": {"推送事件", "webhook"}, "notice": {"内部通知", "notice"}, "erase": {"清除数据", "erase"}, "snapshot": {"启用配置", "settings"},
	"fill": {"分配工单", "give out tickets"}, "leave": {"客服离开", "agent left"}, "shift": {"班次结束", "shift ended"}, "risk": {"评估流失风险", "look at a risk"}, "reopen": {"退回处理失败的事项", "reopen a letter"},
	"index": {"建立搜索索引", "index words"}, "export": {"生成导出文件", "make an export"}, "whois": {"查询客户昵称", "ask who an address is"}, "digest": {"免打扰时段通知汇总", "notices of quiet hours"},
}

// deadShown is how many letters a page has.
const deadShown = 50

func (v *visit) dead() deadletters.Desk { return deadletters.Desk{Store: v.Store} }

// deadLetters shows how many each queue has, and those of one.
func (v *visit) deadLetters() error {
	if err := v.operates(); err != nil {
		return err
	}
	q := v.r.URL.Query()
	page := deadPage{frame: v.frame("dead", "处理失败的事项", "Dead letters", "queue", "state"), Queue: queue.Name(q.Get("queue")), Done: q.Get("state") == "done"}
	counts, err := v.dead().Counts(v.r.Context())
	if err != nil {
		return err
	}
	known := slices.Contains(deadletters.Queues, page.Queue)
	for _, c := range counts {
		page.Queues = append(page.Queues, deadQueue{c.Queue, page.L(queueWords[c.Queue][0], queueWords[c.Queue][1]), countText(c)})
		if !known && c.Open > 0 {
			page.Queue, known = c.Queue, true
		}
	}
	if !known {
		page.Queue = deadletters.Queues[0]
	}
	page.What = page.L(queueWords[page.Queue][2], queueWords[page.Queue][3])
	list, next, err := v.Store.DeadLetters(v.r.Context(), page.Queue, !page.Done, q.Get("cursor"), deadShown)
	if err != nil {
		return err
	}
	if next != "" {
		page.More = "?" + url.Values{"queue": {string(page.Queue)}, "state": {q.Get("state")}, "cursor": {next}}.Encode()
	}
	for i, d := range list {
		row := v.deadRow(d)
		row.First = i == 0 || laneOf(list[i-1].ID) != laneOf(d.ID)
		page.Rows = append(page.Rows, row)
		page.Some = page.Some || !page.Done && row.Refused == ""
	}
	return v.write("deadletters", page)
}

func laneOf(id string) string { return id[:min(16, len(id))] }

func countText(c deadletters.Count) string {
	switch {
	case c.More:
		return "99+"
	case c.Open == 0:
		return ""
	}
	return strconv.Itoa(c.Open)
}

func (v *visit) deadRow(d store.DeadLetter) deadRow {
	row := deadRow{DeadLetter: d, Kind: d.About.Kind, Number: d.About.Ticket.Number(), Function: deadletters.Reader(d)}
	if words, ok := deadKinds[d.About.Kind]; ok {
		row.Kind = words[0]
		if v.lang == "en" {
			row.Kind = words[1]
		}
	}
	if d.About.Channel != "" {
		row.Via = journal.Channel(d.About.Channel, v.lang)
	}
	if err := deadletters.Refused(d, v.now); err != nil {
		row.Refused = err.Error()
		if v.lang != "en" {
			row.Refused = inChinese(row.Refused)
		}
	}
	row.URL = "/console/dead-letters/" + url.PathEscape(string(d.Queue)) + "/letters/" + url.PathEscape(d.ID)
	return row
}

type deadLetterPage struct {
	frame
	Letter  deadRow
	Queue   string
	Content string // of a webhook call, where it is text
}

// deadLetter shows one with what is in it.
func (v *visit) deadLetter() error {
	if err := v.operates(); err != nil {
		return err
	}
	d, err := v.dead().Get(v.r.Context(), queue.Name(v.r.PathValue("queue")), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	page := deadLetterPage{frame: v.frame("dead", "处理失败的事项", "Dead letter"), Letter: v.deadRow(d)}
	page.Queue = page.L(queueWords[d.Queue][0], queueWords[d.Queue][1])
	if env, err := receive.Decode(d.Body); d.Queue.FIFO() && err == nil && utf8.Valid(env.Body) {
		page.Content = string(env.Body)
	}
	page.Letter.Body = pretty(d.Body)
	return v.write("deadletter", page)
}

// pretty is a body as people read it.
func pretty(body string) string {
	var doc any
	if json.Unmarshal([]byte(body), &doc) != nil {
		return body
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return body
	}
	return string(b)
}

func (v *visit) deadAct() deadletters.Act {
	return deadletters.Act{By: v.act().By, At: v.act().At, Settings: v.s.Version}
}

func (v *visit) redriveDead() error { return v.onDead(v.dead().Redrive) }

func (v *visit) dropDead() error { return v.onDead(v.dead().Drop) }

func (v *visit) onDead(do func(context.Context, deadletters.Act, queue.Name, string) (store.DeadLetter, error)) error {
	if err := v.operates(); err != nil {
		return err
	}
	q := queue.Name(v.r.PathValue("queue"))
	if _, err := do(v.r.Context(), v.deadAct(), q, v.r.PathValue("id")); err != nil {
		return err
	}
	v.redirect("/console/dead-letters?" + url.Values{"queue": {string(q)}}.Encode())
	return nil
}

// redriveAtOnce is how many letters one press tries again.
const redriveAtOnce = 100

func (v *visit) redriveQueue() error {
	if err := v.operates(); err != nil {
		return err
	}
	q := queue.Name(v.r.PathValue("queue"))
	if !slices.Contains(deadletters.Queues, q) {
		return desk.Errorf(desk.NotFound, "no such queue")
	}
	if _, _, err := v.dead().RedriveAll(v.r.Context(), v.deadAct(), q, "", redriveAtOnce); err != nil {
		return err
	}
	v.redirect("/console/dead-letters?" + url.Values{"queue": {string(q)}}.Encode())
	return nil
}

// Done is when it was redriven or dropped.
func (r deadRow) Done() time.Time {
	if r.Redriven.IsZero() {
		return r.Dropped
	}
	return r.Redriven
}
