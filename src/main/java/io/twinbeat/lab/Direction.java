package io.twinbeat.lab;

/** Which frames a cut stops: those that a node sends, those sent to it, or both. */
public enum Direction {
  FROM,
  TO,
  BOTH
}
