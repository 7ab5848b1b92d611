// Package journal puts the desk's codes into words that agents and customers
// understand, in zh-CN and en: the decisions in a ticket's journal (promise 12), why a
// message was not sent, and the domain's own words for statuses, priorities, send
// states and channels. A test reads the Go sources and fails for a code without words.
package journal
