package consolefn

import "net/url"

// doneCookie says to the next page which form went through. It is the browser's own, so
// that an address never says it a second time.
const doneCookie = "deskhook_done"

// doneAge is for how long, in seconds, a page that never came leaves it.
const doneAge = 30

// doneWords are what the next page says, for each form whose effect is easily missed there.
// What stands there anyhow (a reply, a note, the agent's own state) needs no words.
var doneWords = map[string][2]string{
	"POST /console/new":                                       {"工单已创建", "The ticket is open"},
	"POST /console/filters":                                   {"筛选已保存", "The filter is saved"},
	"POST /console/filters/remove":                            {"筛选已删除", "The filter is gone"},
	"POST /console/exports":                                   {"已开始导出", "The export has begun"},
	"POST /console/tickets/{number}/forward":                  {"已转发", "Forwarded"},
	"POST /console/tickets/{number}/assign":                   {"处理人已更新", "Assignee changed"},
	"POST /console/tickets/{number}/priority":                 {"优先级已更新", "Priority changed"},
	"POST /console/tickets/{number}/status":                   {"状态已更新", "Status changed"},
	"POST /console/tickets/{number}/follow-up":                {"跟进已更新", "Follow-up saved"},
	"POST /console/tickets/{number}/tasks":                    {"任务已建立", "The task is open"},
	"POST /console/tickets/{number}/followers":                {"关注已更新", "Followers changed"},
	"POST /console/tickets/{number}/tags":                     {"标签已保存", "Tags saved"},
	"POST /console/tickets/{number}/type":                     {"类型已更新", "Type changed"},
	"POST /console/tickets/{number}/team":                     {"小组已更新", "Team changed"},
	"POST /console/tickets/{number}/merge":                    {"工单已合并", "Merged into this ticket"},
	"POST /console/tickets/{number}/unmerge":                  {"已撤销合并", "The merge is undone"},
	"POST /console/tickets/{number}/split":                    {"已拆分到新工单", "Split off into this ticket"},
	"POST /console/tickets/{number}/spam":                     {"已标为垃圾信息", "Marked as spam"},
	"POST /console/tickets/{number}/not-spam":                 {"已移出垃圾信息", "No longer spam"},
	"POST /console/tickets/{number}/block":                    {"已拉黑发件人", "The sender is blocked"},
	"POST /console/tickets/{number}/unblock":                  {"已解除拉黑", "The sender is no longer blocked"},
	"POST /console/tickets/{number}/macros/{id}":              {"快捷操作已执行", "The macro is done"},
	"POST /console/tickets/{number}/messages/{id}/again":      {"正在重新发送", "It is being sent again"},
	"POST /console/tickets/{number}/messages/{id}/mark":       {"标记已更新", "Mark changed"},
	"POST /console/customers/{id}/remark":                     {"备注名已保存", "Name saved"},
	"POST /console/customers/{id}/merge":                      {"客户已合并", "The customers are one now"},
	"POST /console/customers/{id}/unmerge":                    {"已撤销合并", "The merge is undone"},
	"POST /console/customers/{id}/suggestion":                 {"已处理", "Done"},
	"POST /console/customers/{id}/profile":                    {"客户资料已保存", "Profile saved"},
	"POST /console/customers/{id}/opt-out":                    {"退订设置已更新", "Opt-out changed"},
	"POST /console/feedback/{id}/topic":                       {"需求已更新", "Saved"},
	"POST /console/topics/{id}/done":                          {"已办好，正在告知客户", "Done; the customers are being told"},
	"POST /console/recoveries/{id}":                           {"回访已更新", "Recovery saved"},
	"POST /console/notices/read":                              {"已全部标为已读", "All are read"},
	"POST /console/deliveries/{name}/events/{id}/replay":      {"正在重新推送", "It is being sent again"},
	"POST /console/deliveries/{name}/test":                    {"测试事件已发出", "A test event is on its way"},
	"POST /console/quarantine/{at}/{id}/release":              {"正在重新处理", "It is being tried again"},
	"POST /console/quarantine/{at}/{id}/drop":                 {"已丢弃", "Dropped"},
	"POST /console/dead-letters/{queue}/redrive":              {"正在重试", "They are being tried again"},
	"POST /console/dead-letters/{queue}/letters/{id}/redrive": {"正在重试", "It is being tried again"},
	"POST /console/dead-letters/{queue}/letters/{id}/drop":    {"已丢弃", "Dropped"},
}

// tellDone leaves word for the page that the agent is sent to.
func (v *visit) tellDone() {
	if _, ok := doneWords[v.r.Pattern]; ok {
		v.putCookie(v.w, v.r, doneCookie, url.QueryEscape(v.r.Pattern), doneAge)
	}
}

// Done is what the form before this page did; it is said once.
func (f frame) Done() string {
	if f.visit == nil {
		return ""
	}
	c, err := f.visit.r.Cookie(cookieFor(f.visit.r, doneCookie))
	if err != nil || c.Value == "" {
		return ""
	}
	f.visit.putCookie(f.visit.w, f.visit.r, doneCookie, "", -1)
	pattern, _ := url.QueryUnescape(c.Value)
	words := doneWords[pattern]
	return f.L(words[0], words[1])
}
