package consolefn

import (
	"regexp"
	"strings"
	"sync"

	"github.com/deskhook/deskhook/shared/config"
)

// settingsForms are the Chinese of what is wrong with settings, the first that fits. What
// is none of them stays English: an operator still finds the line by its number.
var settingsForms = []struct{ en, zh string }{
	{"never comes: none of its months has such a day", "永远不会到来：所写的月份没有这一天"}, {"begins and ends at %s: leave it out where no hours are quiet", "开始和结束都是 $1：不需要免打扰就不写"},
	{"has no then: it sets nothing, and what matches it never comes to the rules below", "没有写 then：不做任何设置，符合的工单也不再看后面的规则"}, {"is longer than resolution: who keeps that has answered long before", "长于 resolution：能按时解决就早已回复"},
	{"is no mail address: write @%s for all of the domain", "不是邮箱地址：整个域名请写 @$1"}, {"has no +: a phone number is written with its country, such as +8613800138000", "没有 +：电话号码要写国家代码，如 +8613800138000"},
	{"has no date that is to come: it is never sent", "所有日期都已过去，不会再发送"}, {"%s is not in team %s", "$1 不在小组 $2 中"}, {"%q is one word, signs and all: put a comma of YAML (,) between words", "“$1”会连同标点当作一个词：词与词之间请用英文逗号"},
	{"has more than 40 characters", "超过 40 个字符"}, {"may have letters, digits and - _ . : / only", "只能有文字、数字和 - _ . : /"},
	{"is a number or a truth to YAML: put it in quotes, \"%s\"", "会被 YAML 当作数字或真假值：请加引号，写作 \"$1\""}, {"should be seconds, or 0 for no limit", "应为秒数，0 表示不限"},
	{"has %d bytes in all languages, at most %d go out", "各语言合计 $1 字节，最多发送 $2 字节"}, {"is missing: write a text for each of the template's fields", "必填：模板的每个字段各写一段文字"},
	{"should be the name of a field, such as thing1", "应为模板字段名，如 thing1"}, {"should be one text, and not empty: Tencent refuses that (47003)", "应为一段文字且不能为空，否则微信会拒绝（47003）"},
	{"should be one mail address, such as help@example.com", "应为一个邮箱地址，如 help@example.com"}, {"should be an SNS topic's ARN, or be left out", "应为 SNS 主题的 ARN，或者不写"},
	{"should be AC and 32 hex digits, as Twilio's console shows it", "应为 AC 加 32 位十六进制数字，见 Twilio 控制台"}, {"should be MG and 32 hex digits, as Twilio's console shows it", "应为 MG 加 32 位十六进制数字，见 Twilio 控制台"},
	{"is missing: write number or messaging_service_sid", "必填：请写 number 或 messaging_service_sid"}, {"should be + and digits alone with the country first, such as \"+15005550006\"", "应为 + 加国家代码和数字，如 \"+15005550006\"，请用英文引号"},
	{"is missing", "必填"}, {"is empty", "不能为空"}, {"is missing, or taken already", "必填，且不能与其他的重复"},
	{"%q is taken already", "“$1”已被占用"}, {"%q must be a tag in lower case", "标签“$1”须为小写"},
	{"%q is nothing that the field can hold", "“$1”不是该字段可取的值"}, {"%q means that nothing is answered: choose another", "“$1”表示不回执，请换一个名称"},
	{"%q is a field that people fill in: each of them would be taken for a robot", "“$1”是客户要填的字段，用作陷阱会把人都当成机器人"},
	{"another field has the role %s already", "已有字段的角色是 $1"}, {"one field needs role: message, or tickets would have no text", "须有一个字段的角色为 message，否则工单没有正文"},
	{"a field of type %s can't have the role %s", "$1 类型的字段不能担任 $2 角色"}, {"a choice needs choices", "choice 字段须写 choices"},
	{"only a field of type choice has choices", "只有 choice 字段可写 choices"}, {"are needed by a field of type choice, and by no other", "choice 类型必填，其他类型不能写"},
	{"goes with choice and choices only", "只能用于 choice 和 choices"}, {"goes with a choice; of numbers write from and to", "只能用于选择题；数字请写 from 和 to"},
	{"goes with an issuer only", "须与 issuer 一起填写"}, {"goes with status: snoozed only", "只能与 status: snoozed 一起使用"}, {"goes with when: %s only", "只能与 when: $1 一起使用"},
	{"%s has no such choice; the question could never be shown", "$1 没有这个选项，此题永远不会显示"},
	{"from %d is above to %d; the question could never be shown", "from（$1）大于 to（$2），此题永远不会显示"}, {"from %d to %d lies outside the answers of %s, from %d to %d; the question could never be shown", "$1 到 $2 超出 $3 的答案范围（$4 到 $5），此题永远不会显示"},
	{"should be score or an earlier question; the question could never be shown", "应为 score 或前面的题目，否则此题永远不会显示"},
	{"has %d entries, at most %d are taken", "有 $1 项，最多 $2 项"}, {"there may be at most %d", "最多 $1 项"}, {"there may be at most %d articles", "最多 $1 篇文章"},
	{"there may be at most %d fields", "最多 $1 个字段"}, {"there may be at most %d rules", "最多 $1 条规则"}, {"there should be from 1 to %d fields", "应有 1 到 $1 个字段"},
	{"has more than %d questions", "超过 $1 道题"}, {"has no choices: it can't be answered", "没有选项，无法作答"}, {"has an empty scale: min is %d, max is %d", "分值范围为空：min 是 $1，max 是 $2"},
	{"has a scale of more than 11 steps: a phone has no room for it", "分值超过 11 档，手机上放不下"}, {"has no hours: nothing would ever be due", "没有工作时间，时限永远不会到"},
	{"has %d days and ranges with its workdays, at most %d are taken", "节假日和调休共 $1 项，最多 $2 项"}, {"%s has no mail address to be told at", "$1 没有可通知的邮箱"},
	{"is a survey's already: their cooldowns are kept apart by id", "已用作调查的编号，冷却期按编号区分"}, {"is another agent's already", "已属于另一位客服"},
	{"is before its date", "早于开始日期"}, {"is more than a year after its date", "晚于开始日期一年以上"}, {"only a workday is like a weekday", "只有工作日（workdays）可写 like"},
	{"is larger than 1 MB", "超过 1 MB"}, {"does nothing: give it a reply, a note, or something to change", "没有任何动作，请写回复、备注或要修改的内容"},
	{"promises nothing: write first_response, next_response or resolution", "没有时限，请写 first_response、next_response 或 resolution"},
	{"is missing: how long should the ticket be out of sight?", "必填：工单推迟多久？"}, {"is missing: mon, or mon-fri", "必填，如 mon 或 mon-fri"},
	{`is missing: name events, or "*" for all`, "必填：写事件名称，全部则写 \"*\""}, {"is missing: name one of calendars", "必填：请写 calendars 中的一个"},
	{"is missing: name tags, mail_domains, or a field", "必填：请写 tags、mail_domains 或某个字段"}, {"is missing: the journal names the rule by it", "必填：处理记录里用它称呼规则"},
	{"leaves less than four hours of the day to ask in", "一天中可邀评的时间不足四小时"}, {"none means nobody: choose another", "none 表示无人，请换一个名称"}, {"spam is never answered", "垃圾信息从不回复"},
	{"%s belongs into tickets.out_of_hours", "$1 应写在 tickets.out_of_hours 里"}, {"stands beside hours: one of the two is enough", "与 hours 同时出现，两者只需其一"},
	{"may have up to 32 of a-z, 0-9 and -, beginning with a letter", "最多 32 个字符，以小写字母开头，只能用小写字母、数字和 -"},
	{"may have up to 40 of A-Z, a-z, 0-9, - and _, beginning with a letter", "最多 40 个字符，以字母开头，只能用字母、数字、- 和 _"},
	{"must be a domain such as example.com, in lower case", "应为小写域名，如 example.com"}, {"must not be the desk itself: the page would be let into the console", "不能是客服台自己的地址"},
	{"must be a mail address, a domain as @example.com, a phone number as +8613800138000 or an OpenID", "应为邮箱、域名（如 @example.com）、电话（如 +8613800138000）或 OpenID"},
	{"needs is with some of the choices of %s, which must be a choice", "须写 is，并列出选择题 $1 的选项"}, {"needs type complaint, suggestion or praise, or a field with role kind or rating", "须写类型 complaint、suggestion 或 praise，或有角色为 kind、rating 的字段"},
	{"can't be read here: only a settings file in a folder has files beside it", "这里无法读取：只有放在文件夹里的配置文件才有同目录文件"}, {"can't be read: %s", "无法读取：$1"},
	{"team %s has %d agents; tickets find theirs by themselves in teams of at most %d", "小组 $1 有 $2 位客服；自动分配的小组最多 $3 位"},
	{"the articles have %d bytes together, at most %d are taken: every function reads them as it starts", "文章共 $1 字节，最多 $2 字节"},
	{"there is no team: tickets would go nowhere", "没有小组，工单无处可去"}, {"there is no such channel", "没有这个渠道"}, {"there is no SLA policy %q", "没有 SLA 策略“$1”"},
	{"there is no account %q", "没有账号“$1”"}, {"there is no acknowledgement %q; write %s for none", "没有回执“$1”；不回执请写 $2"}, {"there is no calendar %q", "没有工作日历“$1”"},
	{"there is no event %q; there are %s", "没有事件“$1”，可用的有：$2"}, {"there is no notice %q; there are %s", "没有通知“$1”，可用的有：$2"}, {"there is no field %q in customer_fields", "customer_fields 里没有字段“$1”"},
	{"there is no form %q", "没有表单“$1”"}, {"there is no survey %q", "没有调查“$1”"}, {"there is no team %q", "没有小组“$1”"}, {"there is no %q; there are %s", "没有“$1”，可用的有：$2"},
	{"there is no time zone of this name; write one such as Asia/Shanghai", "没有这个时区，请写如 Asia/Shanghai"}, {"{{%s}} would be read as it stands: this text has no variables", "{{$1}} 会原样显示给客户：这段文字不支持变量"}, {"has two braces that belong to no variable: write {{customer.name}} and the like with two on both sides", "有未配对的双花括号：变量两边各写两个花括号，如 {{customer.name}}"},
	{"{{%s}} is no variable; there are %s", "{{$1}} 不是变量，可用的有：$2"},
	{"no such language; there are %s", "没有这种语言，可用的有：$1"}, {"no such setting; did you mean %s?", "没有这一项，是不是 $1？"}, {"no such setting; there are %s", "没有这一项，可用的有：$1"}, {"stands there twice, first in line %d", "重复出现，前一处在第 $1 行"},
	{"is a secret and does not belong in this file: set %s", "是密钥，不能写在这里，请设置 $1"}, {"is not UTF-8: save the file as UTF-8", "不是 UTF-8 编码：请将文件另存为 UTF-8"}, {"is indented with a tab: use spaces", "缩进用了制表符：请用空格"},
	{"is indented by %d, what stands above it by %d: what belongs together begins in one column", "缩进 $1 格，上面是 $2 格：同级内容须左对齐"},
	{"has a full-width or no-break space, which is none to YAML: type a plain one", "有全角空格或不换行空格，YAML 不认：请用普通空格"}, {"has a full-width colon: write a plain one and a space", "用了全角冒号：请用半角冒号加一个空格"},
	{"needs a space behind the colon: %s: …", "冒号后须有空格，写作 $1: …"}, {"has a question mark before a comma or a brace: put the text in quotes, \"…?\"", "问号后面紧跟逗号或括号：请给这段文字加英文引号 \"…?\""},
	{"has curly quotes, which are none to YAML: put straight ones around the text, \"…\"", "用了中文引号，YAML 不认：请在文字两边用英文引号 \"…\""},
	{"is not YAML: is every bracket closed, and every text in quotes that has a comma, a colon or a bracket in it?", "不是有效的 YAML：括号是否成对？含逗号、冒号或括号的文字是否加了英文引号？"},
	{"is not YAML: %s", "不是有效的 YAML：$1"}, {"holds a second document", "包含第二份文档"},
	{"anchors and aliases are not taken here: write it out", "不支持锚点和别名，请完整写出"}, {"a web form stands under forms", "网页表单请写在 forms 下"},
	{"is written as one of surveys now: %s", "现在写作 surveys 中的一项：$1"},
	// What something should be: those of a kind, then whatever is listed.
	{"not a length of time such as 90s, 15m, 2h or 3d", "不是时长，请写如 90s、15m、2h 或 3d"}, {"should be a length of time such as 90s, 15m, 2h or 3d", "应为时长，如 90s、15m、2h 或 3d"}, {"should be a list", "应为列表"}, {"should be a list of accounts", "应为账号列表"},
	{"should be a list of keys and values", "应为键值对"}, {"should be keys and values: { %s }", "应为键值对：{ $1 }"}, {"begins and ends at %s: write 00:00-24:00 for a whole day", "开始和结束都是 $1：全天请写 00:00-24:00"}, {"should be a number", "应为数字"}, {"should be a whole number", "应为整数"}, {"should be one text", "应为一段文字"}, {"should be true or false", "应为 true 或 false"},
	{"should be a date such as 01-01 (each year) or 2027-02-06 (once)", "应为日期：01-01（每年），或 2027-02-06（仅当天）"}, {"lies in the quiet hours: it goes when they end", "处于免打扰时段，会推迟到时段结束后发送"}, {"should have from 1 to %d dates", "应有 1 至 $1 个日期"}, {"should be a date such as %s", "应为日期，如 $1"}, {"should be a time of day such as %s", "应为时刻，如 $1"}, {"should be a mail address alone", "应为单独一个邮箱地址"},
	{"should be an address such as %s, without user and fragment", "应为网址，如 $1，不含用户名和 # 部分"}, {"should be an address such as %s", "应为网址，如 $1"}, {"should be an event's name such as %s", "应为事件名称，如 $1"},
	{"should be a file beside this one or in a folder below, such as holidays.ics", "应为同目录或下级目录中的文件，如 holidays.ics"}, {"should be a host's name alone, in lower case, such as shop.example", "应为小写主机名，如 shop.example"},
	{"should be a text of at most 100 bytes", "应为不超过 100 字节的文字"}, {"should be a word of at most %d bytes", "应为不超过 $1 字节的一个词"}, {"should be above medium, both from 1 to 100", "应大于 medium，两者都在 1 到 100 之间"},
	{"should be a whole number from 0 to %d: the field has the role rating", "应为 0 到 $1 的整数：该字段的角色是 rating"}, {"should be at least two numbers: the field has the role rating", "至少两个数字：该字段的角色是 rating"},
	{"should be complaint, suggestion or praise: the field has the role kind", "应为 complaint、suggestion 或 praise：该字段的角色是 kind"}, {"should be true: a field has the role kind or rating", "应为 true：有字段的角色是 kind 或 rating"},
	{"should be faces or stars, of csat only", "应为 faces 或 stars，且只用于 csat"}, {"should be five fields of cron such as %s: minute, hour, day, month, weekday", "应为五段的 cron，如 $1：分、时、日、月、星期"},
	{"should be from 0 to 1, and only of recaptcha_v3", "应在 0 到 1 之间，且只用于 recaptcha_v3"}, {"should be from 1 to 100, in percent; to ask nobody write disabled: true", "应为 1 到 100 的百分数；不再邀评请写 disabled: true"}, {"should be from 1 to 1000; who is to be given nothing belongs into teams with assign: none", "应在 1 到 1000 之间；不想自动分配，请放在 assign: none 的小组"},
	{"should be from 1 to 100, in percent", "应为 1 到 100 的百分数"}, {"should be from 1h to less than expires (%s)", "应不少于 1h 且短于 expires（$1）"},
	{"should be from %d to %d: scores go from %d to %d, and not all may be %s", "应在 $1 到 $2 之间：分数是 $3 到 $4，不能全算作 $5"}, {"should be from 1 to %d: ratings of five, and not all may be bad", "应在 1 到 $1 之间：满分五分，不能全算差评"},
	{"should be from %s to %s", "应在 $1 到 $2 之间"}, {"should be longer than active_for", "应长于 active_for"}, {"should be longer than remind_after: the customer needs time to answer the reminder", "应长于 remind_after，好让客户有时间回应提醒"},
	{"should be me, nobody or the id of an agent; there is no agent %q", "应为 me、nobody 或客服编号；没有客服“$1”"}, {"should be nobody, or an agent's id; there is no agent %q", "应为 nobody 或客服编号；没有客服“$1”"},
	{"should be assignee, lead or an agent's id", "应为 assignee、lead 或客服编号"}, {"should be one of customer_fields, of type date", "应为 customer_fields 中类型为 date 的字段"},
	{"should be one of mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri", "应为 mon 到 sun 中的一天，或一段，如 mon-fri"}, {"should be scheme://host[:port] in lower case, such as %s", "应为小写的 scheme://host[:port]，如 $1"},
	{"should be the beginning of an address, at least to the slash behind the host, such as %s", "应为网址的开头，至少写到主机名后的斜杠，如 $1"}, {"should be the key that the provider gives for pages", "应为服务商给网页用的密钥"},
	{"should be the name of a claim, such as email", "应为声明（claim）的名称，如 email"}, {"should be there and differ from the others", "必填，且互不相同"}, {"should be two capital letters such as CN or DE (ISO 3166)", "应为两个大写字母，如 CN 或 DE（ISO 3166）"},
	{"should be two to six: there is nothing to compare one with", "应有二到六个，只有一个无从比较"}, {"should be up to 12 of a-z and 0-9, each once", "最多 12 个小写字母或数字，不能重复"}, {"should be hours such as %s", "应为时段，如 $1"},
	{"should begin with https://; http is for this machine with allow_loopback: true", "应以 https:// 开头；本机可用 http，须写 allow_loopback: true"}, {"should begin with https://; http is for this machine", "应以 https:// 开头；http 只能用于本机"},
	{"should begin with https://", "应以 https:// 开头"}, {"should have neither query, fragment nor user", "不能带查询参数、# 部分或用户名"}, {"should have no slash at the end", "末尾不能有斜杠"}, {"should say %s", "应包含 $1"},
	{"should be one of %s", "应为以下之一：$1"}, {"should be %s", "应为 $1"},
	// What is taken, and worth a look.
	{"%s is in no team", "$1 不属于任何小组"}, {"%s is on the allow list too, which goes first", "$1 也在白名单里，白名单优先"}, {"can never match: %q in line %d takes all that it would", "永远不会生效：第 $2 行的“$1”已全部匹配"},
	{"can never match: a time is never both inside and outside %s", "永远不会生效：同一时间不会既在 $1 内又在其外"},
	{"can never match: a ticket by a form has no scene", "永远不会生效：表单工单没有场景值"}, {"can never match: %s belong to channel %s, which channels leaves out", "永远不会生效：$1 属于 $2 渠道，而 channels 里没有它"}, {"can never match: none of the accounts is in one of the channels", "永远不会生效：这些账号都不属于所写的渠道"}, {"can never match: %s", "永远不会生效：$1"}, {"closes tickets without a reminder before: write remind_after", "关闭前不会提醒，请写 remind_after"}, {"fits every ticket: those after it hold only where a rule names them", "适用于所有工单，后面的只在规则指定时生效"},
	{"has no text in %s", "没有 $1 的文字"}, {"is as long as a target or longer: there is no warning of that one", "不短于某个时限，该时限不会预警"}, {"is chosen only where a rule names it: %s in line %d comes first and fits all that it would", "只在规则指定时生效：第 $2 行的 $1 在前且已全部适用"},
	{"is missing: it is sent to who never agreed to it", "未填写：会发给没有同意过的客户"}, {"is muted as well, and so never told", "同时被静音，不会通知"}, {"is never asked: %s is for all tickets already, and each is asked about once", "不会发出：$1 已面向所有工单，每张只邀评一次"},
	{"is never sent: write close_after", "不会发出，请写 close_after"}, {"is never sent: write remind_after", "不会发出，请写 remind_after"}, {"is not encrypted; providers and browsers expect https", "没有加密，服务商和浏览器要求 https"}, {"left out %s", "已略过：$1"},
	{"no agent has a mail address: nobody could sign in", "没有客服填写邮箱，谁都无法登录"}, {"no agent who would get it has the skill %q: the ticket waits until a person takes it", "可分配的客服都没有技能“$1”，工单要等人领取"},
	{"no field has role mail or phone: nobody can be answered", "没有角色为 mail 或 phone 的字段，无法回复"}, {"nobody is in team %s: its tickets wait for ever", "小组 $1 没有人，工单会一直等待"}, {"sets nothing, and goes on: the rule does nothing", "没有任何设置且继续往下，这条规则没有作用"},
	{"team %s has no lead or admin: its overdue recoveries go to nobody", "小组 $1 没有组长或管理员，超时的回访无人可通知"}, {"the hours of %s overlap one another; time that stands twice counts once", "$1 的时段互相重叠，重叠部分只算一次"}, {"the hours of %s overlap those of %s; time in both counts once", "$1 与 $2 的时段重叠，重叠部分只算一次"},
	{"there is neither a mailbox nor a number to fall back to", "没有可改用的邮箱或短信号码"}, {"there is no agent: nobody can answer", "没有客服，无人能回复"}, {"would be closed: %s has no hours", "会被视为休息：$1 没有工作时间"},
}

var settingsZH = sync.OnceValue(func() (out []form) {
	for _, f := range settingsForms {
		out = append(out, formOf(f.en, f.zh))
	}
	return out
})

// andOr puts a list of the settings' own words as Chinese does.
var andOr = strings.NewReplacer(", or ", " 或 ", ", ", "、", " or ", " 或 ")

var plainList = regexp.MustCompile(`^[A-Za-z0-9_-]+((, | or |, or )[A-Za-z0-9_-]+)+$`)

// faultsInWords are faults in the page's language.
func (v *visit) faultsInWords(faults []config.Fault) []config.Fault {
	if v.lang == "en" {
		return faults
	}
	out := make([]config.Fault, len(faults))
	for i, f := range faults {
		f.Text = settingInChinese(f.Text)
		out[i] = f
	}
	return out
}

func settingInChinese(text string) string {
	for _, f := range settingsZH() {
		m := f.en.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		out := f.en.ExpandString(nil, f.zh, text, m)
		if last := len(m); last == 4 && plainList.MatchString(text[m[2]:m[3]]) {
			return strings.Replace(string(out), text[m[2]:m[3]], andOr.Replace(text[m[2]:m[3]]), 1)
		}
		return string(out)
	}
	return text
}
