package io.twinbeat.control;

/** Nobody listens on the control socket. */
public final class NoDaemonException extends Exception {
  private static final long serialVersionUID = 1;

  NoDaemonException(String message) {
    super(message);
  }
}
