/**
 * The commands. A command waits for its result and its exit status tells it (see {@link
 * io.twinbeat.cli.Exit}). Each start of the program builds the one command that was named and no
 * other, loads no logging (but for {@code run}), and never shows a stack trace.
 */
package io.twinbeat.cli;
