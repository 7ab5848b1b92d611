package consolefn

import (
	"net/http"
	"strings"
)

// deed says what a request was, as a lead would: its route without where it came in.
// Whoever adds a route that is noted finds it here, by a test.
func (f frame) deed(route string) string {
	if w, ok := deeds[bare(route)]; ok {
		return f.L(w[0], w[1])
	}
	return route
}

// bare is a route of console or API: "POST tickets/{number}/merge".
func bare(route string) string {
	method, path, _ := strings.Cut(route, " /")
	for _, prefix := range []string{"console/", "v1/"} {
		path = strings.TrimPrefix(path, prefix)
	}
	return method + " " + path
}

// outcomeOf says how a request ended, where it didn't do what was asked.
func (f frame) outcomeOf(status int) string {
	switch {
	case status == http.StatusForbidden:
		return f.L("无权限", "not allowed")
	case status == http.StatusNotFound:
		return f.L("不存在", "not found")
	case status == http.StatusPreconditionFailed:
		return f.L("被他人抢先", "somebody was faster")
	case status == http.StatusConflict: // the ticket is over, is spam, …
		return f.L("与现状不符", "not possible as it was")
	case status >= 500:
		return f.L("系统出错", "failed")
	case status >= 400:
		return f.L("未通过检查", "refused")
	}
	return ""
}

var deeds = map[string][2]string{
	"GET console":             {"查看工单列表", "looked at the tickets"},
	"GET fragment/list":       {"查看工单列表", "looked at the tickets"},
	"GET tickets":             {"查看工单列表", "looked at the tickets"},
	"GET search":              {"搜索", "searched"},
	"GET new":                 {"打开新建工单", "began a ticket"},
	"POST new":                {"新建工单", "opened a ticket"},
	"POST tickets":            {"新建工单", "opened a ticket"},
	"PUT tickets/update_many": {"批量修改工单", "changed several tickets"},

	"GET tickets/{number}":                               {"查看工单", "looked at the ticket"},
	"GET tickets/{number}/fragment":                      {"查看工单", "looked at the ticket"},
	"GET tickets/{number}/messages":                      {"查看工单消息", "read the ticket's messages"},
	"GET tickets/{number}/messages/{id}/html":            {"查看邮件原样", "read a mail as it came"},
	"GET tickets/{number}/files/{id}/{n}":                {"打开附件", "opened a file"},
	"GET tickets/{number}/messages/{id}/attachments/{n}": {"打开附件", "opened a file"},
	"GET tickets/{number}/canned-replies":                {"查看快捷回复", "looked at canned replies"},
	"PATCH tickets/{number}":                             {"修改工单", "changed the ticket"},
	"POST tickets/{number}/messages":                     {"写消息或备注", "wrote a message or a note"},
	"POST tickets/{number}/messages/preview":             {"预览回复", "previewed an answer"},
	"POST tickets/{number}/preview":                      {"预览回复", "previewed an answer"},
	"POST tickets/{number}/reply":                        {"回复客户", "answered the customer"},
	"POST tickets/{number}/note":                         {"写备注", "wrote a note"},
	"POST tickets/{number}/messages/{id}/undo":           {"撤回回复", "took an answer back"},
	"POST tickets/{number}/messages/{id}/again":          {"重新发送", "sent a message again"},
	"POST tickets/{number}/messages/{id}/send-again":     {"重新发送", "sent a message again"},
	"POST tickets/{number}/messages/{id}/mark":           {"标记为反馈", "marked a message as feedback"},
	"PUT tickets/{number}/messages/{id}/mark":            {"标记为反馈", "marked a message as feedback"},
	"DELETE tickets/{number}/messages/{id}/mark":         {"取消反馈标记", "took a mark off"},
	"POST tickets/{number}/assign":                       {"分配工单", "assigned the ticket"},
	"POST tickets/{number}/status":                       {"修改状态", "changed the status"},
	"POST tickets/{number}/priority":                     {"修改优先级", "changed the priority"},
	"POST tickets/{number}/type":                         {"修改类型", "changed the type"},
	"POST tickets/{number}/team":                         {"转给其他小组", "gave it to another team"},
	"POST tickets/{number}/tags":                         {"修改标签", "changed the tags"},
	"POST tickets/{number}/follow-up":                    {"设定跟进", "set a follow-up"},
	"DELETE tickets/{number}/follow-up":                  {"取消跟进", "took a follow-up off"},
	"POST tickets/{number}/followers":                    {"修改关注人", "changed who follows"},
	"PUT tickets/{number}/followers/{agent}":             {"添加关注人", "added a follower"},
	"DELETE tickets/{number}/followers/{agent}":          {"移除关注人", "took a follower off"},
	"POST tickets/{number}/forward":                      {"转发给第三方", "forwarded a mail"},
	"POST tickets/{number}/macros/{id}":                  {"执行快捷操作", "ran a macro"},
	"POST tickets/{number}/merge":                        {"合并工单", "merged the ticket"},
	"POST tickets/{number}/unmerge":                      {"撤销合并工单", "unmerged the ticket"},
	"POST tickets/{number}/split":                        {"拆分工单", "split the ticket"},
	"POST tickets/{number}/tasks":                        {"建立任务", "opened a task"},
	"POST tickets/{number}/surveys":                      {"发送满意度调查", "asked a survey"},
	"POST tickets/{number}/spam":                         {"标为垃圾信息", "marked it as spam"},
	"POST tickets/{number}/not-spam":                     {"取消垃圾信息标记", "marked it as not spam"},
	"POST tickets/{number}/block":                        {"屏蔽发件人", "blocked the sender"},
	"POST tickets/{number}/unblock":                      {"取消屏蔽发件人", "unblocked the sender"},

	"GET customers":                                  {"查看客户列表", "looked at the customers"},
	"POST customers":                                 {"新建客户", "made a customer"},
	"POST imports/customers":                         {"导入客户", "imported customers"},
	"GET customers/{id}":                             {"查看客户", "looked at the customer"},
	"GET customers/{id}/addresses":                   {"查看客户联系方式", "looked at the customer's addresses"},
	"GET customers/{id}/feedback":                    {"查看客户反馈", "looked at the customer's feedback"},
	"GET customers/{id}/lifecycle":                   {"查看客户阶段", "looked at the customer's stage"},
	"GET customers/{id}/tickets":                     {"查看客户的工单", "looked at the customer's tickets"},
	"GET customers/{id}/timeline":                    {"查看客户时间线", "looked at the customer's timeline"},
	"PATCH customers/{id}":                           {"修改客户资料", "changed the customer"},
	"POST customers/{id}/profile":                    {"修改客户资料", "changed the customer"},
	"POST customers/{id}/remark":                     {"修改备注名", "changed what the customer is called"},
	"POST customers/{id}/merge":                      {"合并客户", "merged the customer"},
	"POST customers/{id}/unmerge":                    {"撤销合并客户", "unmerged the customer"},
	"POST customers/{id}/suggestion":                 {"处理合并建议", "settled a suggested merge"},
	"POST customers/{id}/suggestions/{other}/accept": {"接受合并建议", "accepted a suggested merge"},
	"DELETE customers/{id}/suggestions/{other}":      {"忽略合并建议", "dismissed a suggested merge"},
	"POST customers/{id}/opt-out":                    {"修改退订", "changed an opt-out"},
	"PUT customers/{id}/addresses/{address}/opt-out": {"修改退订", "changed an opt-out"},

	"GET feedback":               {"查看反馈", "looked at the feedback"},
	"GET feedback/{id}":          {"查看反馈", "looked at a feedback"},
	"POST feedback/{id}/topic":   {"修改反馈的主题", "changed a feedback's topic"},
	"PUT feedback/{id}/topic":    {"归入主题", "put a feedback under a topic"},
	"DELETE feedback/{id}/topic": {"移出主题", "took a feedback from its topic"},
	"GET topics":                 {"查看反馈主题", "looked at the topics"},
	"GET topics/{id}":            {"查看反馈主题", "looked at a topic"},
	"GET topics/{id}/feedback":   {"查看主题下的反馈", "looked at a topic's feedback"},
	"POST topics/{id}/done":      {"告知客户已完成", "told customers that it was done"},
	"GET surveys/{id}":           {"查看一次调查", "looked at a survey"},
	"GET recoveries":             {"查看回访", "looked at the recoveries"},
	"GET recoveries/{id}":        {"查看回访", "looked at a recovery"},
	"GET recovered":              {"查看挽回统计", "looked at who was recovered"},
	"POST recoveries/{id}":       {"更新回访", "moved a recovery on"},
	"PATCH recoveries/{id}":      {"更新回访", "moved a recovery on"},
	"GET figures/surveys":        {"查看调查统计", "looked at the surveys' figures"},
	"GET sla/policies":           {"查看 SLA 规则", "looked at the SLA policies"},

	"GET quarantine":                    {"查看隔离区", "looked at the quarantine"},
	"POST quarantine/{at}/{id}/release": {"重新处理隔离内容", "released from the quarantine"},
	"POST quarantine/{at}/{id}/drop":    {"丢弃隔离内容", "dropped from the quarantine"},
	"GET notices":                       {"查看提醒", "looked at the notices"},
	"POST notices/read":                 {"提醒标为已读", "marked notices as read"},

	"GET deliveries":                              {"查看事件推送", "looked at the webhooks"},
	"GET webhooks":                                {"查看事件推送", "looked at the webhooks"},
	"GET webhooks/{name}/deliveries":              {"查看推送记录", "looked at a webhook's deliveries"},
	"POST deliveries/{name}/events/{id}/replay":   {"重新推送一个事件", "replayed an event"},
	"POST webhooks/{name}/deliveries/{id}/replay": {"重新推送一个事件", "replayed an event"},
	"POST deliveries/{name}/switch":               {"开关事件推送", "switched a webhook on or off"},
	"POST webhooks/{name}/enable":                 {"启用事件推送", "switched a webhook on"},
	"POST webhooks/{name}/disable":                {"停用事件推送", "switched a webhook off"},
	"POST deliveries/{name}/test":                 {"发送测试事件", "sent a test event"},
	"POST webhooks/{name}/test":                   {"发送测试事件", "sent a test event"},
	"POST webhooks/{name}/replay":                 {"重新推送一段时间的事件", "replayed a time's events"},

	"GET dead-letters":                               {"查看处理失败的消息", "looked at the dead letters"},
	"GET dead-letters/{queue}":                       {"查看处理失败的消息", "looked at a queue's dead letters"},
	"GET dead-letters/{queue}/letters/{id}":          {"查看处理失败的消息", "looked at a dead letter"},
	"POST dead-letters/{queue}/redrive":              {"重试整个队列", "redrove a queue"},
	"POST dead-letters/{queue}/letters/{id}/redrive": {"重试失败的消息", "redrove a dead letter"},
	"POST dead-letters/{queue}/letters/{id}/drop":    {"丢弃失败的消息", "dropped a dead letter"},

	"GET exports":           {"查看导出", "looked at the exports"},
	"GET fragment/exports":  {"查看导出", "looked at the exports"},
	"GET exports/{id}":      {"查看导出", "looked at an export"},
	"GET exports/{id}/file": {"下载导出文件", "downloaded an export"},
	"POST exports":          {"导出数据", "asked for an export"},

	"GET settings":                             {"查看配置", "looked at the settings"},
	"POST settings":                            {"启用新配置", "put settings in force"},
	"PUT settings":                             {"启用新配置", "put settings in force"},
	"GET settings/check":                       {"检查配置", "checked settings"},
	"POST settings/check":                      {"检查配置", "checked settings"},
	"POST settings/validate":                   {"检查配置", "checked settings"},
	"POST settings/diff":                       {"比较配置", "compared settings"},
	"GET settings/versions":                    {"查看配置历史", "looked at the settings' versions"},
	"GET settings/versions/{version}":          {"查看旧版配置", "looked at older settings"},
	"POST settings/versions/{version}/restore": {"恢复旧版配置", "restored older settings"},
	"GET keys":                                 {"查看服务密钥", "looked at the service keys"},
	"POST keys":                                {"新建服务密钥", "made a service key"},
	"DELETE keys/{id}":                         {"撤销服务密钥", "revoked a service key"},
	"GET filters":                              {"查看保存的筛选", "looked at saved filters"},
	"PUT filters":                              {"保存筛选", "saved filters"},
	"POST filters":                             {"保存筛选", "saved a filter"},
	"POST filters/remove":                      {"删除筛选", "removed a filter"},
}
