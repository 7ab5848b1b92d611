// Package bench measures what the desk spends on a WeChat text in safe mode beside
// github.com/silenceper/wechat/v2 on the same message in the same run. It is a module
// of its own, so that the product doesn't carry what it is compared with:
//
//	cd infra/bench && go test -v . && go test -bench . .
package bench
