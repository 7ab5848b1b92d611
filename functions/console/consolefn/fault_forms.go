package consolefn

import (
	"regexp"
	"strings"
	"sync"
)

func init() {
	add(fieldNames, map[string][2]string{
		"consents": {"同意事项", "Consents"}, "email": {"邮箱", "E-mail"}, "phone": {"手机号", "Phone"}, "kind": {"退订内容", "What of"}, "address": {"联系方式", "Address"},
		"then": {"回复后状态", "Status then"}, "survey": {"调查", "Survey"},
	})
	add(chineseFaults, chineseOfPeople)
}

// chineseOfPeople are the Chinese of what is said of customers, suggestions and colleagues.
var chineseOfPeople = map[string]string{
	"no such suggestion":                                         "没有这条合并建议，可能已经处理过了",
	"no such address of the customer":                            "客户没有这个联系方式，可能已撤销合并",
	"is needed, or phone is: a customer is found by one of them": "请填写邮箱或手机号，至少一项",
	"there is a customer by that address already":                "这个邮箱或手机号已有对应的客户",
	"the customer is not merged into another":                    "这位客户没有被合并，可能已撤销合并",
	"no such agent":                                              "没有这位客服",
	"only an answer can be undone, by its first part, and only where the settings leave time for it": "只有回复可以撤回，多条的须从第一条撤回，而且配置里要留有撤回时间",
	"only who wrote an answer can undo it":     "只有写这条回复的人才能撤回",
	"it is too late: the answer is on its way": "来不及了，回复已经发出",
	"was used for another request":             "这个编号已用于另一个请求",
	"no such survey":                           "没有这项调查",
	"no such recovery":                         "没有这条回访",
	"a form has nothing to opt out of: opt out the address that it is answered at": "表单本身无法退订，请登记接收回复的邮箱或手机号",
	"it is the customer's own word: only a lead may lift it":                       "这是客户本人的意愿，只有组长可以取消",
	"the carrier holds the customer's STOP: only their START lifts it":             "运营商已登记 STOP，只有客户本人回复 START 才能恢复",
	"must be one of messages, surveys":                                             "请选择消息或满意度调查",
	"must be a time zone such as Asia/Shanghai":                                    "请填写时区，如 Asia/Shanghai",
	"must be one of standard, silver, gold, vip":                                   "请选择列表中的等级",
	"there is no such field in the settings":                                       "配置里没有这一项，可能已被管理员删除",
	"a purpose may have up to 32 of a-z, 0-9, - and _, beginning with a letter":    "用途最多 32 个字符，以小写字母开头，只能用小写字母、数字、- 和 _",
	"must be 1 to 900":                                                                          "请填写 1 到 900 的数字",
	"must be a number":                                                                          "请填写数字",
	"must be a date such as 2026-01-31":                                                         "请按 2026-01-31 的格式填写日期",
	"may have one line of at most 200 characters":                                               "限一行，最多 200 个字",
	"must be one of online, busy, away":                                                         "请选择在线、忙碌或离开",
	"must be one of contacted, done, asked_again":                                               "请选择已联系、已处理或再次邀评",
	"the survey that would ask again is gone or disabled":                                       "用于再次邀评的调查已删除或停用",
	"the survey is disabled":                                                                    "调查已停用",
	"the ticket is spam: nobody is asked about it":                                              "工单是垃圾信息，不能发送调查",
	"must be one of low, normal, high, urgent":                                                  "请选择列表中的优先级",
	"must be one of inquiry, complaint, suggestion, praise, task":                               "请选择列表中的类型",
	"must be one of open, pending, on_hold, resolved":                                           "请选择列表中的状态",
	"must be one of open, pending, on_hold, resolved, closed":                                   "请选择列表中的状态",
	"must be one of reached, no_answer, voicemail":                                              "请选择已接通、无人接听或已留言",
	"must be one of zh-CN, en":                                                                  "请选择列表中的语言",
	"must be one of email, sms, call":                                                           "请选择邮件、短信或电话",
	"goes with a call, and a call needs one":                                                    "只有电话需要填写通话结果，且必须填写",
	"only a message that failed or is uncertain, and was not sent again yet, can be sent again": "只有发送失败或无法确认是否发出、且还没有重发过的消息才能再次发送",
	"its content was erased: there is nothing to send again":                                    "消息内容已删除，无法再次发送",
}

// chineseForms are those in which something stands that differs each time.
var chineseForms = map[string]string{
	"the ticket was merged into %s already":                        "工单已合并到 $1",
	"the ticket was merged into %s: undo that first":               "工单已合并到 $1，请先撤销合并",
	"was itself merged into %s":                                    "该工单已合并到 $1，请改填后者的工单号",
	"the customer has an open ticket on this channel: write in %s": "客户在该渠道已有处理中的工单 $1，请在那里回复",
	"has taken in %d customers, which is the most":                 "已经并入 $1 位客户，不能再多了",
	"a recovery that is %s can't become %s":                        "回访状态已变化，不能执行此操作，请刷新后再试",
	"at most %d files go with one message":                         "一次最多发送 $1 个附件",
	"at most %d addresses get a copy":                              "最多抄送 $1 个地址",
	"at most %d messages are split off at once":                    "一次最多拆分 $1 条消息",
	"at most %d are kept":                                          "最多保留 $1 项",
	"a ticket has at most %d followers":                            "一张工单最多 $1 位关注人",
	"a ticket has at most %d open tasks":                           "一张工单最多有 $1 个未完成的任务",
	"is needed and has at most %d characters":                      "必填，最多 $1 个字",
	"may have one line of at most %d characters":                   "限一行，最多 $1 个字",
	"may have at most %d characters":                               "最多 $1 个字",
	"has %d bytes, at most %d are taken":                           "内容太长（$1 字节），最多 $2 字节",
	"there are %d, at most %d are taken":                           "有 $1 个，最多 $2 个",
	"%q is empty":                                                  "标签不能为空",
	"%q has more than 40 characters":                               "“$1”超过 40 个字",
	"%q may have letters, digits and - _ . : / only":               "“$1”只能用文字、数字和 - _ . : /",
	"there is no agent %q":                                         "没有客服“$1”",
	"there is no team %q":                                          "没有小组“$1”",
	"there is no survey %q":                                        "没有调查“$1”",
	"must be one of %s":                                            "请选择以下之一：$1",
}

type form struct {
	en *regexp.Regexp
	zh string
}

// forms are read once, when the first fault is shown. No two of them fit one text.
var forms = sync.OnceValue(func() []form {
	var out []form
	for en, zh := range chineseForms {
		out = append(out, formOf(en, zh))
	}
	return out
})

var verbs = strings.NewReplacer("%d", `(\d+)`, "%s", `(.+)`, "%q", `"(.*)"`)

func formOf(en, zh string) form {
	return form{regexp.MustCompile("^" + verbs.Replace(regexp.QuoteMeta(en)) + "$"), zh}
}

// fieldName is what a field is called on the page.
func (p frame) fieldName(field string) string {
	if names, ok := fieldNames[field]; ok {
		return p.L(names[0], names[1])
	}
	if id, ok := strings.CutPrefix(field, "custom_fields."); ok && p.visit != nil {
		if f, known := p.visit.s.CustomerField(id); known {
			return f.Label.In(p.visit.lang)
		}
	}
	return field
}
