module github.com/deskhook/deskhook/infra/bench

go 1.26.0

replace github.com/deskhook/deskhook => ../..

require (
	github.com/deskhook/deskhook v0.0.0
	github.com/silenceper/wechat/v2 v2.1.6
	github.com/stretchr/testify v1.12.1
)

require (
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/crypto v0.0.0-20220622213112-05595931fe9d // indirect
)
