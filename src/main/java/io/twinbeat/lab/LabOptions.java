package io.twinbeat.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What lab to build. {@code name} tells its namespaces and folder from those of other labs; {@code
 * siteFile} is the site to build, else the built-in one; {@code owned} labs vanish with the process
 * that made them. Nodes are {@code machines}, guests with kernels of their own, or namespaces.
 * {@code daemon} is what each node keeps running in place of {@code twinbeat run}; an empty list:
 * nothing.
 */
public record LabOptions(
    String name,
    Path base,
    Optional<Path> siteFile,
    Fence fence,
    Path distribution,
    boolean owned,
    boolean machines,
    Optional<List<String>> daemon) {

  /** Where labs live; {@code -Dtwinbeat.lab.dir} or TWINBEAT_LAB_DIR say otherwise. */
  public static final Path BASE = Path.of("/run/twinbeat-lab");

  /** How the nodes of the built-in site fence each other. */
  public enum Fence {
    /** {@code fence_ipmilan} against one {@code ipmi_sim} for each node. */
    IPMI,
    /** {@code hooks/fence-lab}, straight to the lab's power switch, for benchmarks. */
    HOOK
  }

  public LabOptions {
    daemon = daemon.map(List::copyOf);
    if (machines && daemon.isPresent() && !daemon.get().isEmpty()) {
      throw new LabException("guests run twinbeat.service or nothing, not " + daemon.get());
    }
    // Namespace names and interface names are made of it.
    if (!name.matches("[a-z0-9]{1,12}")) {
      throw new LabException("a lab's name is 1-12 lower case letters and digits, not: " + name);
    }
  }

  /** A lab of the built-in site with a random name that ends with this process. */
  public static LabOptions fresh() {
    return new LabOptions(
        randomName(),
        defaultBase(),
        Optional.empty(),
        Fence.IPMI,
        Distribution.find(),
        true,
        false,
        Optional.empty());
  }

  public LabOptions withName(String newName) {
    return new LabOptions(newName, base, siteFile, fence, distribution, owned, machines, daemon);
  }

  public LabOptions withBase(Path newBase) {
    return new LabOptions(name, newBase, siteFile, fence, distribution, owned, machines, daemon);
  }

  public LabOptions withSiteFile(Path file) {
    return new LabOptions(
        name, base, Optional.of(file), fence, distribution, owned, machines, daemon);
  }

  public LabOptions withFence(Fence newFence) {
    return new LabOptions(name, base, siteFile, newFence, distribution, owned, machines, daemon);
  }

  public LabOptions withDaemon(String... command) {
    return new LabOptions(
        name, base, siteFile, fence, distribution, owned, machines, Optional.of(List.of(command)));
  }

  public LabOptions outlivingThisProcess() {
    return new LabOptions(name, base, siteFile, fence, distribution, false, machines, daemon);
  }

  public LabOptions withMachines() {
    return new LabOptions(name, base, siteFile, fence, distribution, owned, true, daemon);
  }

  /** For sites with directors: in namespaces where this machine's kernel has IPVS, else guests. */
  public LabOptions withLvs() {
    return HostKernel.hasIpvs() ? this : withMachines();
  }

  static Path defaultBase() {
    String property = System.getProperty("twinbeat.lab.dir");
    String variable = System.getenv("TWINBEAT_LAB_DIR");
    if (property != null) {
      return Path.of(property);
    }
    return variable != null ? Path.of(variable) : BASE;
  }

  private static String randomName() {
    return Integer.toString(new java.security.SecureRandom().nextInt(46_656, 1_679_616), 36);
  }
}
