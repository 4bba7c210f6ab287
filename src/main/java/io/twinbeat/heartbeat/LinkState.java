package io.twinbeat.heartbeat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One link as it is now. {@code age} is the time since the last frame that proved both directions;
 * {@code gaps} the times between two such frames while the link was up; the last five numbers count
 * frames that were dropped, by reason.
 */
public record LinkState(
    int link,
    InetSocketAddress local,
    InetSocketAddress peer,
    boolean bound,
    boolean up,
    boolean oneWay,
    Optional<Duration> age,
    GapReport gaps,
    long sent,
    long sendFailures,
    long received,
    long garbage,
    long forged,
    long replayed,
    long staleIncarnation,
    long notFresh) {}
