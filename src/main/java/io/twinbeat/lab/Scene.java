package io.twinbeat.lab;

/** Something that is done to a lab in calm, and is over when there is calm again. */
record Scene(String title, Body body) {

  /** Returns what happened in the end, in a few words. */
  interface Body {
    String play(Stage stage);
  }
}
