// Package rie runs each function's binary under Lambda's own Runtime Interface
// Emulator, in the environment template.yaml gives it, with a stand-in for AWS's
// services behind the SDK's endpoint variable. It proves that a binary starts, takes
// its event, and reaches its services as wired. It proves nothing about roles, and the
// stand-in's table is always empty.
package rie
