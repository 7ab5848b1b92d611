package journal

import "regexp"

// unapplied are the reasons for which something lies in the quarantine.
var unapplied = forms(
	"not an envelope", "队列里的内容不是有效的消息",
	"an envelope without a channel", "队列里的消息没有注明渠道",
	`there is no channel "(.*)"`, "没有“$1”这个渠道",
	`there is no e-mail account "(.*)" any more`, "配置里已没有邮件账号“$1”",
	`e-mail account "(.*?)".*`, "邮件账号“$1”的配置有误",
	`there is no form "(.*)" any more`, "配置里已没有表单“$1”",
	`form "(.*?)".*`, "表单“$1”的配置有误",
	"the form's body can't be read", "表单内容无法读取",
	"the form's files can't be read", "表单附件的记录无法读取",
	"Twilio's call names no MessageSid", "Twilio 的请求里没有 MessageSid",
	"Twilio's call names no (\\S+) number", "Twilio 的请求里没有 $1 号码",
	"Twilio's call is not UTF-8", "Twilio 的请求不是 UTF-8 编码",
	"not a notice of SES", "不是 SES 的通知",
	"the raw mail is empty or was not found in the bucket", "邮件原文为空，或存储桶里找不到",
	"wechat: no (FromUserName|MsgType)", "微信消息缺少 $1",
	"wechat: not well-formed XML", "微信消息的 XML 格式有误",
	"wechat: XML that Tencent doesn't send: .*", "XML 里有微信不会发送的内容（DOCTYPE、属性或未知实体）",
	"wechat: neither XML nor JSON", "微信消息既不是 XML 也不是 JSON",
	"wechat: too many or too deeply nested fields", "微信消息的字段太多或嵌套太深",
	"it reports on a message that this desk doesn't know", "状态通知所指的消息不是从这里发出的",
	"the provider found a virus in it", "服务商检测到病毒",
	"its bytes can't be read from the blob store", "存储中的原文已无法读取",
	"table: too large.*", "内容太大，无法保存",

	"(?:the body )?(?:is )?not a JSON object in UTF-8", "请求内容不是 UTF-8 编码的 JSON 对象",
	"(\\S+) is not a JSON object in UTF-8", "$1 应为 JSON 对象",
	"(.+) is a key that the form doesn't have", "$1 不是允许的字段",
	"(\\S+) is not for a (review|message)", "$2 类型不应有 $1",
	"(\\S+) is missing", "缺少 $1",
	"(\\S+) is longer than ([0-9]+) characters", "$1 超过 $2 个字符",
	"(\\S+) should be a text", "$1 应为文本",
	"(\\S+) should be a text of 1 to 200 characters", "$1 应为 1 到 200 个字符的文本",
	"(\\S+) should be a mail address", "$1 应为邮箱地址",
	"(\\S+) should be in E.164, such as (.+)", "$1 应为国际格式的号码，如 $2",
	"(\\S+) should be a name such as (.+)", "$1 应为名称，如 $2",
	"(\\S+) should be a time such as (.+)", "$1 应为时间，如 $2",
	"(\\S+) should be an object of at most 40 texts", "$1 应为最多 40 项文本的对象",
	"(\\S+) may have names of up to 40 of .*", "$1 的名称最多 40 个字符，只能用字母、数字、. - _",
	"(\\S+) should be a list of at most 20", "$1 应为最多 20 项的列表",
	"(\\S+) should be a web address", "$1 应为网址",
	"(\\S+) is for a review only", "只有 review 类型才能有 $1",
	"(\\S+) should be from ([0-9]+) to ([0-9]+)", "$1 应在 $2 到 $3 之间",
	"(\\S+) should be a whole number from ([0-9]+) to ([0-9]+)", "$1 应为 $2 到 $3 的整数",
	"(\\S+) should be more than worst", "$1 应大于 worst",
	"(\\S+) should be ([^ ]+(?: or [^ ]+)*)", "$1 只能是 $2",
)

// Unapplied says why something was put aside in the quarantine. A reason that isn't
// known is given as it stands.
func Unapplied(why, lang string) string {
	text := unreadable.ReplaceAllString(why, "")
	zh, ok := inChinese(unapplied, text)
	if !ok {
		return text
	}
	return words{zh, text}.in(lang)
}

// unreadable is what the errors are wrapped in: an operator learns nothing by it.
var unreadable = regexp.MustCompile(`^channel: unreadable: |: channel: unreadable$`)
