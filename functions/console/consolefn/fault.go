package consolefn

import (
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

type faultPage struct {
	frame
	Head  string
	Field string
	Text  string
	Wrote []wrote // what the agent wrote, so that it isn't lost
	Back  choice  // where the form was
}

// wrote is one field of the form that failed.
type wrote struct {
	ID, Name string
	Text     template.HTML
	Rows     int
}

// writtenIn are the fields that agents write into, in the order shown; those of a
// customer's own come last.
var writtenIn = []string{"text", "text-zh-CN", "text-en", "subject", "title", "note", "remark", "name", "tags", "why", "to", "cc"}

// typedIn gives what stands in a form's written fields.
func (f frame) typedIn(form url.Values) []wrote {
	names := slices.Clone(writtenIn)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if strings.HasPrefix(name, "field-") {
			names = append(names, name)
		}
	}
	var out []wrote
	for _, name := range names {
		text := strings.ReplaceAll(form.Get(name), "\r\n", "\n")
		if text == "" {
			continue
		}
		w := wrote{"typed", f.fieldName(strings.Replace(name, "field-", "custom_fields.", 1)), typed(text), min(8, 1+strings.Count(text, "\n")+utf8.RuneCountInString(text)/60)}
		if len(out) > 0 {
			w.ID += "-" + name
		}
		out = append(out, w)
	}
	return out
}

var kindStatus = map[desk.Kind]int{
	desk.Invalid: http.StatusUnprocessableEntity, desk.Unauthentic: http.StatusUnauthorized, desk.Forbidden: http.StatusForbidden,
	desk.NotFound: http.StatusNotFound, desk.Conflict: http.StatusConflict, desk.TooLarge: http.StatusRequestEntityTooLarge,
	desk.Throttled: http.StatusServiceUnavailable, desk.Transient: http.StatusServiceUnavailable, desk.Unreadable: http.StatusUnprocessableEntity,
}

var kindHeads = map[desk.Kind][2]string{
	desk.Invalid:     {"请检查填写的内容", "Something needs to be mended"},
	desk.Unauthentic: {"请重新登录", "Please sign in again"},
	desk.Forbidden:   {"无法执行此操作", "This can't be done"},
	desk.NotFound:    {"没有找到", "Not found"},
	desk.Conflict:    {"当前状态下无法操作", "This can't be done as things stand"},
	desk.TooLarge:    {"内容太大", "Too large"},
	desk.Throttled:   {"系统繁忙，请稍后再试", "Busy just now: please try again"},
	desk.Transient:   {"操作未成功，请重试", "That didn't work just now: please try again"},
	desk.Unreadable:  {"无法读取", "It can't be read"},
}

var fieldNames = map[string][2]string{
	"why": {"依据", "How do you know"}, "time_zone": {"时区", "Time zone"}, "tier": {"等级", "Tier"}, "name": {"姓名", "Name"}, "language": {"语言", "Language"},
	"text": {"内容", "Text"}, "assignee": {"处理人", "Assignee"}, "priority": {"优先级", "Priority"},
	"status": {"状态", "Status"}, "until": {"推迟到", "Until"}, "files": {"附件", "Files"}, "remark": {"备注名", "Called"},
	"agents": {"客服", "Agents"}, "tags": {"标签", "Tags"}, "team": {"小组", "Team"}, "type": {"类型", "Type"},
	"text-zh-CN": {"中文内容", "Text in Chinese"}, "text-en": {"英文内容", "Text in English"},
	"due_at": {"期限", "Due"}, "subject": {"主题", "Subject"}, "follower": {"关注人", "Follower"},
	"at": {"时间", "Time"}, "channel": {"方式", "How"}, "account": {"账号", "Account"}, "outcome": {"通话结果", "Outcome"}, "note": {"要做什么", "What is to be done"},
	"into": {"合并到", "Merge into"}, "cc": {"抄送", "Copy to"}, "state": {"状态", "State"}, "to": {"收件人", "To"},
}

// chineseFaults are the Chinese of what ticketing says in English.
var chineseFaults = map[string]string{
	"a task has no tasks of its own":                                             "任务不能再建立任务",
	"is hidden in part: leave it as it is, or take it out":                       "地址已隐藏部分内容，只能保留或移除",
	"no such version, or its text was not kept":                                  "没有这个版本，或者当时没有保存原文",
	"somebody has put another version meanwhile: look at that first":             "期间已有人启用了新版本，请先查看",
	"you would no longer be an admin: another admin must do this":                "这样修改后您将不再是管理员，请由其他管理员操作",
	"no such dead letter":                                                        "没有这一项，可能已过保留期",
	"no such queue":                                                              "没有这个队列",
	"it was redriven or dropped already":                                         "已有人处理过了",
	"an older one of the same sender lies before it: redrive or drop that first": "同一发件人还有更早的一项，请先重试或丢弃那一项",
	"figures are mended by a recount (deskhook recount), not by a redrive":       "统计数据请用 deskhook recount 重新计算补齐",
	"it is older than 29 days: whom it has told already is forgotten":            "已超过 29 天，通知过谁的记录已经清除，重试会重复通知",
	"the ticket is over: open it first":                                          "工单已结束，请先改为处理中",
	"a ticket has at most 20 open tasks":                                         "一张工单最多有 20 个未完成的任务",
	"a ticket has at most 20 followers":                                          "一张工单最多有 20 人关注",
	"a task is not merged":                                                       "任务不能合并",
	"a task is no spam: close it":                                                "任务不能标为垃圾信息，请直接关闭",
	"a task has no customer to answer: write a note":                             "任务不面向客户，请写备注",
	"a task has no customer to ask":                                              "任务不面向客户，不做调查",
	"this is for leads and admins":                                               "仅限组长和管理员",
	"no such webhook":                                                            "没有这个事件订阅",
	"no such delivery":                                                           "没有这条推送记录，可能已过三十天",
	"it is on its way now":                                                       "正在推送中，请稍后再看",
	"is empty":                                                                   "不能为空",
	"must be a ticket's number":                                                  "请填写工单号，如 DH-7K3Q-9W",
	"is the same ticket":                                                         "不能合并到自己",
	"there is no such ticket":                                                    "没有这张工单",
	"is over: open it first":                                                     "该工单已结束，请先改为处理中",
	"the ticket is not merged into another":                                      "工单没有合并到其他工单，或已撤销",
	"the ticket is spam: mark it as not spam first":                              "工单已标为垃圾信息，请先点“不是垃圾信息”",
	"the ticket belongs to another customer, and only tickets answered by mail are merged over customers": "该工单属于另一位客户；只有双方都用邮件联系的工单才能跨客户合并",
	"leads and admins release and drop":                                "只有组长和管理员可以重新处理或丢弃",
	"it was released or dropped already":                               "已有人处理过了",
	"nothing of this id lies in the quarantine":                        "隔离区里没有这一项",
	"is not a phone number such as +8613800138000":                     "不是有效的手机号，请写成 +8613800138000 的形式",
	"there is no such account to write from":                           "没有可用于发送的账号",
	"the customer has opted out of messages to this address":           "客户已退订，不能再向该地址发送消息",
	"mail to this address comes back":                                  "发往该邮箱的邮件会被退回，请换用其他联系方式",
	"should be a time to come, within a year":                          "请选择一年内的将来时间",
	"may have at most 120 characters":                                  "最多 120 个字",
	"there is nothing to follow up on a ticket that is spam or merged": "垃圾信息和已合并的工单不能设定跟进",
	"no such macro":                                                                                          "没有这个快捷操作，可能已被管理员删除",
	"your role doesn't allow this":                                                                           "您的角色没有这项权限",
	"a snooze needs a time that is still to come":                                                            "请选择一个将来的时间",
	"the ticket is spam: mark it as not spam before answering":                                               "工单已标为垃圾信息，请先点“不是垃圾信息”再回复",
	"the ticket is closed: open it first":                                                                    "工单已关闭，请先改为处理中",
	"only a message that failed or is uncertain can be sent again":                                           "只有发送失败或无法确认是否发出的消息才能再次发送",
	"the page is too old: go back, reload it and try again":                                                  "页面已过期，请返回刷新后再试",
	"this channel takes no files: send the text, and the file by e-mail":                                     "该渠道不能发送附件，请只发文字，文件另用邮件发送",
	"this number sends no files: set mms: true on its account, or send the file by e-mail":                   "该短信号码未开启彩信，不能发送附件：请管理员在账号配置里设 mms: true，或用邮件发送文件",
	"MMS carries pictures, sound, video, PDF, cards and calendars: send other files by e-mail":               "彩信只能发送图片、音频、视频、PDF、名片和日历文件，其他文件请用邮件发送",
	"by MMS only pictures (JPEG, PNG, GIF) may be larger than 600 kB":                                        "彩信附件中只有图片（JPEG、PNG、GIF）可以超过 600 KB",
	"at most 10 files go with one message":                                                                   "一次最多发送 10 个附件",
	"at most 4 files go with one message":                                                                    "微信一次最多发送 4 个文件",
	"WeChat carries pictures (JPEG, PNG, GIF), sound (MP3, AMR) and video (MP4): send other files by e-mail": "微信只能发送图片（JPEG、PNG、GIF）、音频（MP3、AMR）和视频（MP4），其他文件请用邮件发送",
	"on WeChat sound may have 2 MB, pictures and video 10 MB":                                                "微信音频不能超过 2 MB，图片和视频不能超过 10 MB",
	"may have one line of at most 60 characters":                                                             "限一行，最多 60 个字",
	"is needed and has at most 200 characters":                                                               "必填，最多 200 个字",
	"is the same customer":                                                                                   "是同一位客户",
	"one of the customers was merged already":                                                                "其中一位客户已经被合并",
	"this customer was not merged into the other, or came with one that was: undo that merge first":          "这位客户没有直接并入对方；如果是随别的客户一起并入的，请先撤销那次合并",
	"a file is empty": "文件是空的",
	"at most 4 MB of files go with one message":           "一次发送的附件合计不能超过 4 MB",
	"the form is too large or not complete":               "提交的内容过大或不完整，附件合计不能超过 4 MB",
	"is not a mail address":                               "不是有效的邮件地址",
	"the ticket is over: open it before forwarding":       "工单已结束，请先改为处理中再转发",
	"is the desk's own address":                           "是本客服台自己的地址",
	"no mailbox is set up to forward from":                "没有可用于转发的邮箱账号",
	"only mails have copies":                              "只有邮件可以抄送",
	"at most 12 addresses get a copy":                     "最多抄送 12 个地址",
	"files can't be kept here":                            "这里不能保存附件",
	"no such ticket":                                      "没有这张工单",
	"no such customer":                                    "没有这位客户",
	"no such message":                                     "没有这条消息",
	"no such page":                                        "页面不存在，可能链接有误，或内容已被删除",
	"the file has not been fetched from the provider yet": "文件还没有从平台取回，请稍后再试",
	"should be a time such as 2026-01-31T09:00":           "请按 2026-01-31T09:00 的格式填写时间",
	"must be one of open, pending, on_hold, snoozed, resolved, closed, spam": "请选择列表中的状态",
}

// add puts a list's words to those of the others. It panics where two lists have words
// for one thing, which any test shows: one of them would never be read.
func add[V any](to, more map[string]V) {
	for name, words := range more {
		if _, ok := to[name]; ok {
			panic("two lists have words for " + name)
		}
		to[name] = words
	}
}

// inChinese is the Chinese of a fault, else the fault as it is.
func inChinese(text string) string {
	if zh, ok := chineseFaults[text]; ok {
		return zh
	}
	for _, f := range forms() {
		if f.en.MatchString(text) {
			return f.en.ReplaceAllString(text, f.zh)
		}
	}
	return text
}
