package io.twinbeat.lvs;

/** Something about LVS could not be done; the message is one sentence for the operator. */
public final class LvsException extends Exception {
  private static final long serialVersionUID = 1L;

  LvsException(String sentence) {
    super(sentence);
  }

  LvsException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
