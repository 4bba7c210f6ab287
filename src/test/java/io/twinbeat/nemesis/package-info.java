/**
 * Hurts a real pair in the lab and judges it from outside. The nemesis ({@link
 * io.twinbeat.nemesis.Nemesis}, {@link io.twinbeat.nemesis.Faults}) acts and writes down what it
 * did; the checker ({@link io.twinbeat.nemesis.Checker}) reads the history alone.
 */
package io.twinbeat.nemesis;
