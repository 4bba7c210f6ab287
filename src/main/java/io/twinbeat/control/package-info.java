/**
 * How the daemon is asked and told: a Unix socket that speaks JSON lines.
 *
 * <p><b>Protocol, version 1.</b> A connection carries one request, a line of at most 64 KiB:
 *
 * <pre>{"twinbeat":1,"verb":"takeover","arguments":{"group":"site"}}</pre>
 *
 * and its answer: any number of lines of the first form while it goes on, then exactly one of the
 * others, then the end of the stream. {@code failed} and {@code refused} hold the reason.
 *
 * <pre>
 * {"twinbeat":1,"line":{…}}
 * {"twinbeat":1,"done":{…}}
 * {"twinbeat":1,"failed":"…"}
 * {"twinbeat":1,"refused":"…"}
 * </pre>
 *
 * Lines of verbs that act hold one {@code sentence} each, what is being done now; their result
 * holds a {@code sentence}, what came of it.
 *
 * <p><b>Verbs</b> (arguments in brackets may be left out):
 *
 * <table>
 * <caption>Verbs</caption>
 * <tr><td>status</td><td></td><td>done: a {@link io.twinbeat.control.StatusReport}</td></tr>
 * <tr><td>takeover, standby, failback</td><td>[group]</td><td>all groups without one</td></tr>
 * <tr><td>fence</td><td>action (test, off, on, confirm), node</td><td></td></tr>
 * <tr><td>check</td><td></td><td>done: a {@link io.twinbeat.control.StatusReport}, its readiness
 *     and devices looked at now</td></tr>
 * <tr><td>events</td><td>[since, an instant], [from, a number], [last, a count], [follow]</td>
 *     <td>lines: entries, as {@code {"number":…,"at":"…","kind":"…","rule":"…","sentence":"…",
 *     "evidence":{"…":"…"}}}</td></tr>
 * <tr><td>explain</td><td>[event, a number]</td><td>done: {@code {"explanations":[{"event":{entry},
 *     "because":[{entry},…]},…]}}; without a number, what stands now, a group at a time</td></tr>
 * <tr><td>stop</td><td>[keepServices]</td><td>answered when the daemon is about to end</td></tr>
 * </table>
 */
package io.twinbeat.control;
