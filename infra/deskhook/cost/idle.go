package cost

// Line is one line of a month's bill.
type Line struct {
	What    string  `json:"what"`
	Dollars float64 `json:"dollars"`
}

// What template.yaml deploys and somebody pays for while nothing happens; a test holds
// these numbers to it.
const (
	standardQueues = 4  // with an event source: outbound, surveys, jobs, SES's notices
	fifoQueues     = 1  // inbound
	alarms         = 14 // one for each dead-letter queue, two for the feed's readers, two for queues' age, two for the schedule, one each for tokens, dead letters and the API
	schedules      = 3  // schedule and tokens, every minute; deadletters, every fifth
	sweepsAMinute  = 0.2
	runsAMinute    = schedules - 1 + sweepsAMinute

	// An event source polls an idle queue with up to five pollers, each waiting 20
	// seconds; Lambda may go down to two (AWS: "Configuring scaling behavior for SQS
	// event source mappings"). The page says it of standard queues; of FIFO ones it is
	// assumed.
	pollers       = 5
	pollsAMinute  = 3
	logBytes      = 600 // Lambda's own three lines about one invocation, about
	keyUsesPerMin = 2   // SQS and DynamoDB keep a data key for five minutes; assumed
)

// idle is the month of a desk to which nobody writes. sweep is one run of schedule.
func idle(sweep Count) []Line {
	const polls = pollers * pollsAMinute * minutesAMonth
	var tokens Count
	tokens.invoke("tokens")
	tokens.ReadUnits = 1 // the one token of an account
	var dead Count       // asks each queue of dead letters, and lists failed batches
	dead.invoke("deadletters")
	dead.SQS, dead.FIFO, dead.S3Puts = standardQueues, fifoQueues, 1
	scheduled := sweep.Dollars() + tokens.Dollars() + sweepsAMinute*dead.Dollars()
	return []Line{
		{"polling of the standard queues", standardQueues * polls * priceSQS},
		{"polling of the FIFO queue", fifoQueues * polls * priceSQSFIFO},
		{"key", priceKey},
		{"uses of the key", keyUsesPerMin * minutesAMonth * priceKeyRequest},
		{"alarms", alarms * priceAlarm},
		{"schedules", runsAMinute * minutesAMonth * priceSchedule},
		{"scheduled functions with their reads", minutesAMonth * scheduled},
		{"logs", runsAMinute * minutesAMonth * logBytes / 1e9 * priceLogGB},
	}
}

// egress is what a fixed address costs on top: one NAT gateway in one zone and its
// public IPv4 address. Data is 0.045 dollars a GB more.
func egress() []Line {
	return []Line{
		{"NAT gateway", hoursAMonth * priceNATHour},
		{"public IPv4 address", hoursAMonth * priceIPv4Hour},
	}
}

// Sum adds up a bill.
func Sum(lines []Line) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.Dollars
	}
	return sum
}
