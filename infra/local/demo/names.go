package demo

import "unicode"

// Names of visitors, made up; whoever writes Chinese has a Chinese one.
var (
	family = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "周", "吴", "徐", "孙"}
	given  = []string{"晓雯", "志强", "雨桐", "建国", "静怡", "子轩", "慧敏", "浩然", "丽华", "思远", "佳宁", "文博", "秋月"}
	first  = []string{"Grace", "Omar", "Hannah", "Luca", "Priya", "Tom", "Ines", "David", "Mia", "Kofi", "Elena", "Sam", "Noor"}
	last   = []string{"Baker", "Rossi", "Novak", "Silva", "Meyer", "Khan", "Olsen", "Price", "Dubois", "Mensah", "Lopez"}
)

// called names the nth visitor of the week, who writes this text.
func called(text string, n int) string {
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			return family[n%len(family)] + given[n%len(given)]
		}
	}
	return first[n%len(first)] + " " + last[n%len(last)]
}
