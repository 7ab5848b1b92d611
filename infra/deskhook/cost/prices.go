package cost

// PricesAsOf is the day the list prices below were last gone over. They are AWS's for
// us-east-1, without free tier, discounts and taxes.
//
// Those marked "checked" were compared that day with a kept copy of the page or with a
// guide of 2025 or 2026 that quotes it; the others are written down from memory of the
// pages named. Before you rely on a sum, compare them with the pages.
const PricesAsOf = "2026-11-22"

// million and hours scale prices.
const (
	million       = 1e6
	hoursAMonth   = 730
	minutesAMonth = hoursAMonth * 60
)

// Prices in US dollars.
const (
	// aws.amazon.com/dynamodb/pricing/on-demand, standard table class; checked (the
	// prices since November 2024).
	priceWriteUnit = 0.625 / million
	priceReadUnit  = 0.125 / million

	// aws.amazon.com/lambda/pricing, Arm, first tier; checked.
	priceInvocation = 0.20 / million
	priceGBSecond   = 0.0000133334

	// aws.amazon.com/sqs/pricing, first tier; each 64 kB of a request counts; checked.
	priceSQS     = 0.40 / million
	priceSQSFIFO = 0.50 / million

	// aws.amazon.com/api-gateway/pricing, HTTP APIs, first tier; each 512 kB counts; checked.
	priceHTTP = 1.00 / million

	// aws.amazon.com/s3/pricing, S3 Standard.
	priceS3Put = 5.00 / million
	priceS3Get = 0.40 / million

	// aws.amazon.com/ses/pricing, outbound mail without attachments.
	priceMail = 0.10 / 1000

	// aws.amazon.com/kms/pricing, a symmetric customer managed key.
	priceKey        = 1.00
	priceKeyRequest = 0.03 / 10_000

	// aws.amazon.com/cloudwatch/pricing, standard resolution alarms, logs ingested.
	priceAlarm = 0.10
	priceLogGB = 0.50

	// aws.amazon.com/eventbridge/pricing, Scheduler; checked.
	priceSchedule = 1.00 / million

	// aws.amazon.com/vpc/pricing; the hour of a NAT gateway checked.
	priceNATHour  = 0.045
	priceIPv4Hour = 0.005
)
