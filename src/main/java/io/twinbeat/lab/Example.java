package io.twinbeat.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The worked examples of sites of tiers that are installed, and what is played in each. */
enum Example {
  DR("site-three-tiers.yaml"),
  NAT("site-nat.yaml"),
  TUN("site-tun.yaml");

  /** Seven kernels on a few cores may all stand still for a while. */
  static final String DEADTIME = "deadtime: 2s";

  private final String file;

  Example(String file) {
    this.file = file;
  }

  String file() {
    return file;
  }

  List<Scene> scenes() {
    return switch (this) {
      case DR ->
          List.of(
              SiteScenes.DIRECTOR_DIES,
              SiteScenes.DIRECTOR_RETURNS,
              SiteScenes.PROXY_DIES,
              SiteScenes.WEB_DIES,
              SiteScenes.BOTH_DIE,
              SiteScenes.DIRECTOR_CUT);
      case NAT ->
          List.of(
              SiteScenes.DIRECTOR_DIES,
              SiteScenes.DIRECTOR_RETURNS,
              SiteScenes.PROXY_DIES,
              SiteScenes.BOTH_DIE,
              SiteScenes.DIRECTOR_CUT,
              SiteScenes.DIRECTOR_CUT_INSIDE);
      case TUN ->
          List.of(
              SiteScenes.DIRECTOR_DIES,
              SiteScenes.DIRECTOR_RETURNS,
              SiteScenes.PROXY_DIES,
              SiteScenes.BOTH_DIE,
              SiteScenes.PROXY_CUT);
    };
  }

  /** Its machines, all of them guests, have booted when this returns. */
  LabSite up(LabOptions options) {
    Path changed = withDeadtime(Distribution.file(options.distribution(), file));
    try {
      return LabSite.up(options.withSiteFile(changed).withMachines());
    } finally {
      Shell.run("rm", "-f", changed.toString());
    }
  }

  private Path withDeadtime(Path original) {
    String text = LabFolder.read(original);
    String changed = text.replace("deadtime: 1s", DEADTIME);
    if (changed.equals(text)) {
      throw new LabException(file + " has another deadtime than the demo expects");
    }
    try {
      return Files.writeString(Files.createTempFile("twinbeat-site", ".yaml"), changed);
    } catch (IOException e) {
      throw new LabException("can't write the site's file: " + e.getMessage(), e);
    }
  }

  static Example of(String name) {
    for (Example example : values()) {
      if (example.name().toLowerCase(Locale.ROOT).equals(name)) {
        return example;
      }
    }
    throw new Arguments.Usage("--site is dr, nat or tun, not " + name);
  }
}
