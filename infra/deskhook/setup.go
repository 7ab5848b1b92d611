package main

import (
	"fmt"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ses"
)

// setupCmd does what CloudFormation can't.
type setupCmd struct {
	SES setupSESCmd `cmd:"" name:"ses" help:"Make the stack's receipt rule set the active one of the region."`
}

type setupSESCmd struct {
	RuleSet  string `required:"" help:"The rule set; it has the stack's name."`
	Replace  bool   `help:"Replace another active rule set."`
	Endpoint string `hidden:"" help:"Another address of SES, for tests."`
}

// Run activates the rule set. A region has one active set; another one is only replaced
// if told so, since it may receive somebody else's mail.
func (c *setupSESCmd) Run(w *world) error {
	aws, err := awsconfig.LoadDefaultConfig(w.ctx)
	if err != nil {
		return err
	}
	client := ses.NewFromConfig(aws, func(o *ses.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
		}
	})
	active, err := client.DescribeActiveReceiptRuleSet(w.ctx, &ses.DescribeActiveReceiptRuleSetInput{})
	if err != nil {
		return err
	}
	if m := active.Metadata; m != nil && m.Name != nil && *m.Name != c.RuleSet && !c.Replace {
		return fmt.Errorf("the rule set %q is active in this region and may receive other mail; --replace takes its place", *m.Name)
	}
	if _, err := client.SetActiveReceiptRuleSet(w.ctx, &ses.SetActiveReceiptRuleSetInput{RuleSetName: &c.RuleSet}); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "the rule set %q receives mail now\n", c.RuleSet)
	return nil
}
