package journal

import "github.com/deskhook/deskhook/shared/policy/lifecycle"

var stages = map[lifecycle.Stage]words{
	lifecycle.New: {"新客户", "New"}, lifecycle.Active: {"活跃", "Active"}, lifecycle.AtRisk: {"有流失风险", "At risk"},
	lifecycle.Lapsed: {"已流失", "Lapsed"}, lifecycle.WonBack: {"已挽回", "Won back"},
}

var levels = map[lifecycle.Level]words{
	lifecycle.Low: {"低", "low"}, lifecycle.Medium: {"中", "medium"}, lifecycle.High: {"高", "high"},
}

// Stage says where a customer stands.
func Stage(s lifecycle.Stage, lang string) string { return label(stages, s, lang) }

// Risk says how likely they are to leave.
func Risk(l lifecycle.Level, lang string) string { return label(levels, l, lang) }
