package io.twinbeat.resource;

/** An action on a resource failed; the message is one clear sentence for the operator. */
public class ResourceException extends Exception {
  private static final long serialVersionUID = 1L;

  public ResourceException(String sentence) {
    super(sentence);
  }

  public ResourceException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
