package journal

import "regexp"

// providerCodes say what the codes mean that come with a message which did not arrive:
// Twilio's (the page "Error and warning dictionary") and those of mail servers (RFC 3463)
// and SES (bounceType/bounceSubType).
var providerCodes = map[string]words{
	"21610": {"客户已退订这个号码", "the customer has opted out of this number"},
	"30001": {"发送队列已满", "the sending queue was full"},
	"30002": {"短信账号已停用", "the SMS account is suspended"},
	"30003": {"手机关机或不在服务区", "the phone is off or out of reach"},
	"30004": {"被对方或运营商拦截", "blocked by the receiver or the carrier"},
	"30005": {"号码不存在或已停用", "no such number, or no longer in use"},
	"30006": {"固定电话或运营商不支持短信", "a landline, or a carrier that takes no SMS"},
	"30007": {"被运营商当作垃圾短信过滤", "filtered by the carrier as unwanted"},
	"30008": {"运营商未说明原因", "the carrier gives no reason"},
	"30034": {"发送号码没有完成登记（A2P 10DLC）", "the sending number is not registered (A2P 10DLC)"},

	"5.1.1":  {"邮箱不存在", "no such mailbox"},
	"5.1.2":  {"对方域名不存在", "no such domain"},
	"5.2.1":  {"邮箱已停用", "the mailbox is disabled"},
	"5.2.2":  {"邮箱已满", "the mailbox is full"},
	"4.2.2":  {"邮箱已满", "the mailbox is full"},
	"5.3.4":  {"邮件太大", "the mail is too large"},
	"5.4.4":  {"找不到对方的邮件服务器", "the other side's server was not found"},
	"5.7.1":  {"对方服务器按规则拒收", "refused by the other side's rules"},
	"5.7.26": {"发件域没有通过验证（SPF、DKIM 或 DMARC）", "our domain is not authenticated there (SPF, DKIM or DMARC)"},

	"Permanent/General":            {"对方拒收", "refused for good"},
	"Permanent/NoEmail":            {"邮箱不存在", "no such mailbox"},
	"Permanent/Suppressed":         {"地址在 SES 的禁发名单中", "the address is on SES's suppression list"},
	"Transient/MailboxFull":        {"邮箱已满", "the mailbox is full"},
	"Transient/MessageTooLarge":    {"邮件太大", "the mail is too large"},
	"Transient/ContentRejected":    {"内容被对方拒收", "its content was refused"},
	"Transient/General":            {"暂时无法投递", "it can't be delivered for now"},
	"Permanent/AttachmentRejected": {"附件被对方拒收", "an attachment was refused"},
}

// refusals say what the codes mean with which a message was not accepted in the first
// place: WeChat's (list of global return codes) and Twilio's (error dictionary).
var refusals = map[string]string{
	"-1":    "微信系统繁忙，稍后自动重试",
	"40001": "access_token 或 AppSecret 有误",
	"40014": "access_token 无效",
	"42001": "access_token 已过期，更新后自动重试",
	"42007": "access_token 已失效，更新后自动重试",
	"40003": "OpenID 不属于该公众号",
	"40007": "媒体文件不存在或已过期",
	"40033": "内容含有微信不接受的字符",
	"40164": "调用方 IP 不在公众号的 IP 白名单中",
	"43004": "客户已取消关注",
	"43019": "客户在公众号的黑名单中",
	"43101": "客户拒收此类消息",
	"45002": "内容太长",
	"45009": "当天的接口调用次数已用完，次日自动重试",
	"45011": "调用过于频繁，稍后自动重试",
	"45015": "客户 48 小时内没有来信，微信不允许回复",
	"45047": "客户再次来信之前可发的条数已用完",
	"45162": "该公众号不能发送此类消息",
	"48001": "该公众号没有此接口的权限",
	"48002": "客户已关闭接收消息",
	"48004": "该公众号的接口已被封禁",
	"50002": "该公众号的功能受限",
	"20003": "Twilio 不认可账号或 Auth Token",
	"20429": "向 Twilio 发送过于频繁，稍后自动重试",
	"21211": "号码无效",
	"21608": "试用账号只能发给已验证的号码",
	"21610": "客户已退订这个号码",
	"40037": "账号没有这个消息模板",
	"47003": "模板字段与内容不符",
	"41028": "模板消息的 form_id 无效",
	"43116": "该模板因滥用已被停用",
	"12300": "Twilio 不支持这种附件类型",
	"21620": "附件链接无效",
	"21623": "附件超过 Twilio 允许的数量",
	"21611": "该号码在 Twilio 的发送队列已满，稍后自动重试",
	"21612": "从该号码无法发到对方",
	"21614": "对方号码不能接收短信",
	"21617": "短信超过 1600 字",
	"21635": "对方是固定电话",
	"30007": "被当作垃圾短信过滤",
}

var codeBehind = regexp.MustCompile(`\((-?[0-9]+)\)$`)

// refusal says a sender's reason, which is English and ends with the provider's code,
// in Chinese where the code is known; any other stays as it is.
func refusal(why, lang string) string {
	m := codeBehind.FindStringSubmatch(why)
	if m == nil || refusals[m[1]] == "" {
		return why
	}
	return words{refusals[m[1]] + "（" + m[1] + "）", why}.in(lang)
}
