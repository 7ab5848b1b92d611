// Package look is what the desk's pages share: colours and shapes (look.css), assets
// under names that change with their content, security headers, the choice of the
// language. portal and console each bring their own templates, styles and scripts; no
// page has a script or a style in it, so the strictest content policy fits all.
package look
