package table

// Names of an item's attributes in DynamoDB, short because each name is paid for in
// every item. Both the dynamo engine and the readers of the stream use them.
const (
	AttrPK      = "p" // partition key
	AttrSK      = "s" // sort key
	AttrVersion = "v" // number
	AttrDoc     = "d" // string, JSON
	AttrSummary = "m" // string
	AttrExpires = "x" // number, unix seconds, the table's TTL attribute

	AttrCounter = "c_" // prefix of each counter's attribute, number
)

// IndexAttrs are the names of an index's partition and sort key attributes. They are
// fixed: template.yaml declares them.
func IndexAttrs(i Index) (pk, sk string) {
	switch i {
	case View:
		return "vp", "vs"
	case Mine:
		return "mp", "ms"
	case Who:
		return "wp", "ws"
	case Due:
		return "dp", "ds"
	default:
		return AttrPK, AttrSK
	}
}
