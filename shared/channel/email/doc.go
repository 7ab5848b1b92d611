// Package email is the channel for mail. Amazon SES puts the raw mail into a bucket
// and its notice on a queue; New makes the channel that reads both. Read, Explain and
// the package quote read mail from any source.
//
// Reading loses nothing and never fails on content: broken MIME, missing or wrong
// charsets and unknown parts still give the text that can be read as valid UTF-8, and
// every part that isn't the text is an attachment. Structure is read by enmime; the
// decoding of words, transfer encodings and charsets is done here, since a customer's
// letter in a mislabelled GBK is an everyday thing and not an error.
//
// Authenticity: a notice has no signature of its own. It is taken from a queue that
// only the desk's own SNS topic may write to, so the queue's IAM policy is the
// authentication; Verify checks the topic's name on top where topic_arn is set.
package email
