package io.twinbeat;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the packages: which part may know which. */
class ArchitectureTest {
  private static final List<String> FOUNDATIONS = List.of("decision", "config", "process", "linux");
  private static final List<String> PARTS =
      List.of("heartbeat", "fencing", "address", "resource", "lvs", "control", "journal");

  private final JavaClasses program =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.twinbeat");

  @Test
  void foundationsImportNothingOfOurs() {
    for (String foundation : FOUNDATIONS) {
      mayImport(foundation, List.of());
    }
  }

  @Test
  void partsImportFoundationsAndNeverEachOther() {
    for (String part : PARTS) {
      mayImport(part, FOUNDATIONS);
    }
  }

  @Test
  void labImportsFoundationsAndControlAndIsImportedByCliAlone() {
    mayImport("lab", concat(FOUNDATIONS, List.of("control")));
    noClasses()
        .that(resideInAPackage("io.twinbeat..").and(not(resideInAnyPackage(in("lab", "cli")))))
        .should()
        .dependOnClassesThat(resideInAPackage("io.twinbeat.lab.."))
        .check(program);
  }

  @Test
  void daemonImportsFoundationsAndParts() {
    mayImport("daemon", concat(FOUNDATIONS, PARTS));
  }

  @Test
  void cliImportsControlAndDaemonAndLab() {
    mayImport("cli", concat(FOUNDATIONS, List.of("control", "daemon", "lab")));
  }

  @Test
  void packagesFormNoCircles() {
    slices().matching("io.twinbeat.(*)..").should().beFreeOfCycles().check(program);
  }

  @Test
  void decisionIsPure() {
    classes()
        .that()
        .resideInAPackage("io.twinbeat.decision..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.twinbeat.decision..",
            "java.lang",
            "java.util",
            "java.time",
            "java.util.function",
            "java.util.stream",
            "java.lang.runtime",
            "java.lang.invoke")
        .allowEmptyShould(true)
        .check(program);
    for (Class<?> impure :
        List.of(Thread.class, System.class, java.util.Random.class, ProcessHandle.class)) {
      noClasses()
          .that(resideInAPackage("io.twinbeat.decision.."))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(impure)
          .allowEmptyShould(true)
          .check(program);
    }
  }

  @Test
  void librariesHaveOneUserEach() {
    onlyUser("org.jgroups..", "heartbeat");
    onlyUser("java.lang.foreign..", "linux");
    onlyUser("org.snakeyaml..", "config");
    onlyUser("picocli..", "cli");
  }

  private void onlyUser(String library, String owner) {
    noClasses()
        .that(
            resideInAPackage("io.twinbeat..")
                .and(not(resideInAPackage("io.twinbeat." + owner + ".."))))
        .should()
        .dependOnClassesThat(resideInAPackage(library))
        .check(program);
  }

  private void mayImport(String owner, List<String> others) {
    List<String> allowed = new ArrayList<>(others);
    allowed.add(owner);
    noClasses()
        .that(resideInAPackage("io.twinbeat." + owner + ".."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.twinbeat..")
                .and(not(resideInAnyPackage(in(allowed.toArray(String[]::new))))))
        .allowEmptyShould(true)
        .check(program);
  }

  private static String[] in(String... names) {
    String[] packages = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      packages[i] = "io.twinbeat." + names[i] + "..";
    }
    return packages;
  }

  private static List<String> concat(List<String> a, List<String> b) {
    List<String> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
