package cost

// function is what one invocation of a function is taken for. Durations are assumed,
// on the long side of a warm invocation; memory is template.yaml's.
type function struct {
	gb       float64
	seconds  float64
	settings bool // reads the settings' snapshot: one S3 GET a minute for each instance
}

var functions = map[string]function{
	"receiver": {0.25, 0.020, true},
	"tickets":  {0.5, 0.060, true},
	"relay":    {0.25, 0.015, false},
	"figures":  {0.25, 0.020, true},
	"delivery": {0.25, 0.300, true}, // waits for the provider
	"surveys":  {0.25, 0.040, true},
	"api":      {0.25, 0.040, true},
	"schedule": {0.25, 0.100, false},
	"jobs":     {0.5, 0.300, true}, // waits for the provider
	"tokens":   {0.25, 0.050, true},

	"deadletters": {0.25, 0.100, false},
}

// invoke counts one invocation. Alone in its minute, a function that reads settings
// fetches them anew.
func (c *Count) invoke(name string) {
	f := functions[name]
	c.Invocations++
	c.GBSeconds += f.gb * f.seconds
	if f.settings {
		c.S3Gets++
	}
}
