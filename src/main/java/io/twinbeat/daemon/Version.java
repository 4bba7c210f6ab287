package io.twinbeat.daemon;

/** The version of this program, from its jar. */
final class Version {
  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
