package consolefn

func init() {
	add(chineseFaults, chineseOfFeedback)
	add(fieldNames, map[string][2]string{
		"score_min": {"最低分数", "Score from"}, "title": {"需求名称", "Title"}, "topic_id": {"需求", "Request"}, "from": {"起始日期", "From"},
	})
	add(chineseForms, map[string]string{
		"is missing in %s, the desk's language":           "请填写本客服台默认语言（$1）的内容",
		"may have at most %d characters in each language": "每种语言最多 $1 个字",
		"must be a whole number from 0 to %d":             "请填写 0 到 $1 的整数",
		"may be in %s":                                    "只能使用以下语言：$1",
	})
}

// chineseOfFeedback are the Chinese of what is said of feedback and of what it asks for.
var chineseOfFeedback = map[string]string{
	"it is done already, and those who asked for it are told":                 "已经办好并告知客户，不能再改",
	"it is tied to another request already: take it out of that first":        "已列入其他需求，请先移出",
	"it is done, and those who asked for it are told":                         "已经办好并告知客户，不能再移出",
	"only what a customer wrote can be marked":                                "只能标记客户的来信",
	"it is kept as feedback already":                                          "已经记为客户反馈，无需标记",
	"no such feedback":                                                        "没有这条反馈，可能标记已撤销",
	"there is no such request":                                                "没有这个需求",
	"must be at most 366 days before to":                                      "起止日期须先后正确，且最多相隔 366 天",
	"its content was erased":                                                  "内容已删除",
	"praise asks for nothing":                                                 "表扬没有提出需求，不能列入",
	"it is tied to a request of several customers: take it out of that first": "已列入需求，请先移出再撤销标记",
	"is more than score_max":                                                  "最低分数不能大于最高分数",
	"no such topic":                                                           "没有这个需求",
	"give either a title or the topic that is there":                          "请填写新需求的名称，或选择已有需求（二选一）",
}
