package io.twinbeat.address;

/**
 * An address could not be added, removed or looked for; one sentence that names the addresses and
 * the reason.
 */
public final class AddressException extends RuntimeException {
  AddressException(String message) {
    super(message);
  }

  AddressException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
