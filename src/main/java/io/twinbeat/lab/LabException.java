package io.twinbeat.lab;

/** The lab could not do what it was asked; the message is one clear line for its user. */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LabException(String message) {
    super(message);
  }

  public LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
