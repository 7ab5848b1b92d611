package consolefn

func init() {
	add(chineseFaults, map[string]string{
		"no such export":                              "没有这份导出文件，可能已过七天",
		"or q is needed, and not both":                "请选择一个列表，或填写搜索内容",
		"must be written like 2006-01-02":             "请按 2006-01-02 的格式填写日期",
		"should be one line of at most 40 characters": "请填写名称，限一行，最多 40 个字",
		"must be UTF-8 of at most 200 characters":     "搜索内容最多 200 个字",
		"must be newest or oldest":                    "请选择最新的在前或最早的在前",
		"is no team":                                  "没有这个小组",
		"is none of yours":                            "您不在这个小组",
		"is no team of this desk":                     "没有这个小组",
		"is after to":                                 "开始日期晚于结束日期",
		"must be one of tickets, answers":             "请选择工单或评价",
		"must be one of the statuses of a ticket, and goes with tickets only": "请选择列表中的状态，且只能用于工单",
	})
	add(chineseForms, map[string]string{
		"%d are kept at most: remove one first": "最多保存 $1 个，请先删除一个",
		"is more than %d days after from":       "日期范围不能超过 $1 天",
	})
	add(fieldNames, map[string][2]string{"view": {"列表", "List"}, "q": {"搜索内容", "Search"}})
}
