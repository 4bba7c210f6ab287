package io.twinbeat.fencing;

/** What a fence device says of a node's power. Everything that is not a clear word is UNKNOWN. */
public enum PowerState {
  ON,
  OFF,
  UNKNOWN
}
