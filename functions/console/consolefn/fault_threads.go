package consolefn

func init() {
	add(fieldNames, map[string][2]string{"message_ids": {"消息", "Messages"}})
	add(chineseFaults, chineseOfSplits)
}

// chineseOfSplits are the Chinese of what a split may not be.
var chineseOfSplits = map[string]string{
	"name at least one message":                                          "请至少勾选一条消息",
	"at most 30 messages are split off at once":                          "一次最多拆分 30 条消息",
	"may have one line of at most 120 characters":                        "限一行，最多 120 个字",
	"names a message that the ticket doesn't have":                       "所选消息不在这张工单里",
	"only what the customer wrote and notes can be split off":            "只能拆分客户的消息和内部备注",
	"names a message that was split off already":                         "所选消息已经拆分走了",
	"has files that are still being fetched: try again in a minute":      "所选消息的附件还在取回，请稍后再试",
	"their texts are too long to be moved at once: choose fewer":         "所选消息的内容太长，请减少条数",
	"the customer left no address: they would never find the new ticket": "客户没有留下联系方式，拆分后将看不到新工单",
}
