package cost

// Deployed is what the idle month reckons with: queues with an event source, alarms,
// schedules.
const (
	DeployedQueues    = standardQueues + fifoQueues
	DeployedAlarms    = alarms
	DeployedSchedules = schedules
)
