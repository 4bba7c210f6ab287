/**
 * The decision core: {@link io.twinbeat.decision.Core#step} maps a state, an event and a moment to
 * the next state and a list of effects. No threads, no clock, no sockets, no files, no logging: the
 * daemon, the simulator and {@code explain --what-if} run the same code.
 *
 * <p>How to read it: {@link io.twinbeat.decision.Rule} is the page of rules, each with the sentence
 * that is logged; {@code PeerRules} judge silence, {@code TakeoverRules} decide on fencing and
 * taking over, {@code AgreementRules} move groups between two nodes that hear each other, {@code
 * GroupRules} handle what resources report, {@code OperatorRules} what the operator asked for.
 */
package io.twinbeat.decision;
