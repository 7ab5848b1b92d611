package journal

import (
	"regexp"
	"strings"
)

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

var codeBehind = regexp.MustCompile(`( \(rid [0-9a-f-]+\))?( \(([-0-9A-Za-z]+)\))?$`)

// refusal says a sender's reason, which is English and may end with the provider's code
// and the number Tencent gave the call, in Chinese. One that isn't known stays as it is.
func refusal(why, lang string) string {
	m := codeBehind.FindStringSubmatch(why)
	text := strings.TrimSuffix(why, m[0])
	zh, ok := inChinese(senders, text)
	if !ok {
		return why
	}
	if m[3] != "" {
		zh += "（" + m[3] + "）"
	}
	return words{zh, why}.in(lang)
}
