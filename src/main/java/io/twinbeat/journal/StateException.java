package io.twinbeat.journal;

/** A state file is there but cannot be trusted; the message says which, and why. */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1;

  StateException(String message) {
    super(message);
  }

  StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
