package kpi

import (
	"slices"
	"strings"
)

type words struct{ name, zh, en string }

// definitions says what each figure is, in the order pages show them. The numbers in
// the texts are those of this package; a test compares them.
var definitions = []words{
	{"opened", "当天新建的工单数，包括为主动联系客户而建的，以及后来标为垃圾信息的。", "Tickets opened that day, also those begun to write to a customer first, and what was spam after all."},
	{"first_answered", "当天首次得到人工公开回复的工单数。", "Tickets that got their first public answer by a person that day."},
	{"resolved", "当天被标为已解决的次数；同一工单重开后再次解决，会再计一次。", "Resolutions that day; a ticket reopened and resolved again counts again."},
	{"reopened", "当天由已解决或已关闭重新打开的次数。", "How often a resolved or closed ticket was opened again that day."},
	{"closed", "当天关闭的工单数。", "Tickets closed that day."},
	{"one_touch", "只用一次人工公开回复就解决的次数。", "Resolutions that took exactly one public answer by a person."},
	{"survey_sent", "当天发出的满意度调查数；提醒不另计。", "Surveys asked that day; reminders don't count."},
	{"survey_skipped", "当天决定不发的满意度调查数；原因记在工单上。", "Surveys that were not asked that day; the ticket says why."},
	{"answered", "当天收到的评价数；客户改分不重复计数。", "Answers to surveys that day; a changed answer is not counted again."},
	{"scores", "各分值的评价数，从 1 分到 5 分。客户改分时，原分值在改分当天扣减，已结束的日期不再变动，因此单日可能出现负数。", "Answers by score, 1 to 5. A changed answer takes its former score back on the day of the change, as past days stay as they were; so one day alone may be below zero."},
	{"nps_scores", "推荐意愿各分值的评价数，从 0 分到 10 分；0 分也计入。改分规则同上。", "Answers to “would you recommend us” by score, 0 to 10; 0 is an answer. A changed one counts as above."},
	{"ces_scores", "轻松度各分值的评价数，从 1 分到 7 分。改分规则同上。", "Answers to “how easy was it” by score, 1 to 7. A changed one counts as above."},
	{"recoveries_opened", "当天生成的回访数：差评，以及按配置需要回访的投诉。", "Recoveries opened that day: of bad scores, and of complaints where the settings want it."},
	{"recoveries_done", "当天处理完毕的回访数。", "Recoveries done that day."},
	{"recovered", "当天挽回的客户数：回访处理完毕后再次邀评，分数高于原来的差评。客户之后改低分数时，在改分当天扣减，因此单日可能出现负数。", "Customers won back that day: asked again after the follow-up, they gave a better score than before. One who changes it for the worse is taken off on that day, so one day alone may be below zero."},
	{"messages_in", "当天记录的客户来信数。", "Messages from customers recorded that day."},
	{"messages_out", "当天记录的发给客户的消息数，含自动回复与调查。", "Messages to customers recorded that day, automatic ones and surveys included."},
	{"notes", "当天记录的内部备注数。", "Internal notes recorded that day."},
	{"handled", "客服打开工单页面并在操作的时间之和，计入发生当天；页面不可见、或一分钟没有操作的时间不计。", "Time that agents had a ticket's page open and were at work on it, on that day; a page out of sight, or untouched for a minute, doesn't count."},
	{"first_response", "从工单新建到首次人工公开回复的自然时间，计入首次回复当天。平均值精确到秒；中位数和 90 分位数取自固定直方图，误差不超过 9.1%。", "Time from opening to the first public answer by a person, around the clock, on the day of that answer. The mean is exact to the second; median and 90th percentile come from a fixed histogram and are within 9.1 %."},
	{"resolution", "从工单新建到解决的自然时间，计入解决当天。平均值精确到秒；中位数和 90 分位数取自固定直方图，误差不超过 9.1%。", "Time from opening to the resolution, around the clock, on the day of the resolution. The mean is exact to the second; median and 90th percentile come from a fixed histogram and are within 9.1 %."},
	{"csat", "满意率：不低于设定分数（默认 4 分）的评价占全部评价的比例；没有评价时不显示。", "Satisfied customers: scores from the one that the settings name (4 unless changed) up to 5 among all answers; empty without answers."},
	{"nps", "净推荐值：打 9 至 10 分的比例减去打 0 至 6 分的比例，从 -100 到 100；没有评价时不显示。", "Net promoter score: the share of 9 and 10 less that of 0 to 6, from -100 to 100; empty without answers."},
	{"ces", "轻松度均分，1（非常费劲）到 7（非常轻松）；没有评价时不显示。", "Mean of “how easy was it”, 1 (very hard) to 7 (very easy); empty without answers."},
	{"answer_time", "从发出调查到首次评价的自然时间，计入评价当天。平均值精确到秒；中位数和 90 分位数取自固定直方图，误差不超过 9.1%。", "Time from asking to the first answer, around the clock, on the day of that answer. The mean is exact to the second; median and 90th percentile come from a fixed histogram and are within 9.1 %."},
	{"csat_mean", "评价的平均分，1 到 5 分；没有评价时不显示。", "Mean score, 1 to 5; empty without answers."},
	{"response_rate", "回收率：期间收到的评价数除以期间发出的调查数；由于评价可能晚于发出日，单日可能超过 100%。", "Answers received for each survey asked in the period; as answers may come days later, one day alone may be above 100 %."},
	{"one_touch_rate", "一次解决率：只用一次人工公开回复就解决的次数除以解决次数。", "Resolutions with exactly one public answer, among all resolutions."},
	{"reopen_rate", "重开率：期间重新打开的次数除以期间解决的次数；被重开的工单可能是更早解决的。", "Reopenings for each resolution in the period; what is reopened may have been resolved earlier."},
	{"sla_first_response", "首次响应达标率：在时限内得到首次人工公开回复的次数，占达标与超时之和的比例；一到时限即计为超时，不等最终回复。", "First responses within their deadline, among those met and missed; one is missed as soon as its deadline passes, whatever comes later."},
	{"sla_next_response", "后续响应达标率：客户再次来信后在时限内得到回复的次数，占达标与超时之和的比例；从最早一条未回复的来信起算。", "Next responses within their deadline, among those met and missed, counted from the oldest message not answered."},
	{"sla_resolution", "解决达标率：在时限内解决的次数，占达标与超时之和的比例；等待客户期间不计时，重开后继续原来的计时。", "Resolutions within their deadline, among those met and missed; time spent waiting for the customer doesn't count, and a reopened ticket goes on where it stood."},
}

// Names lists the figures that have a definition, in the order pages show them.
func Names() []string {
	names := make([]string, len(definitions))
	for i, d := range definitions {
		names[i] = d.name
	}
	return names
}

// Definition says in words what a figure is, in zh-CN or en (any other language gets
// English); "" for a name that is not of Names.
func Definition(name, lang string) string {
	i := slices.IndexFunc(definitions, func(d words) bool { return d.name == name })
	switch {
	case i < 0:
		return ""
	case strings.HasPrefix(strings.ToLower(lang), "zh"):
		return definitions[i].zh
	default:
		return definitions[i].en
	}
}
