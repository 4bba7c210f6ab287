/**
 * The path between the two nodes: sealed heartbeats on every link, judged by our own monotonic
 * clock, and reliable messages by JGroups over the same sealed datagrams.
 *
 * <p>Nothing in here decides whether the peer is dead; it reports what was heard and when. The JVM
 * should run with {@code -Djdk.serialFilter=!*}: no message needs Java deserialisation, the
 * transport refuses those that would, and the filter is the second line behind it. One UDP port per
 * link is all that listens.
 */
package io.twinbeat.heartbeat;
