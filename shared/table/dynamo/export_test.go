package dynamo

// ItemOf is exported for the suite's reader of the stream.
var ItemOf = itemOf
