package io.twinbeat.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** What to build: the text of the site's file, and the machines and cables that it asks for. */
record Site(String text, SitePlan plan) {
  static Site of(LabOptions options) {
    if (options.siteFile().isPresent()) {
      throw new LabException("--file is not there yet");
    }
    Path hook = options.distribution().resolve("hooks/fence-lab");
    if (options.fence() == LabOptions.Fence.HOOK && !Files.isExecutable(hook)) {
      throw new LabException("not there or not executable: " + hook);
    }
    return new Site(SiteFiles.builtIn(options.fence(), hook.toString()), SitePlan.builtIn());
  }
}
