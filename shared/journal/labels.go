package journal

import "github.com/deskhook/deskhook/shared/desk"

var statuses = map[desk.Status]words{
	desk.StatusNew:      {"新工单", "New"},
	desk.StatusOpen:     {"处理中", "Open"},
	desk.StatusPending:  {"等待客户", "Pending"},
	desk.StatusOnHold:   {"等待第三方", "On hold"},
	desk.StatusResolved: {"已解决", "Resolved"},
	desk.StatusClosed:   {"已关闭", "Closed"},
	desk.StatusSnoozed:  {"已推迟", "Snoozed"},
	desk.StatusSpam:     {"垃圾信息", "Spam"},
}

// customerStatuses tell the customer whose turn it is, and nothing of how the desk
// works inside.
var customerStatuses = map[desk.Status]words{
	desk.StatusNew:      {"已收到，正在安排客服处理", "Received: somebody will look at it soon"},
	desk.StatusOpen:     {"正在处理", "Being worked on"},
	desk.StatusPending:  {"我们已回复，等待您的答复", "Answered: we are waiting for your reply"},
	desk.StatusOnHold:   {"正在处理，等待相关方反馈", "Being worked on: we are waiting for somebody else"},
	desk.StatusResolved: {"已解决", "Resolved"},
	desk.StatusClosed:   {"已结束", "Closed"},
	desk.StatusSnoozed:  {"正在处理", "Being worked on"},
	desk.StatusSpam:     {"已收到", "Received"},
}

var priorities = map[desk.Priority]words{
	desk.Low:    {"低", "Low"},
	desk.Normal: {"普通", "Normal"},
	desk.High:   {"高", "High"},
	desk.Urgent: {"紧急", "Urgent"},
}

var targets = map[desk.Target]words{
	desk.FirstResponse: {"首次响应", "First response"},
	desk.NextResponse:  {"后续响应", "Next response"},
	desk.Resolution:    {"解决", "Resolution"},
}

var types = map[desk.Type]words{
	desk.Inquiry:    {"咨询", "Inquiry"},
	desk.Complaint:  {"投诉", "Complaint"},
	desk.Suggestion: {"建议", "Suggestion"},
	desk.Praise:     {"表扬", "Praise"},
	desk.Task:       {"任务", "Task"},
}

var sendStates = map[desk.SendState]words{
	desk.Queued:    {"待发送", "Queued"},
	desk.Sending:   {"发送中", "Sending"},
	desk.Sent:      {"已发送", "Sent"},
	desk.Delivered: {"已送达", "Delivered"},
	desk.Failed:    {"发送失败", "Failed"},
	desk.Uncertain: {"无法确认是否发出", "Uncertain"},
}

var channels = map[desk.Channel]words{
	desk.WeChat:  {"微信", "WeChat"},
	desk.Email:   {"邮件", "E-mail"},
	desk.SMS:     {"短信", "SMS"},
	desk.WebForm: {"网页表单", "Web form"},
	desk.Generic: {"应用", "App"},
	"page":       {"评价页", "Survey page"}, // where an answer to a survey was given
}

var purposes = map[string]words{
	"reply":    {"回复", "Answer"},
	"ack":      {"自动回执", "Acknowledgement"},
	"survey":   {"满意度调查", "Survey"},
	"reminder": {"评价提醒", "Reminder"},
	"pending":  {"催复提醒", "Reminder to answer"},
	"closing":  {"自动关闭通知", "Closing note"},
	"forward":  {"转发第三方", "Forwarded"},
	"thanks":   {"感谢评价", "Thanks"},
	"done":     {"办结告知", "Done"},
	"care":     {"客户关怀", "Care"},
}

var recoveries = map[desk.RecoveryState]words{
	desk.RecoveryDue:        {"待回访", "To do"},
	desk.RecoveryContacted:  {"已联系", "Contacted"},
	desk.RecoveryDone:       {"已处理", "Done"},
	desk.RecoveryAskedAgain: {"再次邀评", "Asked again"},
	desk.RecoveryDropped:    {"无需回访", "Dropped"},
}

// Recovery names the state of a recovery.
func Recovery(s desk.RecoveryState, lang string) string { return label(recoveries, s, lang) }

var sources = map[desk.FeedbackSource]words{
	desk.FromSurvey:  {"满意度调查", "Survey"},
	desk.FromForm:    {"意见表单", "Form"},
	desk.FromReview:  {"评论", "Review"},
	desk.FromMessage: {"客户来信", "Message"},
}

// Source names where feedback comes from.
func Source(s desk.FeedbackSource, lang string) string { return label(sources, s, lang) }

// outcomes of a telephone call.
var outcomes = map[string]words{
	"reached":   {"已接通", "reached"},
	"no_answer": {"无人接听", "no answer"},
	"voicemail": {"已留言", "left a voicemail"},
}

var strategies = map[string]words{
	"round_robin":  {"轮流分配", "whose turn it was"},
	"least_loaded": {"负荷最轻者优先", "who had most room"},
}

var reasons = map[string]words{
	"blocked":                        {"发件人已被拉黑", "the sender is blocked"},
	"block_list":                     {"发件人在黑名单中", "the sender is on the block list"},
	"SES holds it to be spam":        {"SES 判为垃圾邮件", "SES holds it to be spam"},
	"From does not name one address": {"发件人一栏不是单一地址", "From does not name one address"},
	"DMARC failed":                   {"DMARC 校验未通过", "DMARC failed"},
	"neither DMARC nor aligned SPF or DKIM passed": {"DMARC 未通过，SPF 和 DKIM 也不能证明发件域", "neither DMARC nor aligned SPF or DKIM passed"},
	"honeypot":       {"填写了真人看不到的字段", "a field was filled in that people never see"},
	"captcha_score":  {"人机验证评分过低", "the captcha's score is below the form's least"},
	"limit_per_hour": {"同一发件人一小时内提交过多", "too many submissions of this sender within an hour"},

	// of a captcha without a verdict
	"timeout":              {"验证服务没有响应", "the provider didn't answer"},
	"status":               {"验证服务出错", "the provider answered with an error"},
	"answer":               {"无法识别验证服务的答复", "the provider's answer can't be read"},
	"settings":             {"表单的验证配置有误", "the form's settings of it are wrong"},
	"secret":               {"未配置验证密钥", "its secret is not set"},
	"missing-input-secret": {"未配置验证密钥", "its secret is not set"},
	"invalid-input-secret": {"验证密钥不正确", "its secret is wrong"},
	"internal-error":       {"验证服务内部出错", "the provider is in trouble"},
}

var presences = map[desk.PresenceState]words{
	desk.Online: {"在线", "Online"},
	desk.Busy:   {"忙碌", "Busy"},
	desk.Away:   {"离开", "Away"},
}

// label says a value; one that isn't known is given as it is.
func label[K ~string](m map[K]words, k K, lang string) string {
	if w, ok := m[k]; ok {
		return w.in(lang)
	}
	return string(k)
}

// Status says where a ticket stands, for agents.
func Status(s desk.Status, lang string) string { return label(statuses, s, lang) }

// CustomerStatus says where a ticket stands in the customer's words: whose turn it is.
// Spam reads as received, for a person may have been mistaken for a robot.
func CustomerStatus(s desk.Status, lang string) string { return label(customerStatuses, s, lang) }

// Priority says how soon a ticket wants an answer.
func Priority(p desk.Priority, lang string) string { return label(priorities, p, lang) }

// Type says what a ticket is about.
func Type(t desk.Type, lang string) string { return label(types, t, lang) }

// Target says what an SLA promises.
func Target(t desk.Target, lang string) string { return label(targets, t, lang) }

// Presence names whether an agent takes tickets.
func Presence(p desk.PresenceState, lang string) string { return label(presences, p, lang) }

// SendState says where a message to a customer stands.
func SendState(s desk.SendState, lang string) string { return label(sendStates, s, lang) }

// Channel says the way a customer writes.
func Channel(c desk.Channel, lang string) string { return label(channels, c, lang) }

// Purpose says what a message to a customer is for.
func Purpose(p string, lang string) string { return label(purposes, p, lang) }

var tiers = map[desk.Tier]words{
	desk.Standard: {"普通", "Standard"}, desk.Silver: {"银牌", "Silver"}, desk.Gold: {"金牌", "Gold"}, desk.VIP: {"VIP", "VIP"},
}

// Tier names a customer's tier.
func Tier(t desk.Tier, lang string) string { return label(tiers, t, lang) }

// customerFields are what is kept of a customer, by the names that the journal has.
var customerFields = map[string]words{
	"name": {"姓名", "name"}, "language": {"语言", "language"}, "time_zone": {"时区", "time zone"}, "tier": {"等级", "tier"}, "tags": {"标签", "tags"},
	"mail": {"邮箱", "mail"}, "phone": {"电话", "phone"}, "union": {"微信 unionid", "WeChat’s unionid"},
}
