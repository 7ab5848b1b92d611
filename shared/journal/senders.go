package journal

import (
	"regexp"
	"sync"
)

// A form is what the desk's own code says in English, in Chinese.
type form struct {
	form *regexp.Regexp
	zh   string
}

// forms are made when one is asked for first: no function's start waits for them.
func forms(pairs ...string) func() []form {
	return sync.OnceValue(func() []form {
		out := make([]form, 0, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, form{regexp.MustCompile("^" + pairs[i] + "$"), pairs[i+1]})
		}
		return out
	})
}

// inChinese finds the form of a text.
func inChinese(among func() []form, text string) (string, bool) {
	for _, f := range among() {
		if f.form.MatchString(text) {
			return f.form.ReplaceAllString(text, f.zh), true
		}
	}
	return "", false
}

// senders are the reasons why a message could not be sent, in the order of the senders'
// sources.
var senders = forms(
	"no time (was left to send|left; nothing was sent)", "时间不够，尚未发送，稍后自动重试",
	"the message has no text", "消息没有文字",
	"the message is empty", "消息是空的",
	"the message is longer than ([0-9]+) (characters|bytes)", "消息太长（上限 $1）",
	"no request could be made of the message", "消息内容无法生成请求",
	"the message can't be written as JSON", "消息内容无法生成请求",
	"the sender failed inside", "发送程序内部出错，无法确认是否已发出",

	"the account sends no files: mms is not set", "该短信号码未开启彩信，不能发送附件",
	"the files are more than Twilio takes, or have no link", "附件太多，或没有可供 Twilio 下载的链接",
	"Twilio could not be reached", "无法连接 Twilio，稍后自动重试",
	"Twilio did not answer; the message may have gone out", "Twilio 没有应答，短信可能已经发出",
	"Twilio's answer was (cut short|not understood)", "Twilio 的应答不完整，无法确认是否已发出",
	"Twilio had a fault of its own; the message may have gone out", "Twilio 内部出错，短信可能已经发出",
	"Twilio did not accept the message", "Twilio 没有接受这条短信",
	"Twilio refuses the account SID or the auth token", "Twilio 不认可账号或 Auth Token",
	"the Twilio account is not active", "Twilio 账号未启用",
	"Twilio knows no such account", "Twilio 没有这个账号",
	"too many requests to Twilio", "向 Twilio 发送过于频繁，稍后自动重试",
	"the sending number is not valid", "发送号码无效",
	"the Twilio account may not send to this region", "Twilio 账号未开通该地区的发送",
	"the sending number can't send SMS", "发送号码不能发短信",
	"the customer has opted out", "客户已退订这个号码",
	"the number is not valid", "号码无效",
	"a trial account may only send to verified numbers", "试用账号只能发给已验证的号码",
	"the sending number's queue at Twilio is full", "该号码在 Twilio 的发送队列已满，稍后自动重试",
	"the number can't be reached from the sending number", "从该号码无法发到对方",
	"the number can't receive SMS", "对方号码不能接收短信",
	"the address of a file is not valid", "附件链接无效",
	"the message has more files than Twilio takes", "附件超过 Twilio 允许的数量",
	"a file is of a type that Twilio doesn't take", "Twilio 不支持这种附件类型",
	"the number is a landline", "对方是固定电话",
	"the message was filtered as unwanted", "被当作垃圾短信过滤",

	"no connection to Tencent; nothing was sent", "无法连接微信服务器，尚未发送",
	"no answer from Tencent; the message may have gone out", "微信没有应答，消息可能已经发出",
	"Tencent failed while it had the message; it may have gone out", "微信处理时出错，消息可能已经发出",
	"an answer that can't be read; the message may have gone out", "微信的应答无法识别，消息可能已经发出",
	"there is no access token; nothing was sent", "没有可用的 access_token，尚未发送",
	"Tencent refused the (message|call)", "微信没有接受这条消息",
	"Tencent's system is busy", "微信系统繁忙，稍后自动重试",
	"too many calls( in a minute)?", "调用过于频繁，稍后自动重试",
	"the day's quota of calls is used up", "当天的接口调用次数已用完，次日自动重试",
	"the access token or the app secret is wrong", "access_token 或 AppSecret 有误",
	"the access token is invalid", "access_token 无效",
	"the access token has expired", "access_token 已过期，更新后自动重试",
	"the access token was revoked", "access_token 已失效，更新后自动重试",
	"the caller's IP address must be on the account's allow list", "调用方 IP 不在公众号的 IP 白名单中",
	"the account may not send this type of message", "该公众号不能发送此类消息",
	"the account may not use this API", "该公众号没有此接口的权限",
	"the API is closed to the account", "该公众号的接口已被封禁",
	"the account is restricted", "该公众号的功能受限",
	"the customer has switched off receiving messages", "客户已关闭接收消息",
	"the customer no longer follows the account", "客户已取消关注",
	"the customer is on the account's block list", "客户在公众号的黑名单中",
	"the customer refused messages of this sort", "客户拒收此类消息",
	"the customer has not written for 48 hours", "客户 48 小时内没有来信，微信不允许回复",
	"the number of messages allowed until the customer writes again is used up", "客户再次来信之前可发的条数已用完",
	"the template is unknown to the account", "账号没有这个消息模板",
	"the template's fields don't fit its data", "模板字段与内容不符",
	"the template message's form is not valid", "模板消息的 form_id 无效",
	"the template is switched off for having been misused", "该模板因滥用已被停用",
	"the media file is unknown or has expired", "媒体文件不存在或已过期",
	"characters that the API doesn't take", "内容含有微信不接受的字符",
	"WeChat carries pictures, sound and video alone", "微信只能发送图片、语音和视频",
	"the file can't be uploaded", "文件无法上传到微信",
	"a file goes out on WeChat as a message of its own", "微信的附件只能单独发送，不能附带文字",
	"no OpenID", "没有客户的 OpenID",
	"no such OpenID for this account", "OpenID 不属于该公众号",
	"the account has no such template any more", "该公众号已没有这个消息模板",
	"the file could not be uploaded to Tencent; nothing was sent", "附件未能上传到微信，消息尚未发送",
	"the access token is missing", "缺少 access_token",
	"the app id is wrong", "AppID 有误",
	"files of this sort can't be uploaded", "微信不支持上传这类文件",
	"the file is not of a type that WeChat takes", "微信不支持这种文件格式",
	"the file is too large for WeChat(, or empty)?", "文件超过微信的大小限制，或是空的",
	"the picture is too large for WeChat", "图片超过微信的大小限制",
	"the voice message is too large for WeChat", "语音超过微信的大小限制",
	"the video is too large for WeChat", "视频超过微信的大小限制",
	"the voice message is longer than 60 seconds", "语音超过 60 秒",
	"the file is empty", "文件是空的",
	"the message is (empty|too long)", "消息是空的或太长",
	"the API could not read the message", "微信无法识别消息内容",

	"not a mail address", "不是有效的邮箱地址",
	"the mail could not be built", "邮件内容无法生成",
	"no answer from SES", "SES 没有应答，邮件可能已经发出",
	"ses: no credentials", "没有调用 SES 的权限凭证",
	"SES answered (.+)", "SES 返回 $1",

	"the account has no callback_url", "账号没有配置 callback_url",
	"files can't be sent to a callback", "回调地址不能接收附件",
	"callback_url leads to an address that is not public", "callback_url 指向非公网地址",
	"the callback gave no answer", "回调地址没有应答，稍后自动重试",
	"the callback asks for fewer calls", "回调地址要求降低频率，稍后自动重试",
	"the callback had a fault of its own", "回调地址内部出错，稍后自动重试",
	"the callback says that it is gone for good( \\(410\\))?", "回调地址已停用",
	"the callback leads elsewhere, and redirects are not followed", "回调地址发生跳转，不会跟随",
	"the callback did not accept the message", "回调地址没有接受这条消息",
)
