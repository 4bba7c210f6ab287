/**
 * The daemon: wires the parts to the decision core.
 *
 * <p>{@link io.twinbeat.daemon.EventLoop} is the only thread that decides: it feeds events to the
 * core. {@link io.twinbeat.daemon.EffectRunner} carries out what the core wants, in its order, and
 * lets nothing happen before the decision behind it is on disk. Results come back as events.
 */
package io.twinbeat.daemon;
